// What a recipe of `produce` puts in is the user's own, and may hold drafts: at the end their values take
// their places in it.
import {
  copyContainer,
  freezeNode,
  isDraftable,
  isFrozenNode,
  setOwn,
} from '../document/containers.ts'
import { unsupportedValue } from '../document/errors.ts'
import { describeValue } from '../document/describe.ts'
import { holdsDraft } from '../document/holds-draft.ts'
import { readStamp } from '../document/stamp.ts'
import { stateOf } from './child.ts'
import { current } from './current.ts'
import { freezeBelow } from './deep-freeze.ts'
import { finish } from './finish.ts'
import { assertLive, type Scope, type State } from './state.ts'

/** The edit whose drafts are replaced. */
export interface SettlingScope extends Scope {
  readonly outer: Scope | null
  readonly freezes: boolean
}

/** All that one edit put in. Each object is visited once, whatever refers to it. */
export class Settling {
  private readonly scope: SettlingScope
  /** What stands for objects that hold others; most often they themselves. */
  private readonly met = new Map<object, object>()
  /** To be frozen once everything is finished. */
  private readonly late: unknown[] = []

  constructor(scope: SettlingScope) {
    this.scope = scope
  }

  /**
   * `value` without drafts of this edit, frozen if `freezes`: the object itself, but a copy of one
   * that is frozen and holds a draft. Throws `unsupported-value` for a draft where none can be replaced.
   */
  settled(value: object, freezes: boolean): unknown {
    const state = stateOf(value)
    if (state !== undefined) return this.valueOf(state)
    if (readStamp(value) !== undefined) return value
    if (!isDraftable(value)) {
      if (holdsDraft(value)) throw refusal(`a draft inside ${describeValue(value)}`)
      return value
    }
    const known = this.met.get(value)
    if (known === undefined) return this.entered(value, freezes)
    if (freezes) this.late.push(known)
    return known
  }

  /** Freezes what could not be frozen before everything was finished. */
  end(): void {
    this.late.forEach(freezeBelow)
  }

  private valueOf(state: State): unknown {
    const { scope } = this
    if (state.scope === scope) {
      const value = finish(state)
      if (value === state.base && scope.freezes) this.late.push(value)
      return value
    }
    assertLive(state)
    // One of the edit around this one is replaced when that ends.
    return scope.outer === null
      ? this.settled(current(state) as object, scope.freezes)
      : state.proxy
  }

  private entered(value: object, freezes: boolean): object {
    const frozen = isFrozenNode(value)
    let node = value
    const put = (write: (node: object) => void): void => {
      if (frozen && node === value) this.met.set(value, (node = copyContainer(value)))
      write(node)
    }
    if (value instanceof Map) this.inMap(value, freezes, put)
    else if (value instanceof Set) this.inSet(value, freezes, put)
    else if (Array.isArray(value)) this.inArray(value, freezes, put)
    else this.inObject(value as Record<PropertyKey, unknown>, freezes, put)
    return freezes && !isFrozenNode(node) ? freezeNode(node) : node
  }

  private inner(holder: object, item: object, freezes: boolean): unknown {
    if (!this.met.has(holder)) this.met.set(holder, holder)
    return this.settled(item, freezes)
  }

  private inArray(array: readonly unknown[], freezes: boolean, put: Put): void {
    for (let at = 0; at < array.length; at++) {
      const item = array[at]
      if (typeof item !== 'object' || item === null) continue
      const value = this.inner(array, item, freezes)
      if (value !== item) put(node => ((node as unknown[])[at] = value))
    }
  }

  private inObject(object: Record<PropertyKey, unknown>, freezes: boolean, put: Put): void {
    for (const key of Reflect.ownKeys(object)) {
      const item = object[key]
      if (typeof item !== 'object' || item === null) continue
      // As in Immer, what is hidden or stands under a symbol is not frozen.
      const shown =
        typeof key === 'string' && Object.prototype.propertyIsEnumerable.call(object, key)
      const value = this.inner(object, item, freezes && shown)
      if (value !== item) put(node => setOwn(node, key, value))
    }
  }

  private inMap(map: Map<unknown, unknown>, freezes: boolean, put: Put): void {
    for (const [key, item] of map) {
      if (typeof key === 'object' && key !== null && holdsDraft(key)) {
        throw refusal('a draft as a key of a Map')
      }
      if (typeof item !== 'object' || item === null) continue
      const value = this.inner(map, item, freezes)
      if (value !== item) put(node => (node as typeof map).set(key, value))
    }
  }

  private inSet(set: Set<unknown>, freezes: boolean, put: Put): void {
    const members = [...set].map(item => {
      return typeof item === 'object' && item !== null ? this.inner(set, item, freezes) : item
    })
    if (members.every(member => set.has(member))) return
    put(node => {
      const next = node as typeof set
      next.clear()
      for (const member of members) next.add(member)
    })
  }
}

/** Writes to the object that is visited, or to its copy. */
type Put = (write: (node: object) => void) => void

const refusal = (received: string): Error =>
  unsupportedValue([], received, 'Assign the draft itself, or an id of what it stands for.')
