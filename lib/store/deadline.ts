import { ConflictError, CowslipError } from '../document/errors.ts'

const LONGEST_PAUSE = 100

/** How long an edit may wait and be made again, and what calls it off. */
export class Deadline {
  private readonly timeoutMS: number
  private readonly signal: AbortSignal | undefined
  private readonly end: number

  constructor(timeoutMS: number, signal: AbortSignal | undefined) {
    this.timeoutMS = timeoutMS
    this.signal = signal
    this.end = Date.now() + timeoutMS
  }

  /** Before anything is sent: throws the signal's reason, or `timeout`. */
  check(): void {
    this.signal?.throwIfAborted()
    if (Date.now() <= this.end) return
    throw new CowslipError(
      'timeout',
      `Expected the edits before this one to end within ${this.timeoutMS} ms. They did not. Nothing ` +
        'was sent.',
      { timeoutMS: this.timeoutMS },
    )
  }

  /** After a clash: waits for a random while, longer each time; throws a `ConflictError` at the end. */
  async pause(attempt: number, what: string): Promise<void> {
    this.signal?.throwIfAborted()
    const most = Math.min(2 ** attempt, LONGEST_PAUSE)
    const pause = Math.random() * most
    if (Date.now() + pause > this.end) {
      throw new ConflictError(
        `Expected ${what} to come to rest within ` +
          `${this.timeoutMS} ms. Received ${attempt + 1} clashes with other writers. Nothing was written.`,
        [],
      )
    }
    if (attempt > 0) await new Promise(resolve => setTimeout(resolve, pause))
    this.signal?.throwIfAborted()
  }
}
