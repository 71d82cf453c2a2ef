// Ops: the data format of a change, which the whole library speaks. A draft's edit ends as a tree of ops;
// apply, compose, invert, rebase, the encodings and the adapters read it. Each op carries its old values,
// so that it can be inverted and checked without a document.
//
//   draft.address.city = 'Paris'; draft.tags.push('navy')
//   { kind: 'object', keys: Map {
//       address -> { kind: 'object', keys: Map { city -> { kind: 'set', value: 'Paris', old: 'London' } } },
//       tags    -> { kind: 'array', length: 1, runs: [{ keep: 0, count: 1 }, { insert: ['navy'] }], ... } } }

/**
 * The change of one place of a document, as a tree: it cannot hold both `a` and `a.b`. Values are frozen
 * and in canonical form. Keys are those of a `Map`, so that a key called `__proto__` is data.
 */
export type Op = SetOp | UnsetOp | ObjectOp | ArrayOp | MapOp | MembersOp

/** Sets a value; `old` is present exactly if the key existed. */
export interface SetOp {
  readonly kind: 'set'
  readonly value: unknown
  readonly old?: unknown
}

/** Removes a key. */
export interface UnsetOp {
  readonly kind: 'unset'
  readonly old: unknown
}

/** Edits below a plain object, by key, in the order of first touch. */
export interface ObjectOp {
  readonly kind: 'object'
  readonly keys: ReadonlyMap<string, Op>
}

/** Edits of a Map and below its values, by key, in the order of first touch. */
export interface MapOp {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<unknown, Op>
}

/**
 * Members that were added to and removed from a Set. An edited member is removed as it was and added as it
 * is.
 */
export interface MembersOp {
  readonly kind: 'members'
  readonly added: readonly unknown[]
  readonly removed: readonly unknown[]
}

/** Edits of an array and below it. */
export interface ArrayOp {
  readonly kind: 'array'
  /** The number of elements in the base. */
  readonly length: number
  /**
   * The new array as runs, one after another; null: every base element stays in its place. A base element
   * is kept at most once. Keep runs out of base order are moves.
   */
  readonly runs: readonly Run[] | null
  /** Edits at or below kept elements, by base index. */
  readonly edits: ReadonlyMap<number, Op> | null
  /** The base elements that no run keeps, by base index. */
  readonly removed: ReadonlyMap<number, unknown> | null
}

/** A run of the new array: neighbouring base elements, or new values. */
export type Run = KeepRun | InsertRun
/** Keeps `count` base elements from base index `keep` on. */
export interface KeepRun {
  readonly keep: number
  readonly count: number
}
/** Inserts new values. */
export interface InsertRun {
  readonly insert: readonly unknown[]
}

/** The op that changes nothing. */
export const EMPTY_OP: ObjectOp = Object.freeze({ kind: 'object', keys: new Map() })
