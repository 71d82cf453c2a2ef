// Composes two consecutive ops into one. History, change sets and `RecentChanges` call `composeOps`. Each
// place is composed by itself: what the second op says of a value is translated back to the base of the
// first.
//
//   base --first--> middle --then--> end
//   base ------- composeOps ------> end        O(both ops), never the length of arrays
import { badArgumentError } from '../document/messages/errors.ts'
import { isEqual } from '../document/equality.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { apply } from './apply.ts'
import { createArrayOp, toCanonicalRuns, isKeepRun } from './arrays/runs.ts'
import { invertOp } from './invert.ts'
import type { ArrayOp, MembersOp, Op, Run } from './ops/ops.ts'
import { Segments, runsOf } from './arrays/segments.ts'

/** Composes two consecutive ops into one. Returns null where they cancel. */
export function composeOps(first: Op | null, then: Op | null, leaves: Leaves): Op | null {
  if (first === null) return then
  if (then === null) return first
  if (then.kind === 'set') return createSetOp(valueBefore(first, then.old), then.value, leaves)
  if (then.kind === 'unset') {
    const old = valueBefore(first, then.old)
    return old && { kind: 'unset', old: old.value }
  }
  if (first.kind === 'set') {
    return createSetOp(valueBefore(first, undefined), apply(first.value, then), leaves)
  }
  if (first.kind === 'object' && then.kind === 'object') {
    const keys = composeKeys(first.keys, then.keys, leaves)
    return keys && { kind: 'object', keys }
  }
  if (first.kind === 'map' && then.kind === 'map') {
    const entries = composeKeys(first.entries, then.entries, leaves)
    return entries && { kind: 'map', entries }
  }
  if (first.kind === 'members' && then.kind === 'members') {
    return composeMembers(first, then, leaves)
  }
  if (first.kind === 'array' && then.kind === 'array') return composeArrays(first, then, leaves)
  throw badArgumentError('next', 'a change made on the result of this one', then)
}

type Place = { readonly value: unknown } | null

/** Returns what stood in the base where `first` left the value `mid`; null: nothing stood there. */
function valueBefore(first: Op, mid: unknown): Place {
  if (first.kind === 'set') return 'old' in first ? { value: first.old } : null
  return { value: first.kind === 'unset' ? first.old : apply(mid, invertOp(first)) }
}

function createSetOp(old: Place, value: unknown, leaves: Leaves): Op | null {
  if (old === null) return { kind: 'set', value }
  // `set` is also the op of a Map or Set whose order alone changed.
  return isEqual(old.value, value, leaves, true) ? null : { kind: 'set', value, old: old.value }
}

function composeKeys<K>(
  first: ReadonlyMap<K, Op>,
  then: ReadonlyMap<K, Op>,
  leaves: Leaves,
): Map<K, Op> | null {
  const keys = new Map<K, Op>()
  for (const [key, op] of first) {
    const both = composeOps(op, then.get(key) ?? null, leaves)
    if (both !== null) keys.set(key, both)
  }
  for (const [key, op] of then) if (!first.has(key)) keys.set(key, op)
  return keys.size === 0 ? null : keys
}

function composeMembers(first: MembersOp, then: MembersOp, leaves: Leaves): MembersOp | null {
  const added = removeEqual(first.added, then.removed, leaves)
  const removed = removeEqual(first.removed, then.added, leaves)
  const more = removeEqual(then.added, first.removed, leaves)
  const less = removeEqual(then.removed, first.added, leaves)
  if (added.length + removed.length + more.length + less.length === 0) return null
  return {
    kind: 'members',
    added: Object.freeze([...added, ...more]),
    removed: Object.freeze([...removed, ...less]),
  }
}

/** Removes from `list`, for each value of `out`, one value that equals it. */
function removeEqual(list: readonly unknown[], out: readonly unknown[], leaves: Leaves): unknown[] {
  const rest = [...out]
  return list.filter(value => {
    const at = rest.findIndex(other => isEqual(other, value, leaves))
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

function composeArrays(first: ArrayOp, then: ArrayOp, leaves: Leaves): ArrayOp | null {
  const mid = new Segments(first)
  const removed = composeRemoved(first, then, mid)
  const at = (index: number): unknown => removed.get(index)
  const runs = toCanonicalRuns(composeRuns(then, mid), { length: first.length, at, leaves })
  const edits = composeEdits(first, then, mid, leaves)
  return createArrayOp(first.length, runs, edits, at)
}

/**
 * Composes runs: where a run of `then` keeps elements of the middle array, the result has the base elements
 * and inserts that those elements came from.
 */
function composeRuns(then: ArrayOp, mid: Segments): Run[] {
  const runs: Run[] = []
  for (const run of runsOf(then)) {
    if (!isKeepRun(run)) {
      runs.push(run)
      continue
    }
    mid.walk(run.keep, run.count, ({ place, count, base, values }) => {
      if (values === null) runs.push({ keep: base, count })
      else
        runs.push({
          insert: Object.freeze(values.map((value, i) => applyEditAt(value, place + i, then))),
        })
    })
  }
  return runs
}

function applyEditAt(value: unknown, place: number, { edits }: ArrayOp): unknown {
  const op = edits?.get(place)
  return op === undefined ? value : apply(value, op)
}

/** Collects the base elements that the result does not keep, with their values in the base. */
function composeRemoved(first: ArrayOp, then: ArrayOp, mid: Segments): Map<number, unknown> {
  const removed = new Map(first.removed)
  for (const [place, value] of then.removed ?? []) {
    const index = mid.baseAt(place)
    const edit = index < 0 ? undefined : first.edits?.get(index)
    if (index >= 0) removed.set(index, edit === undefined ? value : apply(value, invertOp(edit)))
  }
  return removed
}

function composeEdits(
  first: ArrayOp,
  then: ArrayOp,
  mid: Segments,
  leaves: Leaves,
): Map<number, Op> {
  const edits = new Map<number, Op>()
  for (const [index, op] of first.edits ?? []) {
    const place = mid.placeOf(index)
    if (then.removed?.has(place)) continue
    const both = composeOps(op, then.edits?.get(place) ?? null, leaves)
    if (both !== null) edits.set(index, both)
  }
  for (const [place, op] of then.edits ?? []) {
    const index = mid.baseAt(place)
    if (index >= 0 && !first.edits?.has(index)) edits.set(index, op)
  }
  return edits
}
