import { unsupportedValue } from '../document/errors.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import { arrayHandler } from './array.ts'
import { arrayMethods } from './array-methods.ts'
import { stateOf } from './child.ts'
import { showCurrent } from './current.ts'
import { finish } from './finish.ts'
import { classHandler } from './class.ts'
import { mapHandler } from './map.ts'
import { objectHandler } from './object.ts'
import { setHandler } from './set.ts'
import { State, assertLive, kindOfContainer, type LeafState, type Scope } from './state.ts'

/** The rules for values of one store. */
export interface Rules {
  readonly leaves: Leaves
  /** A store in memory: functions, Maps and Sets are values. */
  readonly inMemory: boolean
  /** See {@link Scope}. */
  readonly lenient?: boolean
}

showCurrent(State.prototype)

const arrays = arrayHandler(arrayMethods)

/** One edit of one snapshot: the draft of its root, until `end` is called. */
export class DraftScope implements Scope {
  live: boolean
  readonly leaves: Leaves
  readonly inMemory: boolean
  readonly lenient: boolean
  readonly asEdit: Scope['asEdit']
  newest: State
  private leafMap: Map<object, LeafState> | null
  readonly root: State

  constructor(base: object, rules: Rules, asEdit: Scope['asEdit'] = null) {
    this.live = true
    this.leaves = rules.leaves
    this.inMemory = rules.inMemory
    this.lenient = rules.lenient === true
    this.asEdit = asEdit
    this.leafMap = null
    this.root = this.newest = new State(this, null, '', base, kindOfContainer(base))
  }

  /** See {@link Scope}; made when first asked for, for most edits read no leaf. */
  get leafStates(): Map<object, LeafState> {
    return (this.leafMap ??= new Map())
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
    try {
      return finish(this.root)
    } catch (error) {
      // Nobody else recurses here: the stack is full.
      if (!(error instanceof RangeError)) throw error
      throw unsupportedValue(
        [],
        'a value nested too deeply',
        'Refer to what is deep down by an id.',
      )
    }
  }

  /** From now on every use of the drafts throws `ended-draft`. */
  end(): void {
    this.live = false
  }

  /** The frozen value of a draft met in a value that is taken in. */
  finishDraft(draft: object): object | null {
    const state = stateOf(draft) as State
    return state.scope === this ? finish(state) : readLiveDraft(draft)
  }
}

/** A live draft of another edit is read as a value: what it shows now. Throws `ended-draft`. */
export function readLiveDraft(draft: object): null {
  assertLive(stateOf(draft) as State)
  return null
}
