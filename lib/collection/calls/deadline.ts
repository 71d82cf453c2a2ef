// The time limit and the signal of one call. LiveDocument, reads and transactions create a Deadline at the
// start, ask it before each step (`throwIfOver`), tell it when a write was handed over (`noteSent`), and
// race their work against it. It decides which error a call that ran out of time gets: `timeout`,
// `conflict` or `unknown`.
import { raceTimeout } from '../../adapters/race-timeout.ts'
import { ConflictError, CowslipError, type DocumentName } from '../../document/messages/errors.ts'
import { describeDocument, unknownOutcomeError } from './outcome.ts'
import type { RunningCalls } from './running-calls.ts'

const MAX_PAUSE_MS = 100

/** The limits of a write, which may be made for several calls. */
export type SendLimits = Pick<Deadline, 'leftMS' | 'noteSent' | 'noteClash'>

/** Returns the limits of a write for all these calls: it may take as long as the longest of them. */
export function joinDeadlines(deadlines: readonly Deadline[]): SendLimits {
  const [only] = deadlines
  if (only !== undefined && deadlines.length === 1) return only
  return {
    get leftMS() {
      return deadlines.reduce((most, { leftMS }) => Math.max(most, leftMS), 1)
    },
    noteSent: (name, commitId) => deadlines.forEach(deadline => deadline.noteSent(name, commitId)),
    noteClash: () => deadlines.forEach(deadline => deadline.noteClash()),
  }
}

/** Waits for a random time after a clash, longer after each one in a row, and not at all after the first. */
export async function pauseAfterClash(clashes: number): Promise<void> {
  if (clashes > 1) await new Promise(resolve => setTimeout(resolve, pauseMSAfter(clashes - 1)))
}

const pauseMSAfter = (attempt: number): number =>
  Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS)

/** The time limit and the signal of one call. */
export class Deadline {
  private readonly timeoutMS: number
  private readonly signal: AbortSignal | undefined
  /** The document or documents that the call is about, for errors. */
  private readonly subject: DocumentName | string
  private readonly end: number
  /** The write that was handed to the adapter and may be applied; null: there is none. */
  private sent: { readonly name: DocumentName; readonly commitId: string } | null = null
  private clashes = 0
  private overError: unknown = null
  private readonly calls: RunningCalls | undefined

  /** `calls` are those of the collection, among which what is raced counts. */
  constructor(
    timeoutMS: number,
    signal: AbortSignal | undefined,
    what: DocumentName | string,
    calls?: RunningCalls,
  ) {
    this.timeoutMS = timeoutMS
    this.signal = signal
    this.subject = what
    this.calls = calls
    this.end = Date.now() + timeoutMS
  }

  /** The time left, in milliseconds, at least 1. */
  get leftMS(): number {
    return Math.max(1, Math.ceil(this.end - Date.now()))
  }

  /** Throws the reason why there is no time left. Called before anything is sent. */
  throwIfOver(): void {
    if (this.overError !== null) throw this.overError
    this.signal?.throwIfAborted()
    if (Date.now() > this.end) throw this.endError()
  }

  /** Notes that a write was handed to the adapter. */
  noteSent(name: DocumentName, commitId: string): void {
    this.sent = { name, commitId }
  }

  /** Notes that the write was not applied, because another writer was faster. */
  noteClash(): void {
    this.sent = null
    this.clashes++
  }

  /**
   * Settles as `work` does, unless the time is over or the signal aborts first. Then it rejects: with the
   * signal's reason or `timeout` if nothing was sent, with a `ConflictError` between clashes, with
   * `unknown` for a write without an answer. The work goes on and may call `throwIfOver`.
   */
  race<R>(work: Promise<R>): Promise<R> {
    const late = (): unknown => (this.overError = this.endError())
    const call = raceTimeout(work, this.end - Date.now(), late, this.signal)
    return this.calls?.track(call) ?? call
  }

  /**
   * Waits for a random time after a clash, longer after each. Throws a `ConflictError` when the time is
   * over.
   */
  async pause(attempt: number): Promise<void> {
    const pause = pauseMSAfter(attempt)
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
