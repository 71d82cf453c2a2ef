/**
 * What became of one place of a document, as a tree: it cannot hold both `a` and `a.b`. Values are
 * frozen and in canonical shape. Keyed by `Map`, so that a key called `__proto__` is data.
 */
export type Op = SetOp | UnsetOp | ObjectOp | ArrayOp | MapOp | MembersOp

/** A new value; `old` is present exactly if the key existed. */
export interface SetOp {
  readonly kind: 'set'
  readonly value: unknown
  readonly old?: unknown
}

/** The key is gone. */
export interface UnsetOp {
  readonly kind: 'unset'
  readonly old: unknown
}

/** Changes below a plain object, by key, in the order of first touch. */
export interface ObjectOp {
  readonly kind: 'object'
  readonly keys: ReadonlyMap<string, Op>
}

/** Changes of a Map and below its values, by key, in the order of first touch. */
export interface MapOp {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<unknown, Op>
}

/** Members that a Set got and lost; one that was edited is lost as it was and got as it is. */
export interface MembersOp {
  readonly kind: 'members'
  readonly added: readonly unknown[]
  readonly removed: readonly unknown[]
}

/** Changes of an array and below it. */
export interface ArrayOp {
  readonly kind: 'array'
  /** Of the base. */
  readonly length: number
  /**
   * One after another they make the new array; null: every base element stays where it is. A base
   * element is kept at most once. Keeps out of base order are moves.
   */
  readonly runs: readonly Run[] | null
  /** At or below kept elements, by base index. */
  readonly edits: ReadonlyMap<number, Op> | null
  /** The base elements that no run keeps, by base index. */
  readonly removed: ReadonlyMap<number, unknown> | null
}

/** A stretch of base elements, or new values. */
export type Run = KeepRun | InsertRun
/** `count` base elements from base index `keep` on. */
export interface KeepRun {
  readonly keep: number
  readonly count: number
}
/** New values. */
export interface InsertRun {
  readonly insert: readonly unknown[]
}

/** The op that changes nothing. */
export const EMPTY_OP: ObjectOp = Object.freeze({ kind: 'object', keys: new Map() })
