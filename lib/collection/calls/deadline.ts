import { within } from '../../adapters/within.ts'
import { ConflictError, CowslipError, type DocumentName } from '../../document/messages/errors.ts'
import { tell, unknown } from './outcome.ts'

const LONGEST_PAUSE = 100

/** How long a call may take, all in all, and what calls it off. */
export class Deadline {
  private readonly timeoutMS: number
  private readonly signal: AbortSignal | undefined
  /** What is waited for. */
  private readonly what: DocumentName | string
  private readonly end: number
  /** The write that is in the hands of the adapter: it may be applied. */
  private sent: { readonly name: DocumentName; readonly commitId: string } | null = null
  private clashes = 0
  private over: unknown = null

  constructor(timeoutMS: number, signal: AbortSignal | undefined, what: DocumentName | string) {
    this.timeoutMS = timeoutMS
    this.signal = signal
    this.what = what
    this.end = Date.now() + timeoutMS
  }

  /** How many milliseconds are left, at least 1. */
  get left(): number {
    return Math.max(1, Math.ceil(this.end - Date.now()))
  }

  /** Before anything is sent: throws why there is no time for it any more. */
  check(): void {
    if (this.over !== null) throw this.over
    this.signal?.throwIfAborted()
    if (Date.now() > this.end) throw this.refusal()
  }

  /** A write is handed to the adapter. */
  sends(name: DocumentName, commitId: string): void {
    this.sent = { name, commitId }
  }

  /** The write was surely not applied. */
  clashed(): void {
    this.sent = null
    this.clashes++
  }

  /**
   * What `work` gives, unless time is up or the signal aborts first: rejects with the signal's reason or
   * `timeout` while nothing was sent, with a `ConflictError` between clashes, with `unknown` for a write
   * without an answer. The work goes on, and may ask `check` whether it still should.
   */
  race<R>(work: Promise<R>): Promise<R> {
    const late = (): unknown => (this.over = this.refusal())
    return within(work, this.end - Date.now(), late, this.signal)
  }

  /** After a clash: waits for a random while, longer each time; throws a `ConflictError` at the end. */
  async pause(attempt: number): Promise<void> {
    const most = Math.min(2 ** attempt, LONGEST_PAUSE)
    const pause = Math.random() * most
    if (Date.now() + pause > this.end) throw this.refusal()
    if (attempt > 0) await new Promise(resolve => setTimeout(resolve, pause))
    this.check()
  }

  private refusal(): unknown {
    const { sent, signal } = this
    if (sent !== null) return unknown(sent.name, sent.commitId, signal?.reason)
    if (signal?.aborted) return signal.reason
    if (this.clashes === 0) return this.timeout()
    return new ConflictError(
      `Expected ${this.words()} to come to rest within ${this.timeoutMS} ms. Received ${this.clashes} ` +
        'clashes with other writers. Nothing was written.',
      [],
    )
  }

  private timeout(): CowslipError<'timeout'> {
    return new CowslipError(
      'timeout',
      `Expected an answer about ${this.words()} within ${this.timeoutMS} ms. It takes longer. Nothing was written.`,
      { timeoutMS: this.timeoutMS },
    )
  }

  private words(): string {
    return typeof this.what === 'string' ? this.what : tell(this.what)
  }
}
