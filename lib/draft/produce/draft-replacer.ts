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
import { unsupportedValueError } from '../../document/messages/errors.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { holdsDraft, refuseDraftInKey } from '../../document/holds-draft.ts'
import { contentsOf, copyAllProperties, forEachItem } from '../../document/items.ts'
import type { Path } from '../../document/paths/path.ts'
import { readNote } from '../../document/hidden-note.ts'
import { stateOf } from '../child.ts'
import { copyCurrent } from '../current.ts'
import { deepFreeze } from './deep-freeze.ts'
import { finishState } from '../finish.ts'
import { assertLive, type Scope, type State } from '../state.ts'

/** Objects known to be deep-frozen and without a draft. */
const draftFreeObjects = new WeakSet()

/** Objects with fewer values below are checked again instead of remembered. */
const MIN_VALUES_TO_CACHE = 16

/** The edit whose drafts are replaced. */
export interface ReplacingScope extends Scope {
  readonly outer: Scope | null
  readonly root: State
  readonly freezes: boolean
}

/** The objects that one edit inserted. Each is visited once, whatever refers to it. */
export class DraftReplacer {
  private readonly scope: ReplacingScope
  /** The result for each object visited that holds others: itself, or a copy. */
  private readonly results = new Map<object, object>()
  /** Values to freeze once everything is finished. */
  private readonly toFreeze: unknown[] = []
  /** How many values were visited, and how many of these are not known to be deep-frozen. */
  private visited = 0
  private unfrozen = 0
  private path: () => Path = () => []

  constructor(scope: ReplacingScope) {
    this.scope = scope
  }

  /** See `settled`; `path` leads to `value`. */
  replaceAt(value: object, freezes: boolean, path: () => Path): unknown {
    this.path = path
    try {
      return this.replaceIn(value, freezes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    // It is nested so deeply that the stack overflowed on the way down.
    this.results.clear()
    for (const node of collectContainers(value).reverse()) this.replaceIn(node, freezes)
    return this.replaceIn(value, freezes)
  }

  /**
   * `value` without drafts of this edit, frozen if `freezes`: the object itself, but a copy of one
   * that is frozen and holds a draft. Throws `unsupported-value` for a draft where none can be replaced.
   */
  replaceIn(value: object, freezes: boolean): unknown {
    this.visited++
    if (readNote(value) !== undefined || draftFreeObjects.has(value)) return value
    const before = this.unfrozen
    const frozen = Object.isFrozen(value)
    if (!frozen) this.unfrozen++
    const state = stateOf(value)
    if (state !== undefined) return this.finishDraft(state, freezes)
    if (!isDraftable(value)) {
      // A date, say, has nothing that a draft could be put into. Of binary data every byte would be a key.
      if (ArrayBuffer.isView(value) || Object.keys(value).length === 0) this.unfrozen = before
      else if (holdsDraft(value)) {
        const received = `a draft inside ${describeValue(value)}`
        throw unsupportedValueError(this.path(), received, 'Assign the draft itself.')
      }
      return value
    }
    const known = this.results.get(value)
    if (known === undefined) {
      const first = this.visited
      const node = this.replaceBelow(value, freezes)
      if (frozen && this.unfrozen === before && this.visited - first > MIN_VALUES_TO_CACHE)
        draftFreeObjects.add(value)
      return node
    }
    this.unfrozen++
    if (freezes) this.toFreeze.push(known)
    return known
  }

  /** Freezes what could not be frozen before everything was finished. */
  freezeRest(): void {
    this.toFreeze.forEach(deepFreeze)
  }

  private finishDraft(state: State, freezes: boolean): unknown {
    const { scope } = this
    if (state.scope === scope) {
      const value = finishState(state)
      if (freezes && !Object.isFrozen(value)) this.toFreeze.push(value)
      return value
    }
    assertLive(state)
    // One of the edit around this one is replaced when that ends.
    return scope.outer === null
      ? this.replaceIn(copyCurrent(state) as object, freezes)
      : state.proxy
  }

  private replaceBelow(value: object, freezes: boolean): object {
    const changed = new Map<unknown, unknown>()
    const frozen = Object.isFrozen(value)
    const visit = (key: unknown, item: unknown): void => {
      if (value instanceof Map) refuseDraftInKey(key, this.path)
      if (!isObject(item)) return
      if (!this.results.has(value)) this.results.set(value, value)
      // As in Immer, what is hidden, stands under a symbol or below what is frozen is not frozen.
      const shown =
        !frozen &&
        (isCollection(value) ||
          Array.isArray(value) ||
          (typeof key === 'string' && isEnumerable(value, key)))
      const settled = this.replaceIn(item, freezes && shown)
      if (settled !== item) changed.set(key, settled)
    }
    // As in Immer, accessors are left alone where nothing can be frozen or replaced.
    const { newest, root } = this.scope
    forEachItem(value, visit, !frozen && (freezes || newest !== root))
    if (changed.size === 0) return freezes && !frozen ? freezeNode(value) : value
    const node = frozen ? copyAllProperties(value) : value
    this.results.set(value, node)
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
function collectContainers(value: object): object[] {
  const found = new Set<object>([value])
  for (const node of found) {
    for (const item of contentsOf(node)) {
      if (isDraftable(item) && stateOf(item) === undefined) found.add(item)
    }
  }
  return [...found]
}
