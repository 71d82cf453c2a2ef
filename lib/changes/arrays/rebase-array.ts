// Two changes of one array. Whoever reorders it gives the order; each insert follows the element on its left
// that both keep, theirs first.
import type { Conflict } from '../../document/messages/errors.ts'
import type { Path } from '../../document/paths/path.ts'
import { apply } from '../apply.ts'
import { arrayOp, canonicalRuns, isKeep, isReorder } from './runs.ts'
import { compose } from '../compose.ts'
import { invert } from '../invert.ts'
import type { ArrayOp, Op, Run } from '../ops/ops.ts'
import type { Rebasing } from '../rebase-context.ts'
import { Segments, runsOf } from './segments.ts'
import { Stretches, type Stretch } from './index-ranges.ts'

type Below = (ours: Op, theirs: Op | null, path: Path, rebasing: Rebasing) => Op | null

/** See `rebase`, which `below` is. O(runs and edits of both). */
export function rebaseArrays(
  ours: ArrayOp,
  theirs: ArrayOp,
  path: Path,
  rebasing: Rebasing,
  below: Below,
): Op | null {
  const merge = new ArrayMerge(ours, theirs, path, rebasing)
  const edits = merge.edits(below)
  merge.settleRemovals()
  if (merge.ordersClash()) {
    const side = rebasing.settle({ path, base: undefined, ours: undefined, theirs: undefined })
    return side === 'ours' ? compose(invert(theirs), ours, rebasing.leaves) : null
  }
  return merge.result(edits)
}

/** What stands in the merged array after an element that both keep, or at its head (-1). */
interface Insert {
  readonly anchor: number
  readonly run: Run
}

class ArrayMerge {
  private readonly ours: ArrayOp
  private readonly theirs: ArrayOp
  private readonly path: Path
  private readonly rebasing: Rebasing
  /** The array that they made, over which ours is written. */
  private readonly mid: Segments
  /** Base elements that we keep; those that they keep. */
  private kept: Stretches
  private readonly theirKept: Stretches
  /** Elements that we edited and they removed, and that come back; by base index. */
  private readonly back = new Map<number, unknown>()
  /** Elements that we removed and they edited, and that stay. */
  private readonly spared: number[] = []

  constructor(ours: ArrayOp, theirs: ArrayOp, path: Path, rebasing: Rebasing) {
    this.ours = ours
    this.theirs = theirs
    this.path = path
    this.rebasing = rebasing
    this.mid = new Segments(theirs)
    this.kept = keptBy(ours)
    this.theirKept = keptBy(theirs)
  }

  /** Our edits, by place in what they made. */
  edits(below: Below): Map<number, Op> {
    const { ours, theirs, path, mid } = this
    const edits = new Map<number, Op>()
    for (const [index, op] of ours.edits ?? []) {
      const place = mid.placeOf(index)
      if (place < 0) {
        const base = theirs.removed?.get(index)
        const edited = apply(base, op)
        const side = this.settle(index, { base, ours: edited, theirs: undefined })
        if (side === 'ours') this.back.set(index, edited)
        continue
      }
      const rebased = below(op, theirs.edits?.get(index) ?? null, [...path, index], this.rebasing)
      if (rebased !== null) edits.set(place, rebased)
    }
    return edits
  }

  /** What we removed and they edited. */
  settleRemovals(): void {
    const { ours, theirs } = this
    for (const [index, op] of theirs.edits ?? []) {
      if (!ours.removed?.has(index)) continue
      const base = ours.removed.get(index)
      const side = this.settle(index, { base, ours: undefined, theirs: apply(base, op) })
      if (side !== 'ours') this.spared.push(index)
    }
    this.kept = this.kept.with(this.spared)
  }

  private settle(index: number, values: Omit<Conflict, 'path'>): 'ours' | 'theirs' | null {
    return this.rebasing.settle({ path: [...this.path, index], ...values })
  }

  /** Whether both reorder what both keep, each in another way. */
  ordersClash(): boolean {
    if (!isReorder(this.ours.runs) || !isReorder(this.theirs.runs)) return false
    const mine = this.order(this.ours, this.theirKept)
    const other = this.order(this.theirs, keptBy(this.ours))
    return !sameOrder(mine, other)
  }

  /** The base elements of an op's array, in its order, that the other side keeps too. */
  private order(op: ArrayOp, kept: Stretches): Stretch[] {
    const order: Stretch[] = []
    for (const run of runsOf(op)) {
      if (isKeep(run)) order.push(...kept.within(run.keep, run.keep + run.count))
    }
    return order
  }

  result(edits: Map<number, Op>): Op | null {
    const { ours, theirs, mid, rebasing } = this
    const oursRule = isReorder(ours.runs) && !isReorder(theirs.runs)
    const order = oursRule ? this.order(ours, this.theirKept) : this.order(theirs, this.kept)
    const inserts = new Map<number, Run[]>()
    for (const { anchor, run } of [...this.theirInserts(oursRule), ...this.ourInserts()]) {
      const list = inserts.get(anchor)
      if (list === undefined) inserts.set(anchor, [run])
      else list.push(run)
    }
    const at = (place: number): unknown => this.valueAt(place)
    const merged = this.merged(order, inserts)
    const runs = canonicalRuns(merged, { length: mid.length, at, leaves: rebasing.leaves })
    return arrayOp(mid.length, runs, edits, at)
  }

  /** The order of what both keep, with the inserts behind what they follow, as runs over what they made. */
  private merged(order: readonly Stretch[], inserts: ReadonlyMap<number, Run[]>): Run[] {
    const anchors = [...inserts.keys()].sort((a, b) => a - b)
    const runs: Run[] = [...(inserts.get(-1) ?? [])]
    const keep = (from: number, to: number): void => {
      let at = from
      while (at < to) {
        // Their own keeps may have put inserts, or others, between neighbours of the base.
        const place = this.mid.placeOf(at)
        const count = Math.min(to - at, this.mid.stretchFrom(at))
        runs.push({ keep: place, count })
        at += count
      }
    }
    for (const { from, to } of order) {
      let at = from
      for (let i = firstAtLeast(anchors, from); i < anchors.length; i++) {
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

  private theirInserts(oursRule: boolean): Insert[] {
    const inserts: Insert[] = []
    // What we had removed has no place in our order, so it follows its neighbour in theirs.
    const spared = oursRule ? [...this.spared].sort((a, b) => a - b) : []
    const common = oursRule ? this.kept.without(spared) : this.kept
    let anchor = -1
    let place = 0
    for (const run of runsOf(this.theirs)) {
      const count = isKeep(run) ? run.count : run.insert.length
      if (!isKeep(run)) inserts.push({ anchor, run: { keep: place, count } })
      else {
        anchor = this.follow(
          run.keep,
          run.keep + count,
          anchor,
          common,
          spared,
          (index, behind) => {
            inserts.push({ anchor: behind, run: { keep: this.mid.placeOf(index), count: 1 } })
          },
        )
      }
      place += count
    }
    return inserts
  }

  private ourInserts(): Insert[] {
    const inserts: Insert[] = []
    const back = [...this.back.keys()].sort((a, b) => a - b)
    let anchor = -1
    for (const run of runsOf(this.ours)) {
      if (!isKeep(run)) inserts.push({ anchor, run })
      else {
        const { theirKept } = this
        anchor = this.follow(
          run.keep,
          run.keep + run.count,
          anchor,
          theirKept,
          back,
          (index, behind) => {
            inserts.push({ anchor: behind, run: { insert: Object.freeze([this.back.get(index)]) } })
          },
        )
      }
    }
    return inserts
  }

  /** Goes over a stretch with single elements in it; gives the last element of `common`, or `anchor`. */
  private follow(
    from: number,
    to: number,
    anchor: number,
    common: Stretches,
    single: readonly number[],
    meet: (index: number, behind: number) => void,
  ): number {
    let behind = anchor
    let at = from
    for (let i = firstAtLeast(single, from); i < single.length && (single[i] as number) < to; i++) {
      const index = single[i] as number
      behind = common.lastWithin(at, index) ?? behind
      meet(index, behind)
      at = index + 1
    }
    return common.lastWithin(at, to) ?? behind
  }

  /** What stands at a place of what they made and that we do not keep. */
  private valueAt(place: number): unknown {
    const index = this.mid.baseAt(place)
    const value = this.ours.removed?.get(index)
    const edit = this.theirs.edits?.get(index)
    return edit === undefined ? value : apply(value, edit)
  }
}

const keptBy = (op: ArrayOp): Stretches =>
  new Stretches(
    runsOf(op)
      .filter(isKeep)
      .map(run => ({ from: run.keep, to: run.keep + run.count })),
  )

/** Whether two lists of stretches go through the same elements in the same order. */
function sameOrder(a: readonly Stretch[], b: readonly Stretch[]): boolean {
  const [left, right] = [joined(a), joined(b)]
  if (left.length !== right.length) return false
  return left.every(({ from, to }, i) => right[i]?.from === from && right[i]?.to === to)
}

function joined(list: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const { from, to } of list) {
    const last = all.at(-1)
    if (last !== undefined && last.to === from) all[all.length - 1] = { from: last.from, to }
    else all.push({ from, to })
  }
  return all
}

/** The first place in a sorted list that holds `value` or more, by binary search. */
function firstAtLeast(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
