import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { ArrayOp, KeepRun, Op, Run } from '../ops/ops.ts'

export const isKeepRun = (run: Run): run is KeepRun => 'keep' in run

/** The base of an array op: its length, and its elements where an insert might equal them. */
export interface RunBase {
  readonly length: number
  at(index: number): unknown
  readonly leaves: Leaves
  /** Whether another order of a Map or Set is another value. */
  readonly ordered?: boolean
}

/**
 * The canonical form of runs: neighbours merge; values inserted exactly where equal ones were removed
 * are keeps of those; null where every base element stays in its place. O(runs + inserted).
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

/** Whether kept elements change their order. */
export function isReorder(runs: readonly Run[] | null): boolean {
  let last = -1
  for (const run of runs ?? []) {
    if (!isKeepRun(run)) continue
    if (run.keep < last) return true
    last = run.keep
  }
  return false
}

/** The op of canonical runs and of edits below what they keep; null: nothing changes. */
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

/** The base elements that no run keeps, by base index; null if there are none. */
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
