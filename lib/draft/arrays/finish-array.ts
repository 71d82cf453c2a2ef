// Finishes an edited array. `finishState` calls `finishArray`, which finishes inserted and touched elements
// and decides whether the array is still the base. Before that, `reclaimMoved` recognises elements that
// were spliced out and put in again as moves.
import { stateOf } from '../child.ts'
import { isKnownDeeplyFrozen, noteDeeplyFrozen } from '../deeply-frozen.ts'
import { baseIndexAt, createFinder, isUnmoved, expandOrigins } from './element-origins.ts'
import {
  setChild,
  noteTouched,
  type ElementOrigins,
  type PlaceFinisher,
  type Scope,
  type State,
} from '../state.ts'

/** Finishes a modified array. O(length) of copying, O(changed) of work. */
export function finishArray(state: State, finishing: PlaceFinisher): object {
  const base = state.base as readonly unknown[]
  if (state.copy !== null) {
    reclaimMoved(state)
    finishInserted(state, finishing)
  }
  let edited = finishKept(state, finishing)
  if (state.copy === null) return base
  if (state.scope.pairInserted?.(state)) edited = true
  const now = state.copy as unknown[]
  const { scope } = state
  const inPlace = isUnmoved(state.origins as ElementOrigins, base.length, now.length)
  if (inPlace ? !edited : hasSameElements(base, now, scope)) return base
  if (isKnownDeeplyFrozen(base, scope.leaves))
    noteDeeplyFrozen(now, collectNew(state), scope.leaves)
  return scope.freezeFinished(state, now, null)
}

/** Whether the elements equal those of the base, index by index. */
function hasSameElements(base: readonly unknown[], now: readonly unknown[], scope: Scope): boolean {
  if (base.length !== now.length) return false
  return now.every((item, at) => Object.is(base[at], item) || scope.isSameValue?.(base[at], item))
}

/** Collects the elements of the copy that may be new: inserted or touched. */
function collectNew(state: State): unknown[] {
  const copy = state.copy as unknown[]
  const find = createFinder(state)
  const { length } = state.base as readonly unknown[]
  const touched = (state.touched?.list ?? []) as readonly number[]
  const found = touched.map(index => copy[find(index)])
  const [from, to] = insertedSpan(state)
  for (let at = from; at < to; at++) {
    if (baseIndexAt(state.origins as ElementOrigins, length, copy.length, at) < 0)
      found.push(copy[at])
  }
  return found
}

/** Returns the span of places that may hold inserted elements. */
export function insertedSpan(state: State): [from: number, to: number] {
  const { head, tail, byPlace } = state.origins as ElementOrigins
  const { length } = state.copy as unknown[]
  return byPlace === null ? [head, length - tail] : [0, length]
}

/**
 * Recognises moves: an inserted place that holds the draft of a base element which stands nowhere else
 * keeps that element. So a swap, or a splice out and a splice in, is a move.
 */
export function reclaimMoved(state: State): void {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const origins = state.origins as ElementOrigins
  const [from, to] = insertedSpan(state)
  let kept: Set<number> | null = null
  for (let at = from; at < to; at++) {
    if (baseIndexAt(origins, base.length, copy.length, at) >= 0) continue
    const moved = stateOf(copy[at])
    if (moved === undefined || moved.parent !== state || moved.adopted) continue
    const index = moved.key as number
    const byPlace = expandOrigins(origins, base.length, copy.length)
    kept ??= new Set(byPlace)
    if (kept.has(index)) continue
    kept.add(index)
    byPlace[at] = index
    copy[at] = base[index]
    setChild(state, moved)
    if (moved.modified) noteTouched(state, index)
  }
}

function finishInserted(state: State, finishing: PlaceFinisher): void {
  const { length } = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const [from, to] = insertedSpan(state)
  for (let at = from; at < to; at++) {
    if (baseIndexAt(state.origins as ElementOrigins, length, copy.length, at) >= 0) continue
    copy[at] = finishing.place(state, at, copy[at], false, undefined)
  }
}

/** Finishes kept elements that were touched. Returns whether one changed. */
function finishKept(state: State, finishing: PlaceFinisher): boolean {
  const base = state.base as readonly unknown[]
  const find = createFinder(state)
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
