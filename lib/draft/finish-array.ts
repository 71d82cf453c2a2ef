import { canonicalRuns, isKeep, removedBy } from '../changes/array-runs.ts'
import type { Op, Run } from '../changes/ops.ts'
import { equal } from '../document/equality.ts'
import { stateOf } from './child.ts'
import { baseIndexAt, placeOf, runsOf, toOrigin } from './places.ts'
import { setKid, type Finished, type Key, type Places, type State } from './state.ts'

/** What finishing an array needs of finishing everything else. */
export interface Finishing {
  /** See `finishPlace` in finish.ts. */
  place(state: State, key: Key, value: unknown, had: boolean, old: unknown): Finished
}

/** Finishes a modified array that stands for a node of the base. O(length) of copying, O(changed) of work. */
export function finishArray(state: State, finishing: Finishing): Finished {
  const base = state.base as readonly unknown[]
  if (state.copy !== null) {
    reclaim(state)
    finishInserted(state, finishing)
  }
  const edits = finishKept(state, finishing)
  const runs = state.copy === null ? null : finishRuns(state)
  if (runs === null && edits.size === 0) return { value: base, op: null }
  const copy = state.copy as unknown[]
  if (runs !== null && equal(base, copy, state.scope.leaves)) {
    return { value: base, op: null }
  }
  const op: Op = {
    kind: 'array',
    length: base.length,
    runs,
    edits: edits.size === 0 ? null : edits,
    removed: runs === null ? null : removedBy(runs, base.length, i => base[i]),
  }
  return { value: Object.freeze(copy), op }
}

/** The first and the last place of what may hold inserted elements. */
function insertedSpan(state: State): [from: number, to: number] {
  const { head, tail, origin } = state.places as Places
  const { length } = state.copy as unknown[]
  return origin === null ? [head, length - tail] : [0, length]
}

/**
 * An inserted place that holds the draft of a base element of this array that is kept nowhere else
 * keeps it: so a swap, or splice out and splice in, is a move.
 */
function reclaim(state: State): void {
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
    setKid(state, index, moved)
    if (moved.modified) (state.touched ??= new Set()).add(index)
  }
}

function finishInserted(state: State, finishing: Finishing): void {
  const { length } = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const [from, to] = insertedSpan(state)
  for (let at = from; at < to; at++) {
    if (baseIndexAt(state.places as Places, length, copy.length, at) >= 0) continue
    copy[at] = finishing.place(state, at, copy[at], false, undefined).value
  }
}

function finishKept(state: State, finishing: Finishing): Map<number, Op> {
  const base = state.base as readonly unknown[]
  const edits = new Map<number, Op>()
  const find = finder(state)
  for (const index of (state.touched ?? []) as Iterable<number>) {
    const at = index < 0 ? -1 : find(index)
    if (at < 0) continue
    const now = (state.copy ?? base) as readonly unknown[]
    const { value, op } = finishing.place(state, index, now[at], true, base[index])
    if (value !== now[at]) ((state.copy ??= [...base]) as unknown[])[at] = value
    if (op !== null) edits.set(index, op)
  }
  return edits
}

/** Finds the place of a base element; a table where a search would be repeated. */
function finder(state: State): (index: number) => number {
  const { length } = state.base as readonly unknown[]
  const places = state.places as Places
  const { origin } = places
  if (state.copy === null) return index => index
  const now = (state.copy as unknown[]).length
  if (origin === null) return index => placeOf(places, length, now, index)
  const table = new Map(origin.map((index, at) => [index, at]))
  return index => table.get(index) ?? -1
}

/** The canonical runs; where an insert turns out to keep base elements, puts their references back. */
function finishRuns(state: State): readonly Run[] | null {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const places = state.places as Places
  const { leaves } = state.scope
  const raw = runsOf(places, base.length, copy)
  const runs = canonicalRuns(raw, { length: base.length, at: i => base[i], leaves })
  const [from, to] = insertedSpan(state)
  let at = 0
  for (const run of runs ?? [{ keep: 0, count: base.length }]) {
    if (isKeep(run)) {
      for (let i = Math.max(from, at); i < Math.min(to, at + run.count); i++) {
        if (baseIndexAt(places, base.length, copy.length, i) < 0) copy[i] = base[run.keep + i - at]
      }
      at += run.count
    } else {
      Object.freeze(run.insert)
      at += run.insert.length
    }
  }
  return runs
}
