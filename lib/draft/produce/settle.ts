// Replaces drafts by their final values in the objects that a recipe of `produce` inserted. These objects are
// the user's own: they stay the same objects, and are frozen.
import {
  freezeNode,
  isCollection,
  isDraftable,
  isEnumerable,
  isObject,
  setOwn,
} from '../../document/containers.ts'
import { unsupportedValue } from '../../document/messages/errors.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { holdsDraft, refuseDraftInKey } from '../../document/holds-draft.ts'
import { contents, copyAll, eachItem } from '../../document/items.ts'
import type { Path } from '../../document/paths/path.ts'
import { readStamp } from '../../document/stamp.ts'
import { stateOf } from '../child.ts'
import { current } from '../current.ts'
import { freezeBelow } from './deep-freeze.ts'
import { finish } from '../finish.ts'
import { assertLive, type Scope, type State } from '../state.ts'

/** Objects known to be deep-frozen and without a draft. */
const clean = new WeakSet()

/** Objects with fewer values below are checked again instead of remembered. */
const FEW = 16

/** The edit whose drafts are replaced. */
export interface SettlingScope extends Scope {
  readonly outer: Scope | null
  readonly root: State
  readonly freezes: boolean
}

/** The objects that one edit inserted. Each is visited once, whatever refers to it. */
export class Settling {
  private readonly scope: SettlingScope
  /** The result for each object visited that holds others: itself, or a copy. */
  private readonly met = new Map<object, object>()
  /** Values to freeze once everything is finished. */
  private readonly late: unknown[] = []
  /** How many values were visited, and how many of these are not known to be deep-frozen. */
  private seen = 0
  private loose = 0
  private path: () => Path = () => []

  constructor(scope: SettlingScope) {
    this.scope = scope
  }

  /** See `settled`; `path` leads to `value`. */
  settledAt(value: object, freezes: boolean, path: () => Path): unknown {
    this.path = path
    try {
      return this.settled(value, freezes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    // It is nested so deeply that the stack overflowed on the way down.
    this.met.clear()
    for (const node of containersIn(value).reverse()) this.settled(node, freezes)
    return this.settled(value, freezes)
  }

  /**
   * `value` without drafts of this edit, frozen if `freezes`: the object itself, but a copy of one
   * that is frozen and holds a draft. Throws `unsupported-value` for a draft where none can be replaced.
   */
  settled(value: object, freezes: boolean): unknown {
    this.seen++
    if (readStamp(value) !== undefined || clean.has(value)) return value
    const before = this.loose
    const frozen = Object.isFrozen(value)
    if (!frozen) this.loose++
    const state = stateOf(value)
    if (state !== undefined) return this.valueOf(state, freezes)
    if (!isDraftable(value)) {
      // A date, say, has nothing that a draft could be put into. Of binary data every byte would be a key.
      if (ArrayBuffer.isView(value) || Object.keys(value).length === 0) this.loose = before
      else if (holdsDraft(value)) {
        const received = `a draft inside ${describeValue(value)}`
        throw unsupportedValue(this.path(), received, 'Assign the draft itself.')
      }
      return value
    }
    const known = this.met.get(value)
    if (known === undefined) {
      const first = this.seen
      const node = this.entered(value, freezes)
      if (frozen && this.loose === before && this.seen - first > FEW) clean.add(value)
      return node
    }
    this.loose++
    if (freezes) this.late.push(known)
    return known
  }

  /** Freezes what could not be frozen before everything was finished. */
  end(): void {
    this.late.forEach(freezeBelow)
  }

  private valueOf(state: State, freezes: boolean): unknown {
    const { scope } = this
    if (state.scope === scope) {
      const value = finish(state)
      if (freezes && !Object.isFrozen(value)) this.late.push(value)
      return value
    }
    assertLive(state)
    // One of the edit around this one is replaced when that ends.
    return scope.outer === null ? this.settled(current(state) as object, freezes) : state.proxy
  }

  private entered(value: object, freezes: boolean): object {
    const changed = new Map<unknown, unknown>()
    const frozen = Object.isFrozen(value)
    const visit = (key: unknown, item: unknown): void => {
      if (value instanceof Map) refuseDraftInKey(key, this.path)
      if (!isObject(item)) return
      if (!this.met.has(value)) this.met.set(value, value)
      // As in Immer, what is hidden, stands under a symbol or below what is frozen is not frozen.
      const shown =
        !frozen &&
        (isCollection(value) ||
          Array.isArray(value) ||
          (typeof key === 'string' && isEnumerable(value, key)))
      const settled = this.settled(item, freezes && shown)
      if (settled !== item) changed.set(key, settled)
    }
    // As in Immer, accessors are left alone where nothing can be frozen or replaced.
    const { newest, root } = this.scope
    eachItem(value, visit, !frozen && (freezes || newest !== root))
    if (changed.size === 0) return freezes && !frozen ? freezeNode(value) : value
    const node = frozen ? copyAll(value) : value
    this.met.set(value, node)
    if (node instanceof Set) {
      const members = [...node].map(item => changed.get(item) ?? item)
      node.clear()
      for (const member of members) node.add(member)
    } else {
      for (const [key, item] of changed) {
        if (node instanceof Map) node.set(key, item)
        else setOwn(node, key as string, item)
      }
    }
    return freezes ? freezeNode(node) : node
  }
}

/** The containers at and below a value that are no drafts, each before what stands in it. No recursion. */
function containersIn(value: object): object[] {
  const found = new Set<object>([value])
  for (const node of found) {
    for (const item of contents(node)) {
      if (isDraftable(item) && stateOf(item) === undefined) found.add(item)
    }
  }
  return [...found]
}
