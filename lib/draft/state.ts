// The data structures of the draft engine: `State` for each container that was read through a draft,
// `LeafState` for each mutable leaf, `Scope` for the edit. They form a tree beside the base. All files of
// lib/draft use them; this one imports none of those.
//
//   base          { address: { city }, tags: [...] }          frozen, never touched
//   state(root)   copy: { ... } or null, touched: address
//     child address: state   copy: { city: 'Paris' }, touched: city, modified
//     (tags was not read: no state)
import type { Op } from '../changes/ops/ops.ts'
import { isPlainObject } from '../document/containers.ts'
import type { Leaves, LeafKind } from '../document/leaves/leaf-kinds.ts'
import { CowslipError } from '../document/messages/errors.ts'
import { SmallMap, SmallSet } from './small-collections.ts'
import type { Shape } from '../document/shapes.ts'
import { formatPath, type Path, type PathSegment } from '../document/paths/path.ts'

/**
 * The key of a child: a key of an object or a Map, a member of a Set, or the *base* index of an array's
 * element, so that a child is found after its element has moved.
 */
export type Key = PathSegment

/**
 * The context that all drafts of one edit share, and its rules for values that the recipe inserts. The
 * optional members are for stores; without them an inserted value is stored, read back and kept as it is.
 */
export interface Scope {
  live: boolean
  readonly leaves: Leaves
  /**
   * Whether the rules are those of `produce`: `undefined` is a value, symbols are keys, and gaps of arrays
   * are filled.
   */
  readonly lenient: boolean
  /** The parts of the engine that this edit has. */
  readonly kinds: Kinds
  /** Whether an object under a symbol key was read. */
  readSymbolKey: boolean
  /** The state that was created last. */
  newest: State
  /** The mutable leaves that were read, by the copy that was handed out. */
  readonly leafStates: Map<object, LeafState>
  /** Called at every write; null: nobody asks. */
  onWrite: (() => void) | null
  /** Whether something at or below a state may have changed. */
  isModified(state?: State): boolean
  /** Creates the proxy over a new state. */
  createProxy(state: State): object
  /** Copies the base of an object's state for writing; null: `copyNode` copies it. */
  copyBase(state: State): object | null
  /** Returns the final value for one that the recipe inserted at `key`. */
  finishInserted(state: State, key: Key, value: unknown): unknown
  /** Returns the final value of a state that contains itself, while that state is being finished. */
  finishCycle(state: State): object
  /** Freezes and returns a finished value. `shape` is that of its keys, if known. */
  freezeFinished(state: State, value: object, shape: Shape | null): object
  /** Throws if a symbol cannot be a key of an object. */
  checkKey?(state: State, key: string | symbol): void
  /** Throws for an element that is missing or undefined. */
  checkElement?(state: State, at: number, value: unknown): void
  /** Whether the recipe assigned an object, which was copied. */
  readonly hasCopies?: boolean
  /** Whether such copies hold drafts. */
  readonly holdsDrafts?: boolean
  /** Returns the value to store for one that the recipe assigns at `key`: a copy of it. */
  assign?(state: State, key: Key, value: unknown): unknown
  /** Reads an object that was assigned. `place` stores another value in its place. */
  readInserted?(state: State, key: Key, value: object, place: (value: object) => void): unknown
  /** Whether `value` is a draft of this edit, or a mutable leaf that this edit handed out. */
  isDraft?(value: unknown): boolean
  /** Whether `value` is such a draft, or a copy of an assigned object that holds one. */
  isOrHoldsDraft?(value: unknown): boolean
  /** Marks the places of a state whose base holds drafts as touched. */
  noteHeldDrafts?(state: State): void
  /** Returns the caller's object that the value at a place is a copy of. */
  sourceOf?(value: object): object | undefined
  /**
   * Returns what a searching callback gets for a copy: the caller's object, or the draft once it was
   * edited.
   */
  shownToSearch?(value: object): object | undefined
  /** Returns the copies that were made of an object of the caller's. */
  copiesOf?(source: object): readonly object[]
  /** Whether a new value equals the base's, so that the base's reference is kept. */
  isSameValue?(old: unknown, now: unknown): boolean
  /**
   * Pairs inserted elements with equal or similar removed ones in their place. Returns whether any pair is
   * an edit.
   */
  pairInserted?(state: State): boolean
  /** Returns the final members of a Set, where members equal to removed ones of the base are those. */
  keepBaseMembers?(state: State, members: Key[]): Key[]
  /** Finishes a value that was assigned over `old`: it shares with `old` everything that is equal. */
  finishOverwritten?(state: State, key: Key, old: unknown, value: unknown): unknown
  /** Whether an edit at or below `key` becomes a `set` of the whole value there. */
  isAtomic?(state: State, key: Key): boolean
  /** Returns the op from `old` to `value`, which was assigned over it; null: a `set`. */
  opOfOverwritten?(value: object, old: unknown): Op | null
  /** Returns the error to throw for one that an accessor of a class threw on its draft. */
  explainError?(error: unknown, state: State, key: Key): unknown
}

/** The part of finish.ts that finishing an array or a collection needs. */
export interface PlaceFinisher {
  /** Finishes one place: `finishPlace` of finish.ts. */
  place(state: State, key: Key, value: unknown, had: boolean, old: unknown): unknown
}

/** The code for one kind of collection. */
export interface CollectionKind {
  /** The traps of its drafts; the target is the state. */
  readonly traps: ProxyHandler<State>
  /** Returns the frozen value of a modified state. */
  finish(state: State, finishing: PlaceFinisher): object
  /** Returns the copy of a state, made at the first call. */
  copy(state: State): object
}

/** The code for Maps and Sets. */
export interface CollectionKinds {
  readonly map: CollectionKind
  readonly set: CollectionKind
}

/** The code for arrays. */
export interface ArrayKind {
  /** The traps of its drafts; the target is an array that holds the state. */
  readonly traps: ProxyHandler<[State]>
  /** Whether `value` may be a plain element that a callback takes for a draft; null: no callback gets one. */
  readonly isShown: ((value: unknown) => boolean) | null
}

/**
 * The parts of the engine that not every program needs, as a scope has them: stores have all; `cowslip/produce` gets them by
 * `enableMapSet` and `enableArrayMethods`.
 */
export interface Kinds {
  readonly arrays: ArrayKind
  /** Null: Maps and Sets are not enabled. */
  readonly collections: CollectionKinds | null
}

/** The kinds of containers that drafts have traps for. */
export type ContainerKind = 'object' | 'class' | 'array' | 'map' | 'set'

/** Returns the kind of an object that is known to be a container. */
export function kindOfContainer(value: object): ContainerKind {
  if (Object.getPrototypeOf(value) === Object.prototype) return 'object'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'map'
  if (value instanceof Set) return 'set'
  return isPlainObject(value) ? 'object' : 'class'
}

/**
 * One container that was read through a draft. The proxy's target is the state itself (for arrays, an array
 * that holds it, because `Array.isArray` asks the target). An *adopted* state stands over a copy of an
 * assigned object; its proxy lies in the copy of its parent.
 */
export class State {
  readonly scope: Scope
  readonly parent: State | null
  /** The state that was created before this one. */
  readonly older: State | null
  /** The key below `parent`; -1 for an inserted element of an array. */
  readonly key: Key
  /** The frozen node that this state stands for: of the snapshot, or a copy of an assigned object. */
  readonly base: object
  readonly adopted: boolean
  /** Objects only: the shape by which `copy` was made. */
  shape: Shape | null = null
  /**
   * The node as edited; null until the first write. It holds the base's values in the places of children,
   * never their drafts.
   */
  copy: object | null
  /** Drafts and leaves read from the base, by key. */
  children: Children | null = null
  /**
   * Keys that were assigned, deleted or changed below, in the order of first touch. Some may not have
   * changed in the end.
   */
  touched: SmallSet | null = null
  modified: boolean
  readonly kind: ContainerKind
  readonly proxy: object
  /**
   * Objects and Maps: whether a key was deleted, and whether a key of the base was deleted and set again.
   * Such a key stands at the end, as the draft showed.
   */
  keys: 'kept' | 'deleted' | 'restored' = 'kept'
  /** Arrays only: the base element that each element came from. */
  origins: ElementOrigins | null
  /** The frozen result, once the state is finished; the base itself if nothing changed. */
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
 * One mutable leaf that was read. Its copy belongs to the edit and may change at any time without a trap,
 * so `Scope.isModified` compares it. A leaf of the base is a child of `parent`; the copy of an `inserted`
 * leaf lies in the parent's copy.
 */
export class LeafState {
  readonly kind: LeafKind
  readonly parent: State
  readonly key: Key
  /** The value in the base, or the copy of an assigned one. */
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

/** Returns every state of an edit, the newest first. O(states). */
export function statesOf(scope: Scope): State[] {
  const states: State[] = []
  for (let at: State | null = scope.newest; at !== null; at = at.older) states.push(at)
  return states
}

/** Copies a mutable leaf. */
export function copyLeaf(kind: LeafKind, value: object): object {
  return (kind.copy as (value: object) => object)(value)
}

/**
 * The base index that each element of an array's copy came from. As long as `byPlace` is null, the first
 * `head` and the last `tail` elements are base elements in their places, and everything between is
 * inserted. Else `byPlace` has the base index of each place; -1 for an inserted element.
 */
export interface ElementOrigins {
  head: number
  tail: number
  byPlace: number[] | null
}

/** Marks a state and its parents as modified, up to the first that is. */
export function markModified(state: State): void {
  state.scope.onWrite?.()
  for (let at = state; !at.modified; at = at.parent) {
    at.modified = true
    if (at.parent === null) return
    // The place of an adopted state was touched by its assignment, and may have changed since.
    if (!at.adopted) noteTouched(at.parent, at.key)
  }
}

/** The children of a state, by key. */
export type Children = SmallMap<State | LeafState>

/** Adds the draft or leaf of a base value under its key. */
export function setChild(state: State, child: State | LeafState): void {
  if (state.children === null) state.children = new SmallMap(state.kind === 'array', [child])
  else state.children.set(child)
}

/** Logs that something at or below `key` may have changed. */
export function noteTouched(state: State, key: Key): void {
  if (state.touched === null) state.touched = new SmallSet(key)
  else state.touched.add(key)
}

/**
 * Logs that `key` itself was written or deleted. In `produce` the key moves to the end of the log if only
 * something below it was touched before, because Immer orders its patches that way.
 */
export function noteKeyWritten(state: State, key: Key, hadKid: boolean): void {
  noteTouched(state, key)
  if (hadKid && state.scope.lenient) state.touched?.moveLast(key)
}

/** Notes that a key of an object or a Map was deleted. */
export function noteDeleted(state: State): void {
  if (state.keys === 'kept') state.keys = 'deleted'
}

/** Throws `ended-draft` for a draft whose edit has ended. */
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

/** Returns the path where a state stood when it was created; indices are places in the base. */
export function pathOf(state: State): Path {
  const path: Key[] = []
  for (let at: State = state; at.parent !== null; at = at.parent) {
    const { parent, key, proxy } = at
    const isInserted = at.adopted && parent.kind === 'array'
    path.unshift(isInserted ? (parent.copy as unknown[]).indexOf(proxy) : key)
  }
  return path
}

/** Counts the states above one. */
export function depthOf({ parent }: State): number {
  let depth = 0
  for (let at = parent; at !== null; at = at.parent) depth++
  return depth
}
