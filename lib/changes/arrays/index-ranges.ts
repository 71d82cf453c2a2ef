/** Neighbours from one index up to another, which is not among them. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A set of indices, as stretches in ascending order that do not touch one another's elements. */
export class Stretches {
  private readonly list: readonly Stretch[]

  constructor(stretches: readonly Stretch[]) {
    this.list = [...stretches].sort((a, b) => a.from - b.from)
  }

  /** What of it lies within. O(log n + what is found). */
  within(from: number, to: number): Stretch[] {
    const found: Stretch[] = []
    for (let i = this.firstEndingAfter(from); i < this.list.length; i++) {
      const stretch = this.list[i] as Stretch
      if (stretch.from >= to) break
      found.push({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) })
    }
    return found
  }

  /** The greatest index within, or undefined. O(log n). */
  lastWithin(from: number, to: number): number | undefined {
    const at = this.firstEndingAfter(to - 1)
    const here = this.list[at]
    if (here !== undefined && here.from < to) return to - 1 >= from ? to - 1 : undefined
    const before = this.list[at - 1]
    return before !== undefined && before.to > from && from < to ? before.to - 1 : undefined
  }

  /** The same with single indices that are not in it. */
  with(indices: readonly number[]): Stretches {
    return new Stretches([...this.list, ...indices.map(index => ({ from: index, to: index + 1 }))])
  }

  /** The same without single indices. */
  without(indices: readonly number[]): Stretches {
    if (indices.length === 0) return this
    const out = new Set(indices)
    return new Stretches(this.list.filter(({ from, to }) => !(to - from === 1 && out.has(from))))
  }

  private firstEndingAfter(index: number): number {
    let [low, high] = [0, this.list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.list[middle] as Stretch).to <= index) low = middle + 1
      else high = middle
    }
    return low
  }
}
