// An index over the runs of an array op: which base element stands at a place of the new array, and the
// reverse. Compose and rebase translate indices with it, in O(log runs) each.
import { isKeepRun } from './runs.ts'
import type { ArrayOp, Run } from '../ops/ops.ts'

/** A segment of the new array: base elements from index `base` on, or inserted `values`. */
export interface Segment {
  /** The place in the new array where the segment begins. */
  readonly place: number
  readonly count: number
  /** The first base index; -1: the segment was inserted. */
  readonly base: number
  readonly values: readonly unknown[] | null
}

/** Returns the runs of an op; for an op without runs, one run that keeps everything. */
export const runsOf = (op: ArrayOp): readonly Run[] =>
  op.runs ?? (op.length === 0 ? [] : [{ keep: 0, count: op.length }])

/** The segments of the array that an op made. O(runs) to create. */
export class Segments {
  readonly list: readonly Segment[]
  readonly length: number
  private readonly byBase: readonly Segment[]

  constructor(op: ArrayOp) {
    const list: Segment[] = []
    let place = 0
    for (const run of runsOf(op)) {
      const kept = isKeepRun(run)
      const count = kept ? run.count : run.insert.length
      list.push({ place, count, base: kept ? run.keep : -1, values: kept ? null : run.insert })
      place += count
    }
    this.list = list
    this.length = place
    this.byBase = list.filter(({ base }) => base >= 0).sort((a, b) => a.base - b.base)
  }

  /** Returns the base index of the element at `place`; -1: it was inserted. O(log runs). */
  baseAt(place: number): number {
    const segment = this.at(place)
    return segment === undefined || segment.base < 0 ? -1 : segment.base + place - segment.place
  }

  /** Returns the place of the base element `index`; -1: it was removed. O(log runs). */
  placeOf(index: number): number {
    const segment = findLastBefore(this.byBase, index, 'base')
    if (segment === undefined || index >= segment.base + segment.count) return -1
    return segment.place + index - segment.base
  }

  /**
   * Counts the base elements from `index` on, which must be kept, that stand one after another. O(log
   * runs).
   */
  countFrom(index: number): number {
    const segment = findLastBefore(this.byBase, index, 'base') as Segment
    return segment.base + segment.count - index
  }

  /**
   * Calls `part` with each piece of the `count` elements from place `from` on, in order. O(log runs +
   * pieces).
   */
  walk(from: number, count: number, part: (piece: Segment) => void): void {
    const end = from + count
    let at = from
    while (at < end) {
      const segment = this.at(at)
      if (segment === undefined) return
      const skipped = at - segment.place
      const taken = Math.min(segment.count - skipped, end - at)
      part({
        place: at,
        count: taken,
        base: segment.base < 0 ? -1 : segment.base + skipped,
        values: segment.values && segment.values.slice(skipped, skipped + taken),
      })
      at += taken
    }
  }

  private at(place: number): Segment | undefined {
    return findLastBefore(this.list, place, 'place')
  }
}

/** Returns the last segment that begins at `value` or before. O(log segments). */
function findLastBefore(
  list: readonly Segment[],
  value: number,
  by: 'place' | 'base',
): Segment | undefined {
  let [low, high] = [0, list.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    if ((list[middle] as Segment)[by] <= value) low = middle + 1
    else high = middle - 1
  }
  return list[high]
}
