import { raceTimeout } from '../../adapters/race-timeout.ts'
import { ConflictError, CowslipError, type DocumentName } from '../../document/messages/errors.ts'
import { describeDocument, unknownOutcomeError } from './outcome.ts'

const MAX_PAUSE_MS = 100

/** How long a call may take, all in all, and what calls it off. */
export class Deadline {
  private readonly timeoutMS: number
  private readonly signal: AbortSignal | undefined
  /** What is waited for. */
  private readonly subject: DocumentName | string
  private readonly end: number
  /** The write that is in the hands of the adapter: it may be applied. */
  private sent: { readonly name: DocumentName; readonly commitId: string } | null = null
  private clashes = 0
  private overError: unknown = null

  constructor(timeoutMS: number, signal: AbortSignal | undefined, what: DocumentName | string) {
    this.timeoutMS = timeoutMS
    this.signal = signal
    this.subject = what
    this.end = Date.now() + timeoutMS
  }

  /** How many milliseconds are left, at least 1. */
  get leftMS(): number {
    return Math.max(1, Math.ceil(this.end - Date.now()))
  }

  /** Before anything is sent: throws why there is no time for it any more. */
  throwIfOver(): void {
    if (this.overError !== null) throw this.overError
    this.signal?.throwIfAborted()
    if (Date.now() > this.end) throw this.endError()
  }

  /** A write is handed to the adapter. */
  noteSent(name: DocumentName, commitId: string): void {
    this.sent = { name, commitId }
  }

  /** The write was surely not applied. */
  noteClash(): void {
    this.sent = null
    this.clashes++
  }

  /**
   * What `work` gives, unless time is up or the signal aborts first: rejects with the signal's reason or
   * `timeout` while nothing was sent, with a `ConflictError` between clashes, with `unknown` for a write
   * without an answer. The work goes on, and may ask `check` whether it still should.
   */
  race<R>(work: Promise<R>): Promise<R> {
    const late = (): unknown => (this.overError = this.endError())
    return raceTimeout(work, this.end - Date.now(), late, this.signal)
  }

  /** After a clash: waits for a random while, longer each time; throws a `ConflictError` at the end. */
  async pause(attempt: number): Promise<void> {
    const most = Math.min(2 ** attempt, MAX_PAUSE_MS)
    const pause = Math.random() * most
    if (Date.now() + pause > this.end) throw this.endError()
    if (attempt > 0) await new Promise(resolve => setTimeout(resolve, pause))
    this.throwIfOver()
  }

  private endError(): unknown {
    const { sent, signal } = this
    if (sent !== null) return unknownOutcomeError(sent.name, sent.commitId, signal?.reason)
    if (signal?.aborted) return signal.reason
    if (this.clashes === 0) return this.timeoutError()
    return new ConflictError(
      `Expected ${this.describeSubject()} to come to rest within ${this.timeoutMS} ms. Received ${this.clashes} ` +
        'clashes with other writers. Nothing was written: try again, or allow more time.',
      [],
    )
  }

  private timeoutError(): CowslipError<'timeout'> {
    return new CowslipError(
      'timeout',
      `Expected an answer about ${this.describeSubject()} within ${this.timeoutMS} ms. Received none. ` +
        'Nothing was written: try again, or allow more time.',
      { timeoutMS: this.timeoutMS },
    )
  }

  private describeSubject(): string {
    return typeof this.subject === 'string' ? this.subject : describeDocument(this.subject)
  }
}
