// A note on an object that nobody else can see, read or copy: a private field, which a constructor puts
// onto whatever object its parent returns. Unlike an entry of a WeakMap it is part of the object, and goes with
// it. Only for what is ours: an object of somebody else's may be frozen, and some day such a one takes none.

class ReturnsGivenObject {
  constructor(object: object) {
    return object
  }
}

class HiddenNote<T> extends ReturnsGivenObject {
  readonly #note: T

  constructor(object: object, note: T) {
    super(object)
    this.#note = note
  }

  static read(object: object): unknown {
    return #note in object ? (object as HiddenNote<unknown>).#note : undefined
  }
}

/** The note on a result of an edit that has no known shape: it is deep-frozen. */
export const NO_SHAPE: object = {}

/** Notes something on `object`, which is not frozen yet and has no note. O(1). */
export function attachNote(object: object, note: object): void {
  new HiddenNote(object, note)
}

/** What was noted on `object`; undefined: nothing. */
export const readNote: (object: object) => unknown = HiddenNote.read
