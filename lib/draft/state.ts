import { isPlainObject } from '../document/containers.ts'
import type { Leaves, LeafKind } from '../document/leaf-kinds.ts'
import { CowslipError } from '../document/errors.ts'
import { KeyMap, KeySet } from './few.ts'
import type { Shape } from '../document/shapes.ts'
import { formatPath, type Path, type PathSegment } from '../document/path.ts'

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
  odd: boolean
  /** The state that was made last. */
  newest: State
  /** Every mutable leaf that was read, by the copy that was handed out. */
  readonly leafStates: Map<object, LeafState>
  /** Whether something at or below a state may have changed. */
  isModified(state?: State): boolean
  /** Puts a proxy over a new state. */
  open(state: State): object
  /** Copies the base of an object's state for writing; null: `copyNode` does. */
  copyOf(state: State): object | null
  /** Gives the final value for one that the recipe inserted at `key`. */
  take(state: State, key: Key, value: unknown): unknown
  /** Gives the final value of a state that contains itself, while it is being finished. */
  again(state: State): object
  /** Freezes and gives a finished value. `shape`: that of its keys, if known. */
  close(state: State, value: object, shape: Shape | null): object
  /** Throws for a symbol as a key of an object. */
  checkKey?(state: State, key: string | symbol): void
  /** Throws for an element that is missing or undefined. */
  checkElement?(state: State, at: number, value: unknown): void
  /** Reads an object that the recipe inserted. `place` stores another one there instead. */
  readInserted?(state: State, key: Key, value: object, place: (value: object) => void): unknown
  /** Gives the final value of an adopted state. */
  takeAdopted?(state: State): object
  /** Whether a new value equals the base's, whose reference is kept then. */
  same?(old: unknown, now: unknown): boolean
  /** Puts base elements back where equal ones were inserted. */
  putBack?(state: State): void
  /** The final members of a Set: of equal ones those of the base. */
  membersOf?(state: State, members: Key[]): Key[]
  /** Gives an array assigned over another as an edit of that one; null: it has nothing in common with it. */
  asEdit?(state: State, key: Key, value: unknown, old: unknown): State | null
  /** What is thrown where an accessor of a class failed on its draft. */
  explain?(error: unknown, state: State, key: Key): unknown
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
 * A value inserted by the recipe and read back is *adopted*: a state over an empty base, whose copy
 * is ours and whose user's object is never written to.
 */
export class State {
  readonly scope: Scope
  readonly parent: State | null
  /** The one that was made before. */
  readonly older: State | null
  /** The place below `parent`; -1: an inserted element of an array. */
  readonly key: Key
  /** The node of the snapshot this stands for; empty if adopted. */
  readonly base: object
  /** If adopted: the user's object. */
  readonly source: object | null
  /** Objects: how `copy` was made. */
  shape: Shape | null = null
  /** Null until the first write. Kids are never in it: it holds the base's value in their place. */
  copy: object | null
  /** Of base values, by key. */
  kids: Kids | null = null
  /** Keys assigned, deleted or changed below, in the order of first touch. May hold more than changed. */
  touched: KeySet | null = null
  modified: boolean
  readonly kind: ContainerKind
  readonly proxy: object
  /**
   * Objects and Maps: whether a key was deleted, and whether one that the base has came back: it stands at
   * the end then, as the draft showed.
   */
  keys: 'kept' | 'deleted' | 'restored' = 'kept'
  /** Arrays: which base elements stand where. */
  places: Places | null
  /** Once it is finished: the frozen value, the base itself if nothing changed. */
  value: object | null = null

  constructor(
    scope: Scope,
    parent: State | null,
    key: Key,
    base: object,
    kind: ContainerKind,
    adopted: { source: object; copy: object } | null = null,
  ) {
    this.scope = scope
    this.parent = parent
    this.key = key
    this.base = base
    this.source = adopted && adopted.source
    this.copy = adopted && adopted.copy
    this.modified = adopted !== null
    this.kind = kind
    this.places =
      kind === 'array' ? { head: (base as unknown[]).length, tail: 0, origin: null } : null
    this.proxy = scope.open(this)
    this.older = parent === null ? null : scope.newest
    scope.newest = this
  }

  /** Whether this stands over a value that the recipe inserted. */
  get adopted(): boolean {
    return this.source !== null
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
  /** The base's value, or the user's. */
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
export interface Places {
  head: number
  tail: number
  origin: number[] | null
}

/** Marks a state and its parents as modified, stopping at the first that is. */
export function markModified(state: State): void {
  for (let at = state; !at.modified; at = at.parent) {
    at.modified = true
    if (at.parent === null) return
    touch(at.parent, at.key)
  }
}

/** What was read of a node, by its place. */
export type Kids = KeyMap<State | LeafState>

/** Puts a draft of a base value under its key. */
export function setKid(state: State, kid: State | LeafState): void {
  if (state.kids === null) state.kids = new KeyMap(state.kind === 'array', [kid])
  else state.kids.set(kid)
}

/** Notes that something at or below `key` may have changed. */
export function touch(state: State, key: Key): void {
  if (state.touched === null) state.touched = new KeySet(key)
  else state.touched.add(key)
}

/**
 * Notes that `key` itself was written or deleted. In `produce` that counts, where before only what stands below
 * was touched: so its patches come in Immer's order.
 */
export function touchKey(state: State, key: Key, hadKid: boolean): void {
  touch(state, key)
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
  for (let at: State = state; at.parent !== null; at = at.parent) path.unshift(at.key)
  return path
}
