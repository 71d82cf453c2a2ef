// The scope of one edit: it creates the proxies of all its drafts, and ends them. `StoreScope`
// (lib/draft/strict) and `ProduceScope` (lib/draft/produce) extend it with their rules for inserted values;
// everything else of the draft engine is the same for both.
import { unsupportedValueError } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Shape } from '../document/shapes.ts'
import { displayDraft } from '#display'
import { finishState, finishInnermostFirst } from './finish.ts'
import { classTraps } from './class-instance.ts'
import { objectTraps } from './object.ts'
import {
  State,
  kindOfContainer,
  pathOf,
  markModified,
  noteTouched,
  type CollectionKind,
  type Key,
  type Kinds,
  type LeafState,
  type Scope,
} from './state.ts'

displayDraft(State.prototype)

/**
 * One edit of one snapshot: the draft of its root, valid until `end` is called. Subclasses add the rules
 * for values that a recipe inserts.
 */
export abstract class DraftScope implements Scope {
  live: boolean
  readonly leaves: Leaves
  readonly lenient: boolean
  readSymbolKey: boolean
  onWrite: (() => void) | null
  newest: State
  private leafMap: Map<object, LeafState> | null
  readonly root: State

  constructor(base: object, leaves: Leaves, lenient: boolean) {
    this.live = true
    this.leaves = leaves
    this.lenient = lenient
    this.leafMap = null
    this.readSymbolKey = false
    this.onWrite = null
    this.root = this.newest = new State(this, null, '', base, kindOfContainer(base))
  }

  abstract get kinds(): Kinds
  abstract copyBase(state: State): object | null
  abstract finishInserted(state: State, key: Key, value: unknown): unknown
  abstract finishCycle(state: State): object
  abstract freezeFinished(state: State, value: object, shape: Shape | null): object

  /** The mutable leaves that were read, by the copy handed out; created at the first read of one. */
  get leafStates(): Map<object, LeafState> {
    return (this.leafMap ??= new Map())
  }

  /** Returns the state of the mutable leaf that was handed out as `value`. */
  protected leafOf(value: object): LeafState | undefined {
    return this.leafMap?.get(value)
  }

  /**
   * Whether something may have changed. Compares mutable leaves first, because they change without a trap.
   * O(leaves read).
   */
  isModified(state: State = this.root): boolean {
    if (this.leafMap !== null) noteChangedLeaves(this.leafMap.values())
    return state.modified
  }

  /** Creates the proxy over a new state. */
  createProxy(state: State): object {
    switch (state.kind) {
      case 'object':
        return new Proxy(state, objectTraps)
      case 'array': {
        const target: [State] = [state]
        displayDraft(target)
        return new Proxy(target, this.kinds.arrays.traps)
      }
      case 'class':
        return new Proxy(state, classTraps)
      case 'map':
      case 'set':
        return new Proxy(state, collectionKind(state, this.kinds).traps)
    }
  }

  /** Returns the next snapshot, or the base if nothing changed. The drafts are used up. */
  finishRoot(): object {
    this.isModified()
    try {
      return finishState(this.root)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    return explainOverflow(() => finishInnermostFirst(this.root))
  }

  /** Ends the edit: every later use of its drafts throws `ended-draft`. */
  end(): void {
    this.live = false
  }
}

function noteChangedLeaves(leaves: Iterable<LeafState>): void {
  for (const { kind, parent, key, source, inserted, copy } of leaves) {
    if (inserted || kind.equals(source, copy)) continue
    noteTouched(parent, key)
    markModified(parent)
  }
}

/** Returns the code for a Map or a Set. Throws `unsupported-value` where it is not enabled. */
export function collectionKind(state: State, { collections }: Kinds): CollectionKind {
  if (collections !== null) return collections[state.kind as 'map' | 'set']
  throw unsupportedValueError(pathOf(state), 'a Map or Set', 'Call `enableMapSet()` first.')
}

/**
 * Runs a function that recurses into values of the user. If the stack overflows, throws `unsupported-
 * value`.
 */
export function explainOverflow<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw overflowError(error)
  }
}

/** Turns a RangeError, which means a full stack here, into `unsupported-value`. */
function overflowError(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error
  return unsupportedValueError(
    [],
    'a value nested too deeply',
    'Refer to what is deep down by an id.',
  )
}
