// A note on an object that nobody else can see, read or copy. `copyNode` and the drafts use it to remember
// the shape of a node. The note is a private field: a constructor adds it to whatever object its parent
// constructor returns. Unlike an entry of a WeakMap it is part of the object and lives as long. Only
// objects of ours get one: an object of the user's may be frozen, and a future engine may refuse private
// fields on frozen objects.

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

/** The note on a deeply frozen result of an edit whose shape is not known. */
export const NO_SHAPE: object = {}

/** Attaches a note to `object`, which must not be frozen and must have no note. O(1). */
export function attachNote(object: object, note: object): void {
  new HiddenNote(object, note)
}

/** Returns the note on `object`; undefined: it has none. */
export const readNote: (object: object) => unknown = HiddenNote.read
