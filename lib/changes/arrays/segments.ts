import { isKeepRun } from './runs.ts'
import type { ArrayOp, Run } from '../ops/ops.ts'

/** A stretch of the array that an op made: elements of its base from `base` on, or inserted `values`. */
export interface Segment {
  /** Where it begins in the array that the op made. */
  readonly place: number
  readonly count: number
  /** -1: it is inserted. */
  readonly base: number
  readonly values: readonly unknown[] | null
}

/** The runs of an op; where it has none, the one that keeps all. */
export const runsOf = (op: ArrayOp): readonly Run[] =>
  op.runs ?? (op.length === 0 ? [] : [{ keep: 0, count: op.length }])

/** What stands where in the array that an op made. O(runs). */
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

  /** The base index of what stands at `place`; -1: it was inserted. O(log runs). */
  baseAt(place: number): number {
    const segment = this.at(place)
    return segment === undefined || segment.base < 0 ? -1 : segment.base + place - segment.place
  }

  /** Where the base element `index` stands; -1: it is gone. O(log runs). */
  placeOf(index: number): number {
    const segment = findLastBefore(this.byBase, index, 'base')
    if (segment === undefined || index >= segment.base + segment.count) return -1
    return segment.place + index - segment.base
  }

  /** How many base elements from `index` on, which is kept, stand one after another. O(log runs). */
  countFrom(index: number): number {
    const segment = findLastBefore(this.byBase, index, 'base') as Segment
    return segment.base + segment.count - index
  }

  /** Calls `part` with each piece of `count` elements from `from` on, in order. O(log runs + pieces). */
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

/** The last segment that begins at `value` or before, by binary search. */
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
