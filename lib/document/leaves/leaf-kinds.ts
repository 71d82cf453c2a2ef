// The interface of leaves: values that a document holds as one, such as a Date or an ObjectId. The draft
// engine, equality and the encodings use it; `leaves.ts` has the leaves themselves. `produce` needs dates
// only, which is why they are here: its bundle leaves the others out.
import { isArrayOrPlain } from '../containers.ts'

/** One kind of leaf, of the library or of the user, with the operations that the engine needs. */
export interface LeafKind {
  readonly name: string
  equals(a: object, b: object): boolean
  /** Present for values that can change in place: a draft hands out a copy and watches it. */
  readonly copy?: (value: object) => object
  /** Makes `target` hold the content of `value`. Without it, a copy takes the place of `target`. */
  readonly assign?: (target: object, value: object) => void
  readonly encode?: (value: unknown) => unknown
  readonly decode?: (json: unknown) => unknown
}

/** The set of leaves that an engine knows. */
export interface Leaves {
  /** The leaves that the user declared. They may be of any class, plain objects included. */
  readonly custom: readonly { is(value: object): boolean; kind: LeafKind }[]
  /** Caches for arrays whether everything below is frozen and holds no mutable leaf. */
  readonly deeplyFrozen: WeakMap<object, boolean>
  /** Returns the leaf that `value` is; null for containers and unknown objects. */
  find(value: object): LeafKind | null
}

/** The leaf `Date`. A date can change in place, so drafts hand out copies. */
export const dateLeaf: LeafKind = {
  name: 'date',
  equals: (a, b) => Object.is((a as Date).getTime(), (b as Date).getTime()),
  copy: value => new Date((value as Date).getTime()),
  assign: (target, value) => void (target as Date).setTime((value as Date).getTime()),
}

/** The leaves of `produce`: dates and nothing else. */
export const onlyDateLeaves: Leaves = {
  custom: [],
  deeplyFrozen: new WeakMap(),
  find: value => (value instanceof Date ? dateLeaf : null),
}

/**
 * Finds the leaf that `value` is, as `leaves.find` does, but faster for containers: only a leaf of the user
 * can be a plain object or an array.
 */
export const findLeaf = (value: object, leaves: Leaves): LeafKind | null =>
  leaves.custom.length === 0 && isArrayOrPlain(value) ? null : leaves.find(value)
