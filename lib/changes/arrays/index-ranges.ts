/** Neighbours from one index up to another, which is not among them. */
export interface IndexRange {
  readonly from: number
  readonly to: number
}

/** A set of indices, as stretches in ascending order that do not touch one another's elements. */
export class IndexRanges {
  private readonly ranges: readonly IndexRange[]

  constructor(ranges: readonly IndexRange[]) {
    this.ranges = [...ranges].sort((a, b) => a.from - b.from)
  }

  /** What of it lies within. O(log n + what is found). */
  within(from: number, to: number): IndexRange[] {
    const found: IndexRange[] = []
    for (let i = this.firstEndingAfter(from); i < this.ranges.length; i++) {
      const range = this.ranges[i] as IndexRange
      if (range.from >= to) break
      found.push({ from: Math.max(from, range.from), to: Math.min(to, range.to) })
    }
    return found
  }

  /** The greatest index within, or undefined. O(log n). */
  lastWithin(from: number, to: number): number | undefined {
    const at = this.firstEndingAfter(to - 1)
    const here = this.ranges[at]
    if (here !== undefined && here.from < to) return to - 1 >= from ? to - 1 : undefined
    const before = this.ranges[at - 1]
    return before !== undefined && before.to > from && from < to ? before.to - 1 : undefined
  }

  /** The same with single indices that are not in it. */
  withIndices(indices: readonly number[]): IndexRanges {
    return new IndexRanges([
      ...this.ranges,
      ...indices.map(index => ({ from: index, to: index + 1 })),
    ])
  }

  /** The same without single indices. */
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
