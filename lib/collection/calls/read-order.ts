// Tells an old answer from a new one. A counter gives each read the time when it was sent; whatever is
// learned of a document (an acknowledged write, a read that was taken in) is noted with its time. An answer
// counts if its read was sent after everything noted. Nothing is kept while no read is under way, so most
// programs keep nothing.

/** The number of documents remembered one by one; beyond it, one time stands for all. */
const MAX_DOCUMENTS = 10_000

/**
 * Knows for each document the time of the last news, so that an answer to an earlier read is recognised as
 * old.
 */
export class ReadOrder {
  private clock = 0
  private readonly readsUnderWay = new Set<number>()
  private readonly last = new Map<string, number>()
  /** The time before which every read counts as old. */
  private oldest = 0

  /** Notes that a read is sent. Returns its time, to be passed to `endRead`. */
  beginRead(): number {
    this.readsUnderWay.add(++this.clock)
    return this.clock
  }

  /** Notes that the read sent at `sent` is over. */
  endRead(sent: number): void {
    this.readsUnderWay.delete(sent)
    if (this.readsUnderWay.size === 0) this.last.clear()
  }

  /** Notes that something about a document was learned that was true at `at`. */
  note(key: string, at: number = ++this.clock): void {
    if (this.readsUnderWay.size === 0) return
    this.last.set(key, Math.max(at, this.last.get(key) ?? 0))
    if (this.last.size <= MAX_DOCUMENTS) return
    this.last.clear()
    this.oldest = this.clock
  }

  /** Whether a read sent at `sent` is as new as everything known of the document. */
  isNewest(key: string, sent: number): boolean {
    return sent >= this.oldest && sent >= (this.last.get(key) ?? 0)
  }
}
