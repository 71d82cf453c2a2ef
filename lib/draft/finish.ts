// Turns the states of an edit into the next snapshot. `DraftScope.finishRoot` calls `finishState` on the
// root, which goes down into touched places only: untouched places keep the base's reference, and a
// container where everything ended as it began is the base itself.
//
//   finishState(root)
//     touched 'address' -> finishState(address) -> frozen copy      changed: root needs a copy
//     touched 'tags'    -> finishState(tags)    -> the base's own   equal: root keeps the reference
import { setOwn, type Dictionary } from '../document/containers.ts'
import { isSameOrder } from '../document/items.ts'
import { shapeAfter } from '../document/shapes.ts'
import { finishArray } from './arrays/finish-array.ts'
import { getCopy } from './object.ts'
import {
  LeafState,
  State,
  copyLeaf,
  statesOf,
  type CollectionKinds,
  type Key,
  type PlaceFinisher,
} from './state.ts'

/** Stands for the value of a state that is being finished. */
const FINISH_IN_PROGRESS: object = {}

/** Returns the frozen value of a state, made once; the base itself if nothing changed. O(changed). */
export function finishState(state: State): object {
  if (state.value === FINISH_IN_PROGRESS) return state.scope.finishCycle(state)
  if (state.value === null) {
    state.value = FINISH_IN_PROGRESS
    state.value = finishModified(state)
  }
  return state.value
}

/**
 * Finishes drafts that are nested so deeply that `finishState` overflows the stack: the innermost states
 * first. States that are no part of the result may fail.
 */
export function finishInnermostFirst(root: State): object {
  const states = statesOf(root.scope)
  const start = (): void =>
    states.forEach(state => state.value === FINISH_IN_PROGRESS && (state.value = null))
  start()
  for (const state of states) {
    try {
      finishState(state)
    } catch {
      start()
    }
  }
  return finishState(root)
}

function finishModified(state: State): object {
  if (!state.modified) return state.base
  switch (state.kind) {
    case 'object':
    case 'class':
      return finishObject(state)
    case 'array':
      return finishArray(state, placeFinisher)
    case 'map':
    case 'set':
      // Where they are not enabled, there is no draft of one.
      return (state.scope.kinds.collections as CollectionKinds)[state.kind].finish(
        state,
        placeFinisher,
      )
  }
}

const placeFinisher: PlaceFinisher = { place: finishPlace }

/**
 * Whether a value is stored without further work. Symbols and functions are not: the scope has rules for
 * them.
 */
const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')

const finishChild = (child: State | LeafState): object =>
  child instanceof LeafState ? finishLeaf(child) : finishState(child)

/** Returns the current value of a mutable leaf that was handed out; its source if nothing changed. */
export const finishLeaf = ({ kind, source, copy }: LeafState): object =>
  kind.equals(source, copy) ? source : copyLeaf(kind, copy)

/**
 * Finishes one touched place, where `value` stands now and the base held `old`. Returns the base's own
 * reference if the two are equal.
 */
function finishPlace(state: State, key: Key, value: unknown, had: boolean, old: unknown): unknown {
  if (had && Object.is(value, old)) {
    const child = state.children?.get(key)
    if (child !== undefined) return finishChild(child)
    return state.scope.isOrHoldsDraft?.(old) ? state.scope.finishInserted(state, key, old) : old
  }
  const { scope } = state
  // An earlier finish of this edit may have been broken off.
  const child = state.children?.get(key)
  if (child instanceof State && child.value === value) return value
  const taken = scope.finishInserted(state, key, value)
  return had && scope.finishOverwritten !== undefined
    ? scope.finishOverwritten(state, key, old, taken)
    : taken
}

const NO_KEYS: readonly string[] = []

function finishObject(state: State): object {
  const base = state.base as Dictionary
  let source = (state.copy ?? base) as Dictionary
  let gone: string[] | undefined
  let added: string[] | undefined
  let changed = false
  for (const key of (state.touched?.list ?? NO_KEYS) as readonly string[]) {
    const had = Object.hasOwn(base, key)
    if (state.keys !== 'kept' && !Object.hasOwn(source, key)) {
      if (had) (gone ??= []).push(key)
      continue
    }
    const now = source[key]
    const old = had ? base[key] : undefined
    if (!had) (added ??= []).push(key)
    // A primitive needs no further work.
    if (isPrimitive(now)) {
      if (!Object.is(now, old)) changed = true
      continue
    }
    const value = finishPlace(state, key, now, had, old)
    if (value !== now) {
      source = getCopy(state)
      setOwn(source, key, value)
    }
    if (value !== old) changed = true
  }
  const inOrder = state.keys !== 'restored'
  if (!changed && gone === undefined && added === undefined) {
    if (
      inOrder ||
      !state.scope.lenient ||
      isSameOrder(Reflect.ownKeys(base), Reflect.ownKeys(source))
    )
      return base
  }
  return state.scope.freezeFinished(
    state,
    source,
    inOrder ? shapeAfter(state.shape, gone, added) : null,
  )
}
