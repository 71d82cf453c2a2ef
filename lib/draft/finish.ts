import { setOwn, type Dictionary } from '../document/containers.ts'
import { sameOrder } from '../document/items.ts'
import { shapeAfter } from '../document/shapes.ts'
import { finishArray, type Finishing } from './arrays/finish-array.ts'
import { finishMap, finishSet } from './collections/finish-collections.ts'
import { copyOf } from './object.ts'
import { LeafState, State, copyLeaf, statesOf, type Key } from './state.ts'

/** Stands for the value of a state while it is being finished. */
const UNDER_WAY: object = {}

/** The frozen value of a state, made once; the base itself if nothing changed. O(changed). */
export function finish(state: State): object {
  if (state.value === UNDER_WAY) return state.scope.again(state)
  if (state.value === null) {
    state.value = UNDER_WAY
    state.value = valueOf(state)
  }
  return state.value
}

/**
 * The same for drafts nested so deeply that the stack overflows on the way down: finishes the innermost first. Those
 * that are no part of the result may fail.
 */
export function finishInnermostFirst(root: State): object {
  const states = statesOf(root.scope)
  const start = (): void =>
    states.forEach(state => state.value === UNDER_WAY && (state.value = null))
  start()
  for (const state of states) {
    try {
      finish(state)
    } catch {
      start()
    }
  }
  return finish(root)
}

function valueOf(state: State): object {
  if (!state.modified) return state.base
  switch (state.kind) {
    case 'object':
    case 'class':
      return finishObject(state)
    case 'array':
      return finishArray(state, finishing)
    case 'map':
      return finishMap(state, finishing)
    case 'set':
      return finishSet(state, finishing)
  }
}

const finishing: Finishing = { place: finishPlace }

/** Whether a value is stored as it is. Symbols and functions are not: the scope has rules for them. */
const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')

const finishKid = (kid: State | LeafState): object =>
  kid instanceof LeafState ? finishLeaf(kid) : finish(kid)

/** What a mutable leaf that was handed out holds now; its source if nothing changed. */
export const finishLeaf = ({ kind, source, copy }: LeafState): object =>
  kind.equals(source, copy) ? source : copyLeaf(kind, copy)

/**
 * What becomes of one place that was touched: `value` stands there now, the base had `old`. Gives the
 * base's own reference back where the two are equal.
 */
function finishPlace(state: State, key: Key, value: unknown, had: boolean, old: unknown): unknown {
  if (had && Object.is(value, old)) {
    const kid = state.kids?.get(key)
    if (kid !== undefined) return finishKid(kid)
    return state.scope.isHeld?.(old) ? state.scope.take(state, key, old) : old
  }
  const { scope } = state
  // After a finish that was broken off.
  const kid = state.kids?.get(key)
  if (kid instanceof State && kid.value === value) return value
  const taken = scope.take(state, key, value)
  return had && scope.over !== undefined ? scope.over(state, key, old, taken) : taken
}

const NONE: readonly string[] = []

function finishObject(state: State): object {
  const base = state.base as Dictionary
  let source = (state.copy ?? base) as Dictionary
  let gone: string[] | undefined
  let added: string[] | undefined
  let changed = false
  for (const key of (state.touched?.list ?? NONE) as readonly string[]) {
    const had = Object.hasOwn(base, key)
    if (state.keys !== 'kept' && !Object.hasOwn(source, key)) {
      if (had) (gone ??= []).push(key)
      continue
    }
    const now = source[key]
    const old = had ? base[key] : undefined
    if (!had) (added ??= []).push(key)
    // What is no object needs nothing done to it.
    if (isPrimitive(now)) {
      if (!Object.is(now, old)) changed = true
      continue
    }
    const value = finishPlace(state, key, now, had, old)
    if (value !== now) {
      source = copyOf(state)
      setOwn(source, key, value)
    }
    if (value !== old) changed = true
  }
  const inOrder = state.keys !== 'restored'
  if (!changed && gone === undefined && added === undefined) {
    if (
      inOrder ||
      !state.scope.lenient ||
      sameOrder(Reflect.ownKeys(base), Reflect.ownKeys(source))
    )
      return base
  }
  return state.scope.close(state, source, inOrder ? shapeAfter(state.shape, gone, added) : null)
}
