import { unsupportedValue } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Shape } from '../document/shapes.ts'
import { arrayHandler } from './arrays/array.ts'
import { arrayMethods } from './arrays/array-methods.ts'
import { showCurrent } from './current.ts'
import { finish, finishInnermostFirst } from './finish.ts'
import { classHandler } from './class.ts'
import { mapHandler } from './collections/map.ts'
import { objectHandler } from './object.ts'
import { setHandler } from './collections/set.ts'
import {
  State,
  kindOfContainer,
  markModified,
  touch,
  type Key,
  type LeafState,
  type Scope,
} from './state.ts'

showCurrent(State.prototype)

const arrays = arrayHandler(arrayMethods)

/**
 * One edit of one snapshot: the draft of its root, until `end` is called. Stores and `produce` derive from
 * it, each with its own rules for what a recipe puts in.
 */
export abstract class DraftScope implements Scope {
  live: boolean
  readonly leaves: Leaves
  readonly lenient: boolean
  odd: boolean
  newest: State
  private leafMap: Map<object, LeafState> | null
  readonly root: State

  constructor(base: object, leaves: Leaves, lenient: boolean) {
    this.live = true
    this.leaves = leaves
    this.lenient = lenient
    this.leafMap = null
    this.odd = false
    this.root = this.newest = new State(this, null, '', base, kindOfContainer(base))
  }

  abstract copyOf(state: State): object | null
  abstract take(state: State, key: Key, value: unknown): unknown
  abstract again(state: State): object
  abstract close(state: State, value: object, shape: Shape | null): object

  /** See {@link Scope}; made when first asked for, for most edits read no leaf. */
  get leafStates(): Map<object, LeafState> {
    return (this.leafMap ??= new Map())
  }

  /** The mutable leaf that was handed out as `value`. */
  protected leafOf(value: object): LeafState | undefined {
    return this.leafMap?.get(value)
  }

  /**
   * Whether something may have changed. Compares mutable leaves first, for they change unseen. O(leaves read).
   */
  isModified(state: State = this.root): boolean {
    if (this.leafMap !== null) noteLeaves(this.leafMap.values())
    return state.modified
  }

  /** See {@link Scope}. */
  open(state: State): object {
    switch (state.kind) {
      case 'object':
        return new Proxy(state, objectHandler)
      case 'array': {
        const target: [State] = [state]
        showCurrent(target)
        return new Proxy(target, arrays)
      }
      case 'class':
        return new Proxy(state, classHandler)
      case 'map':
        return new Proxy(state, mapHandler)
      case 'set':
        return new Proxy(state, setHandler)
    }
  }

  /** The next snapshot; the base if nothing changed. Consumes the drafts. */
  settle(): object {
    this.isModified()
    try {
      return finish(this.root)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    return shallowEnough(() => finishInnermostFirst(this.root))
  }

  /** From now on every use of the drafts throws `ended-draft`. */
  end(): void {
    this.live = false
  }
}

function noteLeaves(leaves: Iterable<LeafState>): void {
  for (const { kind, parent, key, source, inserted, copy } of leaves) {
    if (inserted || kind.equals(source, copy)) continue
    touch(parent, key)
    markModified(parent)
  }
}

/** Runs a function that recurses into user values. If the stack overflows, throws `unsupported-value`. */
export function shallowEnough<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw overflow(error)
  }
}

/** Turns a RangeError, which here means a full stack, into `unsupported-value`. */
function overflow(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error
  return unsupportedValue([], 'a value nested too deeply', 'Refer to what is deep down by an id.')
}
