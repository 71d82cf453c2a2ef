import type { Op } from '../changes/ops/ops.ts'
import { isPlainObject } from '../document/containers.ts'
import type { Leaves, LeafKind } from '../document/leaves/leaf-kinds.ts'
import { CowslipError } from '../document/messages/errors.ts'
import { SmallMap, SmallSet } from './small-collections.ts'
import type { Shape } from '../document/shapes.ts'
import { formatPath, type Path, type PathSegment } from '../document/paths/path.ts'

/**
 * A key of an object or a Map, a member of a Set, or the *base* index of an array's element: so a kid
 * stays found when its element moves.
 */
export type Key = PathSegment

/**
 * What all drafts of one edit share, with the rules for values that the recipe inserts. The optional rules
 * are for stores: without them an inserted value is stored, read back and kept as it is.
 */
export interface Scope {
  live: boolean
  readonly leaves: Leaves
  /** `undefined` is a value, symbols are keys, and gaps of arrays are filled: so in `produce`. */
  readonly lenient: boolean
  /** Whether an object under a symbol key was read. */
  readSymbolKey: boolean
  /** The state that was made last. */
  newest: State
  /** Every mutable leaf that was read, by the copy that was handed out. */
  readonly leafStates: Map<object, LeafState>
  /** Whether something at or below a state may have changed. */
  isModified(state?: State): boolean
  /** Puts a proxy over a new state. */
  createProxy(state: State): object
  /** Copies the base of an object's state for writing; null: `copyNode` does. */
  copyBase(state: State): object | null
  /** Gives the final value for one that the recipe inserted at `key`. */
  finishInserted(state: State, key: Key, value: unknown): unknown
  /** Gives the final value of a state that contains itself, while it is being finished. */
  finishCycle(state: State): object
  /** Freezes and gives a finished value. `shape`: that of its keys, if known. */
  freezeFinished(state: State, value: object, shape: Shape | null): object
  /** Throws for a symbol as a key of an object. */
  checkKey?(state: State, key: string | symbol): void
  /** Throws for an element that is missing or undefined. */
  checkElement?(state: State, at: number, value: unknown): void
  /** Whether the recipe assigned an object, which was copied. */
  readonly hasCopies?: boolean
  /** Whether such copies hold drafts. */
  readonly holdsDrafts?: boolean
  /** Gives what is stored for a value that the recipe assigns at `key`: a copy as it is now. */
  assign?(state: State, key: Key, value: unknown): unknown
  /** Reads an object that was assigned. `place` stores another one there instead. */
  readInserted?(state: State, key: Key, value: object, place: (value: object) => void): unknown
  /** Whether `value` is a draft of this edit, or a mutable leaf that one handed out. */
  isDraft?(value: unknown): boolean
  /** Whether `value` is such a draft, or a copy of what was assigned that holds one. */
  isOrHoldsDraft?(value: unknown): boolean
  /** Makes a state new again, but for the drafts that its base holds. */
  noteHeldDrafts?(state: State): void
  /** The caller's object that what stands at a place is a copy of; undefined: none. */
  sourceOf?(value: object): object | undefined
  /** What a callback that searches gets for a copy: the caller's object, or the draft once that was edited. */
  shownToSearch?(value: object): object | undefined
  /** The copies that were made of an object of the caller's. */
  copiesOf?(source: object): readonly object[]
  /** Whether a new value equals the base's, whose reference is kept then. */
  isSameValue?(old: unknown, now: unknown): boolean
  /** Puts base elements back where equal ones were inserted, and takes others for edits of these; whether any. */
  pairInserted?(state: State): boolean
  /** The final members of a Set: of equal ones those of the base. */
  keepBaseMembers?(state: State, members: Key[]): Key[]
  /** What becomes of a final value that was assigned over `old`: it shares with that what is equal. */
  finishOverwritten?(state: State, key: Key, old: unknown, value: unknown): unknown
  /** Whether an edit at or below `key` is told as a set of all that stands there. */
  isAtomic?(state: State, key: Key): boolean
  /** The op from `old` to `value`, which was assigned over it; null: all of it is another. */
  opOfOverwritten?(value: object, old: unknown): Op | null
  /** What is thrown where an accessor of a class failed on its draft. */
  explainError?(error: unknown, state: State, key: Key): unknown
}

/** How a draft treats a container. */
export type ContainerKind = 'object' | 'class' | 'array' | 'map' | 'set'

/** The kind of what is known to be a container. */
export function kindOfContainer(value: object): ContainerKind {
  if (Object.getPrototypeOf(value) === Object.prototype) return 'object'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'map'
  if (value instanceof Set) return 'set'
  return isPlainObject(value) ? 'object' : 'class'
}

/**
 * One container that was read through a draft. The proxy's target is the state (for arrays, an array
 * that holds it).
 *
 * One that is *adopted* stands over a copy of what the recipe assigned, and in its parent's copy.
 */
export class State {
  readonly scope: Scope
  readonly parent: State | null
  /** The one that was made before. */
  readonly older: State | null
  /** The place below `parent`; -1: an inserted element of an array. */
  readonly key: Key
  /** The node that this stands for, of the snapshot or of what was assigned. Frozen. */
  readonly base: object
  readonly adopted: boolean
  /** Objects: how `copy` was made. */
  shape: Shape | null = null
  /** Null until the first write. Kids are never in it: it holds the base's value in their place. */
  copy: object | null
  /** Of base values, by key. */
  children: Children | null = null
  /** Keys assigned, deleted or changed below, in the order of first touch. May hold more than changed. */
  touched: SmallSet | null = null
  modified: boolean
  readonly kind: ContainerKind
  readonly proxy: object
  /**
   * Objects and Maps: whether a key was deleted, and whether one that the base has came back: it stands at
   * the end then, as the draft showed.
   */
  keys: 'kept' | 'deleted' | 'restored' = 'kept'
  /** Arrays: which base elements stand where. */
  origins: ElementOrigins | null
  /** Once it is finished: the frozen value, the base itself if nothing changed. */
  value: object | null = null

  constructor(
    scope: Scope,
    parent: State | null,
    key: Key,
    base: object,
    kind: ContainerKind,
    adopted: boolean = false,
  ) {
    this.scope = scope
    this.parent = parent
    this.key = key
    this.base = base
    this.adopted = adopted
    this.copy = null
    this.modified = false
    this.kind = kind
    this.origins =
      kind === 'array' ? { head: (base as unknown[]).length, tail: 0, byPlace: null } : null
    this.proxy = scope.createProxy(this)
    this.older = parent === null ? null : scope.newest
    scope.newest = this
  }
}

/**
 * A mutable leaf that was read: its copy belongs to the edit, and may change at any time without a
 * word: `isModified` of the scope looks. Of a base value it is a kid of `parent`; of an inserted one
 * (`inserted`) the copy stands in the parent's copy.
 */
export class LeafState {
  readonly kind: LeafKind
  readonly parent: State
  readonly key: Key
  /** The base's value, or the copy of what was assigned. */
  readonly source: object
  readonly inserted: boolean
  copy: object

  constructor(kind: LeafKind, parent: State, key: Key, source: object, inserted: boolean) {
    this.kind = kind
    this.parent = parent
    this.key = key
    this.source = source
    this.inserted = inserted
    this.copy = copyLeaf(kind, source)
    parent.scope.leafStates.set(this.copy, this)
  }
}

/** Every state made in an edit, the newest first. O(states). */
export function statesOf(scope: Scope): State[] {
  const states: State[] = []
  for (let at: State | null = scope.newest; at !== null; at = at.older) states.push(at)
  return states
}

/** A copy of a mutable leaf. */
export function copyLeaf(kind: LeafKind, value: object): object {
  return (kind.copy as (value: object) => object)(value)
}

/**
 * Which base index the element at each place of an array's copy came from. As long as `origin` is
 * null: the first `head` and the last `tail` elements are base elements in their places, all between
 * is inserted. Else `origin` has the base index of each place, -1 for inserted ones.
 */
export interface ElementOrigins {
  head: number
  tail: number
  byPlace: number[] | null
}

/** Marks a state and its parents as modified, stopping at the first that is. */
export function markModified(state: State): void {
  for (let at = state; !at.modified; at = at.parent) {
    at.modified = true
    if (at.parent === null) return
    // Where an adopted one stands was touched by its assignment; it may have gone since.
    if (!at.adopted) noteTouched(at.parent, at.key)
  }
}

/** What was read of a node, by its place. */
export type Children = SmallMap<State | LeafState>

/** Puts a draft of a base value under its key. */
export function setChild(state: State, child: State | LeafState): void {
  if (state.children === null) state.children = new SmallMap(state.kind === 'array', [child])
  else state.children.set(child)
}

/** Notes that something at or below `key` may have changed. */
export function noteTouched(state: State, key: Key): void {
  if (state.touched === null) state.touched = new SmallSet(key)
  else state.touched.add(key)
}

/**
 * Notes that `key` itself was written or deleted. In `produce` that counts, where before only what stands below
 * was touched: so its patches come in Immer's order.
 */
export function noteKeyWritten(state: State, key: Key, hadKid: boolean): void {
  noteTouched(state, key)
  if (hadKid && state.scope.lenient) state.touched?.moveLast(key)
}

/** Notes that a key of an object or a Map was deleted. */
export function noteDeleted(state: State): void {
  if (state.keys === 'kept') state.keys = 'deleted'
}

/** Refuses drafts whose edit has ended. */
export function assertLive(state: State): void {
  if (state.scope.live) return
  const path = pathOf(state)
  throw new CowslipError(
    'ended-draft',
    `Expected a draft of an edit under way. Received the draft of ${formatPath(path)} after its ` +
      'edit had ended. Read from the snapshot, or edit anew.',
    { path },
  )
}

/** Where a state stood when it was made; indices are places in the base. */
export function pathOf(state: State): Path {
  const path: Key[] = []
  for (let at: State = state; at.parent !== null; at = at.parent) {
    const { parent, key, proxy } = at
    const isInserted = at.adopted && parent.kind === 'array'
    path.unshift(isInserted ? (parent.copy as unknown[]).indexOf(proxy) : key)
  }
  return path
}

/** The number of states above one. */
export function depthOf({ parent }: State): number {
  let depth = 0
  for (let at = parent; at !== null; at = at.parent) depth++
  return depth
}
