// Turns a reorder into single moves. JSON Patch and `describe` call `movesOf`, because their formats know
// no permutation. The idea: the heaviest increasing subsequence of the kept runs stays where it is, and
// every other run is moved behind the run before it.
//
//   base order      a b c d e
//   new order       a d b c e       b c stay (weight 2 against 1), d moves: [3] -> [1]
import type { KeepRun } from '../ops/ops.ts'

/** One move: the element is taken out at `from` and put in at `to` of the remaining array. */
export interface Move {
  readonly from: number
  readonly to: number
}

/**
 * Returns the moves that bring kept elements from base order into the order of `keeps`. The heaviest
 * increasing subsequence of the keep runs stays; every other run is moved behind the run before it. O(k log
 * k) for k keep runs, plus one move for each element that moves.
 */
export function movesOf(keeps: readonly KeepRun[]): Move[] {
  const slots = [...keeps].sort((a, b) => a.keep - b.keep)
  const slotOf = new Map(slots.map((run, i) => [run, i + 1]))
  const order = keeps.map(run => slotOf.get(run) as number)
  const staying = findHeaviestIncrease(
    order,
    keeps.map(run => run.count),
  )
  // The number of elements that hang at each slot. Slot 0 is the head of the array.
  const weights = new SumTree(slots.length + 1)
  slots.forEach((run, i) => weights.add(i + 1, run.count))
  const moves: Move[] = []
  let anchor = 0
  keeps.forEach((run, i) => {
    const slot = order[i] as number
    if (staying.has(slot)) {
      anchor = slot
      return
    }
    const from = weights.before(slot)
    const to = weights.before(anchor + 1)
    for (let n = 0; n < run.count; n++) {
      moves.push(from < to ? { from, to: to - 1 } : { from: from + n, to: to + n })
    }
    weights.add(slot, -run.count)
    weights.add(anchor, run.count)
  })
  return moves
}

/** Returns the members of the increasing subsequence of `order` with the greatest sum of weights. */
function findHeaviestIncrease(order: readonly number[], weights: readonly number[]): Set<number> {
  const best = new BestTree(order.length + 1)
  const sums = new Map<number, { sum: number; before: number }>()
  order.forEach((slot, i) => {
    const before = best.below(slot)
    const sum = (sums.get(before)?.sum ?? 0) + (weights[i] as number)
    sums.set(slot, { sum, before })
    best.put(slot, sum)
  })
  const chosen = new Set<number>()
  let at = best.below(order.length + 1)
  for (; at > 0; at = sums.get(at)?.before ?? 0) chosen.add(at)
  return chosen
}

/** Prefix sums under updates: a binary indexed tree (Fenwick, 1994). O(log n) each. */
class SumTree {
  private readonly sums: number[]

  constructor(size: number) {
    this.sums = new Array<number>(size + 1).fill(0)
  }

  add(slot: number, weight: number): void {
    for (let i = slot + 1; i < this.sums.length; i += i & -i) {
      this.sums[i] = (this.sums[i] as number) + weight
    }
  }

  /** Returns the sum of all slots below `slot`. */
  before(slot: number): number {
    let sum = 0
    for (let i = slot; i > 0; i -= i & -i) sum += this.sums[i] as number
    return sum
  }
}

/** The slot with the greatest sum below another slot, under updates. O(log n) each. */
class BestTree {
  private readonly best: { slot: number; sum: number }[]

  constructor(size: number) {
    this.best = Array.from({ length: size + 1 }, () => ({ slot: 0, sum: 0 }))
  }

  put(slot: number, sum: number): void {
    for (let i = slot; i < this.best.length; i += i & -i) {
      if ((this.best[i]?.sum ?? 0) < sum) this.best[i] = { slot, sum }
    }
  }

  below(slot: number): number {
    let found = { slot: 0, sum: 0 }
    for (let i = slot - 1; i > 0; i -= i & -i) {
      const here = this.best[i] as { slot: number; sum: number }
      if (here.sum > found.sum) found = here
    }
    return found.slot
  }
}
