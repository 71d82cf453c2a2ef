import { stateOf } from '../child.ts'
import { isKnownHarmless, keepHarmless } from '../deeply-frozen.ts'
import { baseIndexAt, finder, isInPlace, toOrigin } from './element-origins.ts'
import { setKid, touch, type Key, type Places, type Scope, type State } from '../state.ts'

/** What finishing an array needs of finishing everything else. */
export interface Finishing {
  /** See `finishPlace` in finish.ts. */
  place(state: State, key: Key, value: unknown, had: boolean, old: unknown): unknown
}

/** Finishes a modified array that stands for a node of the base. O(length) of copying, O(changed) of work. */
export function finishArray(state: State, finishing: Finishing): object {
  const base = state.base as readonly unknown[]
  if (state.copy !== null) {
    reclaim(state)
    finishInserted(state, finishing)
  }
  let edited = finishKept(state, finishing)
  if (state.copy === null) return base
  if (state.scope.pairUp?.(state)) edited = true
  const now = state.copy as unknown[]
  const { scope } = state
  const inPlace = isInPlace(state.places as Places, base.length, now.length)
  if (inPlace ? !edited : sameElements(base, now, scope)) return base
  if (isKnownHarmless(base, scope.leaves)) keepHarmless(now, newTo(state), scope.leaves)
  return scope.close(state, now, null)
}

/** Whether the elements equal those of the base, index by index. */
function sameElements(base: readonly unknown[], now: readonly unknown[], scope: Scope): boolean {
  if (base.length !== now.length) return false
  return now.every((item, at) => Object.is(base[at], item) || scope.same?.(base[at], item))
}

/** What may stand in the copy that the base has not: inserted or touched. */
function newTo(state: State): unknown[] {
  const copy = state.copy as unknown[]
  const find = finder(state)
  const { length } = state.base as readonly unknown[]
  const touched = (state.touched?.list ?? []) as readonly number[]
  const found = touched.map(index => copy[find(index)])
  const [from, to] = insertedSpan(state)
  for (let at = from; at < to; at++) {
    if (baseIndexAt(state.places as Places, length, copy.length, at) < 0) found.push(copy[at])
  }
  return found
}

/** The first and the last place of what may hold inserted elements. */
export function insertedSpan(state: State): [from: number, to: number] {
  const { head, tail, origin } = state.places as Places
  const { length } = state.copy as unknown[]
  return origin === null ? [head, length - tail] : [0, length]
}

/**
 * An inserted place that holds the draft of a base element of this array that is kept nowhere else
 * keeps it: so a swap, or splice out and splice in, is a move.
 */
export function reclaim(state: State): void {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const places = state.places as Places
  const [from, to] = insertedSpan(state)
  let kept: Set<number> | null = null
  for (let at = from; at < to; at++) {
    if (baseIndexAt(places, base.length, copy.length, at) >= 0) continue
    const moved = stateOf(copy[at])
    if (moved === undefined || moved.parent !== state || moved.adopted) continue
    const index = moved.key as number
    const origin = toOrigin(places, base.length, copy.length)
    kept ??= new Set(origin)
    if (kept.has(index)) continue
    kept.add(index)
    origin[at] = index
    copy[at] = base[index]
    setKid(state, moved)
    if (moved.modified) touch(state, index)
  }
}

function finishInserted(state: State, finishing: Finishing): void {
  const { length } = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const [from, to] = insertedSpan(state)
  for (let at = from; at < to; at++) {
    if (baseIndexAt(state.places as Places, length, copy.length, at) >= 0) continue
    copy[at] = finishing.place(state, at, copy[at], false, undefined)
  }
}

/** Whether a kept element changed. */
function finishKept(state: State, finishing: Finishing): boolean {
  const base = state.base as readonly unknown[]
  const find = finder(state)
  let edited = false
  for (const index of (state.touched?.list ?? []) as readonly number[]) {
    const at = index < 0 ? -1 : find(index)
    if (at < 0) continue
    const now = (state.copy ?? base) as readonly unknown[]
    const value = finishing.place(state, index, now[at], true, base[index])
    if (value !== now[at]) ((state.copy ??= [...base]) as unknown[])[at] = value
    if (!Object.is(value, base[index])) edited = true
  }
  return edited
}
