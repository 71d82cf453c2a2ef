// The ids of the commits that a collection sent last, by which it knows its own writes when the adapter tells them.

/** The number of ids that are remembered at least. */
const MIN_KEPT = 2_000

/** A set of ids that forgets the oldest ones. Adding and asking are O(1). */
export class RecentIds {
  private recent = new Set<string>()
  private older = new Set<string>()

  add(id: string): void {
    this.recent.add(id)
    if (this.recent.size < MIN_KEPT) return
    this.older = this.recent
    this.recent = new Set()
  }

  has(id: string): boolean {
    return this.recent.has(id) || this.older.has(id)
  }
}
