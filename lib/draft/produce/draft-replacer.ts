// Replaces drafts by their final values inside the objects that a recipe of `produce` inserted or returned.
// These objects are the user's own: they stay the same objects and are frozen, as in Immer. `ProduceScope`
// calls it for each inserted value; every object is visited once, whatever refers to it.
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

/** Objects known to be deeply frozen and without a draft. */
const draftFreeObjects = new WeakSet()

/** The number of values below which checking an object again is cheaper than caching. */
const MIN_VALUES_TO_CACHE = 16

/** The edit whose drafts are replaced. */
export interface ReplacingScope extends Scope {
  readonly outer: Scope | null
  readonly root: State
  readonly freezes: boolean
}

/** The objects that one edit inserted, and the replacement of drafts in them. */
export class DraftReplacer {
  private readonly scope: ReplacingScope
  /** The result for each visited object that holds others: the object, or a copy. */
  private readonly results = new Map<object, object>()
  /** Values to freeze once everything is finished. */
  private readonly toFreeze: unknown[] = []
  /** The number of values visited, and how many of them are not known to be deeply frozen. */
  private visited = 0
  private unfrozen = 0
  private path: () => Path = () => []

  constructor(scope: ReplacingScope) {
    this.scope = scope
  }

  /** Replaces drafts in `value`, which stands at `path`; see `replaceIn`. */
  replaceAt(value: object, freezes: boolean, path: () => Path): unknown {
    this.path = path
    try {
      return this.replaceIn(value, freezes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    // The value is nested so deeply that the stack overflowed: replace from the innermost on.
    this.results.clear()
    for (const node of collectContainers(value).reverse()) this.replaceIn(node, freezes)
    return this.replaceIn(value, freezes)
  }

  /**
   * Returns `value` without drafts of this edit, frozen if `freezes`: the object itself, or a copy of one
   * that is frozen and holds a draft. Throws `unsupported-value` for a draft in a place where none can be
   * replaced.
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
      // A date has no place for a draft. Of binary data every byte would be a key.
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
    // A draft of the edit around this one is replaced when that one ends.
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
      // As in Immer, values under hidden or symbol keys, or below a frozen object, are not frozen.
      const shown =
        !frozen &&
        (isCollection(value) ||
          Array.isArray(value) ||
          (typeof key === 'string' && isEnumerable(value, key)))
      const settled = this.replaceIn(item, freezes && shown)
      if (settled !== item) changed.set(key, settled)
    }
    // As in Immer, accessors are not called where nothing can be frozen or replaced.
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

/** Returns the containers at and below a value that are no drafts, each before its contents. No recursion. */
function collectContainers(value: object): object[] {
  const found = new Set<object>([value])
  for (const node of found) {
    for (const item of contentsOf(node)) {
      if (isDraftable(item) && stateOf(item) === undefined) found.add(item)
    }
  }
  return [...found]
}
