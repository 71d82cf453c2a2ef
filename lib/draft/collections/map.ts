// Drafts of Maps: the methods that a draft of a Map has. They read from the copy or the base and log each
// written key, as object.ts does for objects.
import type { Dictionary } from '../../document/containers.ts'
import { prepareAssigned, ownChild, readBase, readInserted, stateOfThis } from '../child.ts'
import { createCollectionTraps, iterate, type ItemMaker } from './collection-traps.ts'
import { markModified, noteDeleted, setChild, noteKeyWritten, type State } from '../state.ts'

type AnyMap = Map<unknown, unknown>

const latest = (state: State): AnyMap => (state.copy ?? state.base) as AnyMap

/** Returns the copy of the Map, made at the first call. */
export const getMapCopy = (state: State): AnyMap =>
  (state.copy ??= new Map(state.base as AnyMap)) as AnyMap

/** Returns what the draft shows for `key`. */
export function readEntry(state: State, key: unknown): unknown {
  const source = latest(state)
  const value = source.get(key)
  if (typeof value !== 'object' || value === null) return value
  const base = state.base as AnyMap
  if (state.copy === null || (base.has(key) && base.get(key) === value))
    return readBase(state, key, value)
  return readInserted(state, key, value, ours => void source.set(key, ours))
}

function writeEntry(state: State, key: unknown, value: unknown): void {
  const source = latest(state)
  const child = state.children?.get(key)
  const returning = ownChild(state, key, value)
  let stored = value
  if (returning !== null) {
    stored = (state.base as AnyMap).get(key)
    if (returning !== child) setChild(state, returning)
    else if (source.get(key) === stored) return
  } else if (Object.is(source.get(key), value) && source.has(key)) {
    if (child !== undefined) state.children?.delete(key)
    return
  } else {
    stored = prepareAssigned(state, key, value, (state.base as AnyMap).get(key))
    if (child !== undefined) state.children?.delete(key)
  }
  const copy = getMapCopy(state)
  if (state.keys === 'deleted' && !copy.has(key) && (state.base as AnyMap).has(key)) {
    state.keys = 'restored'
  }
  copy.set(key, stored)
  noteKeyWritten(state, key, child !== undefined)
  markModified(state)
}

function removeEntry(state: State, key: unknown): boolean {
  if (!latest(state).has(key)) return false
  getMapCopy(state).delete(key)
  const hadKid = state.children?.get(key) !== undefined
  state.children?.delete(key)
  noteDeleted(state)
  noteKeyWritten(state, key, hadKid)
  markModified(state)
  return true
}

function iterateEntries(draft: unknown, step: ItemMaker): IterableIterator<unknown> {
  const state = stateOfThis(draft, 'map')
  return iterate(state, key => step(key, () => readEntry(state, key)))
}

const methods: Dictionary = {
  get(this: unknown, key: unknown) {
    return readEntry(stateOfThis(this, 'map'), key)
  },
  has(this: unknown, key: unknown) {
    return latest(stateOfThis(this, 'map')).has(key)
  },
  set(this: unknown, key: unknown, value: unknown) {
    // A native Map treats 0 and -0 as one key.
    writeEntry(stateOfThis(this, 'map'), key === 0 ? 0 : key, value)
    return this
  },
  delete(this: unknown, key: unknown) {
    return removeEntry(stateOfThis(this, 'map'), key === 0 ? 0 : key)
  },
  clear(this: unknown) {
    const state = stateOfThis(this, 'map')
    for (const key of [...latest(state).keys()]) removeEntry(state, key)
  },
  forEach(this: unknown, fn: (value: unknown, key: unknown, map: unknown) => void, self?: unknown) {
    const state = stateOfThis(this, 'map')
    for (const key of iterate(state, key => key)) {
      Reflect.apply(fn, self, [readEntry(state, key), key, this])
    }
  },
  keys(this: unknown) {
    return iterateEntries(this, key => key)
  },
  values(this: unknown) {
    return iterateEntries(this, (_, value) => value())
  },
  entries(this: unknown) {
    return iterateEntries(this, (key, value) => [key, value()])
  },
}

/** The proxy traps of Maps. The target is the state. */
export const mapTraps: ProxyHandler<State> = createCollectionTraps(
  Map.prototype,
  methods,
  'entries',
)
