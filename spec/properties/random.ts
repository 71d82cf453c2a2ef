/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  private state: number
  /** Whether values come that not every library keeps: dates, -0, a key called `__proto__`. */
  readonly odd: boolean

  constructor(seed: number, odd = true) {
    this.odd = odd
    this.state = seed >>> 0
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }
}
