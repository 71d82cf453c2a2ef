// Sets of array indices as sorted ranges. The rebase of two array ops keeps the indices that each side
// keeps in them: a splice of one element in an array of a million costs two ranges, not a million entries.

/** A range of indices from `from` up to, but without, `to`. */
export interface IndexRange {
  readonly from: number
  readonly to: number
}

/** A set of indices, held as disjoint ranges in ascending order. */
export class IndexRanges {
  private readonly ranges: readonly IndexRange[]

  constructor(ranges: readonly IndexRange[]) {
    this.ranges = [...ranges].sort((a, b) => a.from - b.from)
  }

  /** Returns the parts of the set within a range. O(log n + parts found). */
  within(from: number, to: number): IndexRange[] {
    const found: IndexRange[] = []
    for (let i = this.firstEndingAfter(from); i < this.ranges.length; i++) {
      const range = this.ranges[i] as IndexRange
      if (range.from >= to) break
      found.push({ from: Math.max(from, range.from), to: Math.min(to, range.to) })
    }
    return found
  }

  /** Returns the greatest index of the set within a range, or undefined. O(log n). */
  lastWithin(from: number, to: number): number | undefined {
    const at = this.firstEndingAfter(to - 1)
    const here = this.ranges[at]
    if (here !== undefined && here.from < to) return to - 1 >= from ? to - 1 : undefined
    const before = this.ranges[at - 1]
    return before !== undefined && before.to > from && from < to ? before.to - 1 : undefined
  }

  /** Returns the set with single indices added that are not in it. */
  withIndices(indices: readonly number[]): IndexRanges {
    return new IndexRanges([
      ...this.ranges,
      ...indices.map(index => ({ from: index, to: index + 1 })),
    ])
  }

  /** Returns the set without some single indices. */
  withoutIndices(indices: readonly number[]): IndexRanges {
    if (indices.length === 0) return this
    const out = new Set(indices)
    return new IndexRanges(
      this.ranges.filter(({ from, to }) => !(to - from === 1 && out.has(from))),
    )
  }

  private firstEndingAfter(index: number): number {
    let [low, high] = [0, this.ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.ranges[middle] as IndexRange).to <= index) low = middle + 1
      else high = middle
    }
    return low
  }
}
