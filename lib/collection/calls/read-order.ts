/** So many documents are remembered one by one. */
const MAX_DOCUMENTS = 10_000

/**
 * Knows of each document what came last, a write that was acknowledged or a read that was taken in, so that a
 * read is never taken for news that was sent before that. Reads count by when they were sent. Nothing is kept
 * while no read is under way.
 */
export class ReadOrder {
  private clock = 0
  private readonly readsUnderWay = new Set<number>()
  private readonly last = new Map<string, number>()
  /** What was sent before this is older than something that is not remembered one by one. */
  private oldest = 0

  /** A read is sent: gives its time, to be handed to `end`. */
  beginRead(): number {
    this.readsUnderWay.add(++this.clock)
    return this.clock
  }

  /** The read that was sent at `sent` is over. */
  endRead(sent: number): void {
    this.readsUnderWay.delete(sent)
    if (this.readsUnderWay.size === 0) this.last.clear()
  }

  /** Something of a document was learned that was true at `at`. */
  note(key: string, at: number = ++this.clock): void {
    if (this.readsUnderWay.size === 0) return
    this.last.set(key, Math.max(at, this.last.get(key) ?? 0))
    if (this.last.size <= MAX_DOCUMENTS) return
    this.last.clear()
    this.oldest = this.clock
  }

  /** Whether a read that was sent at `sent` is as new as all that is known of the document. */
  isNewest(key: string, sent: number): boolean {
    return sent >= this.oldest && sent >= (this.last.get(key) ?? 0)
  }
}
