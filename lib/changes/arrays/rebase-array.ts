// Rebases one array op onto another that was made on the same base. `rebaseOp` calls `rebaseArrays`. Three
// rules: a side that reorders gives the order of the kept elements; an insert follows the element on its
// left that both sides keep (its anchor), theirs before ours; an edit follows its element. An edit against
// a removal, and two reorders, are clashes.
//
//   base     a b c d
//   theirs   a X b c d          X is anchored at a
//   ours     a b Y d            c removed, Y is anchored at b
//   both     a X b Y d          the runs of the result are runs over their array
import type { Conflict } from '../../document/messages/errors.ts'
import type { Path } from '../../document/paths/path.ts'
import { apply } from '../apply.ts'
import { createArrayOp, toCanonicalRuns, isKeepRun, isReorder } from './runs.ts'
import { composeOps } from '../compose.ts'
import { invertOp } from '../invert.ts'
import type { ArrayOp, Op, Run } from '../ops/ops.ts'
import type { RebaseContext } from '../rebase-context.ts'
import { Segments, runsOf } from './segments.ts'
import { IndexRanges, type IndexRange } from './index-ranges.ts'

type Below = (ours: Op, theirs: Op | null, path: Path, rebasing: RebaseContext) => Op | null

/** Rebases array ops; `below` rebases the ops of one element. O(runs and edits of both). */
export function rebaseArrays(
  ours: ArrayOp,
  theirs: ArrayOp,
  path: Path,
  rebasing: RebaseContext,
  below: Below,
): Op | null {
  const merge = new ArrayMerge(ours, theirs, path, rebasing)
  const edits = merge.rebaseEdits(below)
  merge.settleRemovals()
  if (merge.ordersClash()) {
    const side = rebasing.settle({ path, base: undefined, ours: undefined, theirs: undefined })
    return side === 'ours' ? composeOps(invertOp(theirs), ours, rebasing.leaves) : null
  }
  return merge.createOp(edits)
}

/**
 * A run that stands in the merged array behind its anchor: an element that both keep, or the head of the
 * array (-1).
 */
interface Insert {
  readonly anchor: number
  readonly run: Run
}

class ArrayMerge {
  private readonly ours: ArrayOp
  private readonly theirs: ArrayOp
  private readonly path: Path
  private readonly rebasing: RebaseContext
  /** The array that theirs made: the result's runs are runs over it. */
  private readonly theirResult: Segments
  /** The base elements that ours keeps, and those that theirs keeps. */
  private kept: IndexRanges
  private readonly theirKept: IndexRanges
  /** Elements that ours edited and theirs removed, and that come back; by base index. */
  private readonly restored = new Map<number, unknown>()
  /** Elements that ours removed and theirs edited, and that stay. */
  private readonly spared: number[] = []

  constructor(ours: ArrayOp, theirs: ArrayOp, path: Path, rebasing: RebaseContext) {
    this.ours = ours
    this.theirs = theirs
    this.path = path
    this.rebasing = rebasing
    this.theirResult = new Segments(theirs)
    this.kept = keptRangesOf(ours)
    this.theirKept = keptRangesOf(theirs)
  }

  /** Rebases our edits. The result is keyed by the place in their array. */
  rebaseEdits(below: Below): Map<number, Op> {
    const { ours, theirs, path, theirResult } = this
    const edits = new Map<number, Op>()
    for (const [index, op] of ours.edits ?? []) {
      const place = theirResult.placeOf(index)
      if (place < 0) {
        const base = theirs.removed?.get(index)
        const edited = apply(base, op)
        const side = this.settle(index, { base, ours: edited, theirs: undefined })
        if (side === 'ours') this.restored.set(index, edited)
        continue
      }
      const rebased = below(op, theirs.edits?.get(index) ?? null, [...path, index], this.rebasing)
      if (rebased !== null) edits.set(place, rebased)
    }
    return edits
  }

  /** Settles elements that ours removed and theirs edited. */
  settleRemovals(): void {
    const { ours, theirs } = this
    for (const [index, op] of theirs.edits ?? []) {
      if (!ours.removed?.has(index)) continue
      const base = ours.removed.get(index)
      const side = this.settle(index, { base, ours: undefined, theirs: apply(base, op) })
      if (side !== 'ours') this.spared.push(index)
    }
    this.kept = this.kept.withIndices(this.spared)
  }

  private settle(index: number, values: Omit<Conflict, 'path'>): 'ours' | 'theirs' | null {
    return this.rebasing.settle({ path: [...this.path, index], ...values })
  }

  /** Whether both sides reorder the elements that both keep, each in another way. */
  ordersClash(): boolean {
    if (!isReorder(this.ours.runs) || !isReorder(this.theirs.runs)) return false
    const mine = this.orderOf(this.ours, this.theirKept)
    const other = this.orderOf(this.theirs, keptRangesOf(this.ours))
    return !isSameOrder(mine, other)
  }

  /** Returns the base elements of an op's array that the other side keeps too, in the op's order. */
  private orderOf(op: ArrayOp, kept: IndexRanges): IndexRange[] {
    const order: IndexRange[] = []
    for (const run of runsOf(op)) {
      if (isKeepRun(run)) order.push(...kept.within(run.keep, run.keep + run.count))
    }
    return order
  }

  createOp(edits: Map<number, Op>): Op | null {
    const { ours, theirs, theirResult, rebasing } = this
    const oursRule = isReorder(ours.runs) && !isReorder(theirs.runs)
    const order = oursRule ? this.orderOf(ours, this.theirKept) : this.orderOf(theirs, this.kept)
    const inserts = new Map<number, Run[]>()
    for (const { anchor, run } of [
      ...this.placeTheirInserts(oursRule),
      ...this.placeOurInserts(),
    ]) {
      const list = inserts.get(anchor)
      if (list === undefined) inserts.set(anchor, [run])
      else list.push(run)
    }
    const at = (place: number): unknown => this.valueAt(place)
    const merged = this.mergeRuns(order, inserts)
    const runs = toCanonicalRuns(merged, {
      length: theirResult.length,
      at,
      leaves: rebasing.leaves,
    })
    return createArrayOp(theirResult.length, runs, edits, at)
  }

  /**
   * Merges the order of the kept elements with the inserts behind their anchors. The result is runs over
   * their array.
   */
  private mergeRuns(order: readonly IndexRange[], inserts: ReadonlyMap<number, Run[]>): Run[] {
    const anchors = [...inserts.keys()].sort((a, b) => a - b)
    const runs: Run[] = [...(inserts.get(-1) ?? [])]
    const keep = (from: number, to: number): void => {
      let at = from
      while (at < to) {
        // Their op may have put other elements between neighbours of the base.
        const place = this.theirResult.placeOf(at)
        const count = Math.min(to - at, this.theirResult.countFrom(at))
        runs.push({ keep: place, count })
        at += count
      }
    }
    for (const { from, to } of order) {
      let at = from
      for (let i = findFirstAtLeast(anchors, from); i < anchors.length; i++) {
        const anchor = anchors[i] as number
        if (anchor >= to) break
        keep(at, anchor + 1)
        runs.push(...(inserts.get(anchor) ?? []))
        at = anchor + 1
      }
      keep(at, to)
    }
    return runs
  }

  private placeTheirInserts(oursRule: boolean): Insert[] {
    const inserts: Insert[] = []
    // An element that ours had removed has no place in our order: it follows its neighbour in theirs.
    const spared = oursRule ? [...this.spared].sort((a, b) => a - b) : []
    const common = oursRule ? this.kept.withoutIndices(spared) : this.kept
    let anchor = -1
    let place = 0
    for (const run of runsOf(this.theirs)) {
      const count = isKeepRun(run) ? run.count : run.insert.length
      if (!isKeepRun(run)) inserts.push({ anchor, run: { keep: place, count } })
      else {
        anchor = this.findAnchor(
          run.keep,
          run.keep + count,
          anchor,
          common,
          spared,
          (index, behind) => {
            inserts.push({
              anchor: behind,
              run: { keep: this.theirResult.placeOf(index), count: 1 },
            })
          },
        )
      }
      place += count
    }
    return inserts
  }

  private placeOurInserts(): Insert[] {
    const inserts: Insert[] = []
    const back = [...this.restored.keys()].sort((a, b) => a - b)
    let anchor = -1
    for (const run of runsOf(this.ours)) {
      if (!isKeepRun(run)) inserts.push({ anchor, run })
      else {
        const { theirKept } = this
        anchor = this.findAnchor(
          run.keep,
          run.keep + run.count,
          anchor,
          theirKept,
          back,
          (index, behind) => {
            inserts.push({
              anchor: behind,
              run: { insert: Object.freeze([this.restored.get(index)]) },
            })
          },
        )
      }
    }
    return inserts
  }

  /**
   * Walks over a range of base elements in which single elements need an anchor. Returns the last element
   * of `common`, or `anchor`.
   */
  private findAnchor(
    from: number,
    to: number,
    anchor: number,
    common: IndexRanges,
    single: readonly number[],
    meet: (index: number, behind: number) => void,
  ): number {
    let behind = anchor
    let at = from
    for (
      let i = findFirstAtLeast(single, from);
      i < single.length && (single[i] as number) < to;
      i++
    ) {
      const index = single[i] as number
      behind = common.lastWithin(at, index) ?? behind
      meet(index, behind)
      at = index + 1
    }
    return common.lastWithin(at, to) ?? behind
  }

  /** Returns the value at a place of their array that ours does not keep. */
  private valueAt(place: number): unknown {
    const index = this.theirResult.baseAt(place)
    const value = this.ours.removed?.get(index)
    const edit = this.theirs.edits?.get(index)
    return edit === undefined ? value : apply(value, edit)
  }
}

const keptRangesOf = (op: ArrayOp): IndexRanges =>
  new IndexRanges(
    runsOf(op)
      .filter(isKeepRun)
      .map(run => ({ from: run.keep, to: run.keep + run.count })),
  )

/** Whether two lists of ranges go through the same elements in the same order. */
function isSameOrder(a: readonly IndexRange[], b: readonly IndexRange[]): boolean {
  const [left, right] = [joinNeighbours(a), joinNeighbours(b)]
  if (left.length !== right.length) return false
  return left.every(({ from, to }, i) => right[i]?.from === from && right[i]?.to === to)
}

function joinNeighbours(list: readonly IndexRange[]): IndexRange[] {
  const all: IndexRange[] = []
  for (const { from, to } of list) {
    const last = all.at(-1)
    if (last !== undefined && last.to === from) all[all.length - 1] = { from: last.from, to }
    else all.push({ from, to })
  }
  return all
}

/** Returns the first place in a sorted list with `value` or more. O(log n). */
function findFirstAtLeast(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
