// Runs: the format in which an op describes a new array, and their canonical form. Drafts, diff, compose,
// rebase and JSON build runs and pass them through `toCanonicalRuns` and `createArrayOp`, so that equal
// changes have equal ops.
//
//   base          a b c d e
//   new array     a X d e b
//   runs          keep 0 x1, insert [X], keep 3 x2, keep 1 x1      removed: c (index 2); b moved
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { ArrayOp, KeepRun, Op, Run } from '../ops/ops.ts'

/** Whether a run keeps base elements; else it inserts values. */
export const isKeepRun = (run: Run): run is KeepRun => 'keep' in run

/** The base of an array op: its length, and the removed elements, with which inserts are compared. */
export interface RunBase {
  readonly length: number
  at(index: number): unknown
  readonly leaves: Leaves
  /** Whether the order of a Map or Set is part of its value. */
  readonly ordered?: boolean
}

/**
 * Returns runs in canonical form: neighbouring runs are merged, and values inserted where equal ones were
 * removed become keep runs. Null: every base element stays in its place. O(runs + inserted values).
 */
export function toCanonicalRuns(runs: readonly Run[], base: RunBase): readonly Run[] | null {
  const merged = mergeNeighbours(runs)
  const result = mergeNeighbours(merged.map((_, at) => keepWhereEqual(merged, at, base)))
  if (result.length === 0) return base.length === 0 ? null : result
  const [only, more] = result
  const all =
    more === undefined && only !== undefined && isKeepRun(only) && only.count === base.length
  return all ? null : result
}

function mergeNeighbours(runs: readonly Run[]): Run[] {
  const merged: Run[] = []
  for (const run of runs) {
    if ((isKeepRun(run) ? run.count : run.insert.length) === 0) continue
    const last = merged.at(-1)
    if (last === undefined) merged.push(run)
    else if (isKeepRun(last) && isKeepRun(run) && last.keep + last.count === run.keep) {
      merged[merged.length - 1] = { keep: last.keep, count: last.count + run.count }
    } else if (!isKeepRun(last) && !isKeepRun(run)) {
      merged[merged.length - 1] = { insert: Object.freeze([...last.insert, ...run.insert]) }
    } else merged.push(run)
  }
  return merged
}

function keepWhereEqual(runs: readonly Run[], at: number, base: RunBase): Run {
  const run = runs[at] as Run
  if (isKeepRun(run)) return run
  const before = runs[at - 1] as KeepRun | undefined
  const after = runs[at + 1] as KeepRun | undefined
  const from = before === undefined ? 0 : before.keep + before.count
  const to = after === undefined ? base.length : after.keep
  if (to - from !== run.insert.length) return run
  const elsewhere = runs.some(r => isKeepRun(r) && r.keep < to && r.keep + r.count > from)
  if (
    elsewhere ||
    !run.insert.every((v, i) => isEqual(base.at(from + i), v, base.leaves, base.ordered))
  )
    return run
  return { keep: from, count: to - from }
}

/** Whether the runs change the order of kept elements. */
export function isReorder(runs: readonly Run[] | null): boolean {
  let last = -1
  for (const run of runs ?? []) {
    if (!isKeepRun(run)) continue
    if (run.keep < last) return true
    last = run.keep
  }
  return false
}

/** Creates the op of canonical runs and of edits below kept elements. Null: nothing changes. */
export function createArrayOp(
  length: number,
  runs: readonly Run[] | null,
  edits: ReadonlyMap<number, Op>,
  at: (index: number) => unknown,
): ArrayOp | null {
  if (runs === null && edits.size === 0) return null
  return {
    kind: 'array',
    length,
    runs,
    edits: edits.size === 0 ? null : edits,
    removed: runs && collectRemoved(runs, length, at),
  }
}

/** Collects the base elements that no run keeps, by base index. Null: there are none. */
export function collectRemoved(
  runs: readonly Run[],
  length: number,
  at: (index: number) => unknown,
): ReadonlyMap<number, unknown> | null {
  const kept = runs.filter(isKeepRun)
  if (kept.some((run, i) => i > 0 && run.keep < (kept[i - 1] as KeepRun).keep)) {
    kept.sort((a, b) => a.keep - b.keep)
  }
  let removed: Map<number, unknown> | null = null
  let next = 0
  for (let i = 0; i <= kept.length; i++) {
    const to = kept[i]?.keep ?? length
    for (; next < to; next++) (removed ??= new Map()).set(next, at(next))
    next = to + (kept[i]?.count ?? 0)
  }
  return removed
}
