import { isArrayOrPlain } from '../containers.ts'

/** A leaf of the library or of the user's, with what the engine asks of it. */
export interface LeafKind {
  readonly name: string
  equals(a: object, b: object): boolean
  /** Present where the value can change in place: drafts hand out tracked copies. */
  readonly copy?: (value: object) => object
  /** Makes `target` hold what `value` holds; where it is missing, a copy takes its place. */
  readonly assign?: (target: object, value: object) => void
  readonly encode?: (value: unknown) => unknown
  readonly decode?: (json: unknown) => unknown
}

/** The leaves that an engine knows. */
export interface Leaves {
  /** The user's, which may be of any class, plain objects included. */
  readonly custom: readonly { is(value: object): boolean; kind: LeafKind }[]
  /** What is known of arrays: whether all below is frozen and holds no mutable leaf. */
  readonly deeplyFrozen: WeakMap<object, boolean>
  /** The leaf `value` is; null for a container and for what is unknown. */
  find(value: object): LeafKind | null
}

export const dateLeaf: LeafKind = {
  name: 'date',
  equals: (a, b) => Object.is((a as Date).getTime(), (b as Date).getTime()),
  copy: value => new Date((value as Date).getTime()),
  assign: (target, value) => void (target as Date).setTime((value as Date).getTime()),
}

/** Dates and nothing else. */
export const onlyDateLeaves: Leaves = {
  custom: [],
  deeplyFrozen: new WeakMap(),
  find: value => (value instanceof Date ? dateLeaf : null),
}

/** The same as `leaves.find`, faster for what is no leaf: only leaves of the user can be plain objects or arrays. */
export const findLeaf = (value: object, leaves: Leaves): LeafKind | null =>
  leaves.custom.length === 0 && isArrayOrPlain(value) ? null : leaves.find(value)
