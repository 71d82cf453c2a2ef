// Inverts ops: undo, rollback and inverse patches are made of it. An op holds its old values, so its
// inverse needs no document. Of an array the runs are inverted: what was kept is kept, what was inserted is
// removed, what was removed is inserted.
import { isKeepRun, collectRemoved } from './arrays/runs.ts'
import type { ArrayOp, KeepRun, Op, Run } from './ops/ops.ts'

/** Returns the op that undoes `op`: applied to the result of `op`, it gives the base. O(op). */
export function invertOp(op: Op): Op {
  switch (op.kind) {
    case 'set':
      if (!('old' in op)) return { kind: 'unset', old: op.value }
      return { kind: 'set', value: op.old, old: op.value }
    case 'unset':
      return { kind: 'set', value: op.old }
    case 'object':
      return { kind: 'object', keys: mapValues(op.keys, invertOp) }
    case 'map':
      return { kind: 'map', entries: mapValues(op.entries, invertOp) }
    case 'members':
      return { kind: 'members', added: op.removed, removed: op.added }
    case 'array':
      return op.runs === null ? { ...op, edits: invertEdits(op, i => i) } : invertRuns(op, op.runs)
  }
}

function mapValues<K>(map: ReadonlyMap<K, Op>, change: (op: Op) => Op): Map<K, Op> {
  const changed = new Map<K, Op>()
  map.forEach((op, key) => changed.set(key, change(op)))
  return changed
}

function invertEdits(op: ArrayOp, placeOf: (index: number) => number): Map<number, Op> | null {
  if (op.edits === null) return null
  const inverse = new Map<number, Op>()
  op.edits.forEach((below, index) => inverse.set(placeOf(index), invertOp(below)))
  return inverse
}

/** A run that keeps base elements, with the place in the new array where it begins. */
export interface PlacedRun extends KeepRun {
  readonly place: number
}

/**
 * Returns the keep runs in base order, each with its place in the new array, and the length of that array.
 */
export function placeKeeps(runs: readonly Run[]): { keeps: PlacedRun[]; length: number } {
  const keeps: PlacedRun[] = []
  let place = 0
  let inOrder = true
  for (const run of runs) {
    if (isKeepRun(run)) {
      const { keep, count } = run
      inOrder &&= (keeps.at(-1)?.keep ?? -1) < keep
      keeps.push({ keep, count, place })
      place += count
    } else place += run.insert.length
  }
  if (!inOrder) keeps.sort((a, b) => a.keep - b.keep)
  return { keeps, length: place }
}

function invertRuns(op: ArrayOp, runs: readonly Run[]): ArrayOp {
  const { keeps, length } = placeKeeps(runs)
  const inverse: Run[] = []
  let next = 0
  for (const keep of [...keeps, { keep: op.length, count: 0, place: 0 }]) {
    const insert: unknown[] = []
    for (; next < keep.keep; next++) insert.push(op.removed?.get(next))
    if (insert.length > 0) inverse.push({ insert: Object.freeze(insert) })
    if (keep.count > 0) inverse.push({ keep: keep.place, count: keep.count })
    next = keep.keep + keep.count
  }
  const inserted = new Map<number, unknown>()
  let place = 0
  for (const run of runs) {
    if (!isKeepRun(run)) run.insert.forEach((value, i) => inserted.set(place + i, value))
    place += isKeepRun(run) ? run.count : run.insert.length
  }
  return {
    kind: 'array',
    length,
    runs: inverse,
    edits: invertEdits(op, index => findPlace(keeps, index)),
    removed: collectRemoved(inverse, length, at => inserted.get(at)),
  }
}

/** Returns the place of a kept base element. O(log runs). */
function findPlace(keeps: readonly PlacedRun[], index: number): number {
  let [low, high] = [0, keeps.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((keeps[middle] as PlacedRun).keep <= index) low = middle
    else high = middle - 1
  }
  const run = keeps[low] as PlacedRun
  return run.place + index - run.keep
}
