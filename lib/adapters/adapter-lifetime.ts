// The closing of an adapter: calls under way are awaited, later ones refused. The adapters of this library
// hold one AdapterLifetime each.
import { checkKnownOptions } from '../document/messages/check-options.ts'
import { CowslipError, badArgumentError } from '../document/messages/errors.ts'
import type { CloseOptions } from './contract.ts'
import { raceTimeout } from './race-timeout.ts'

/** Creates the error for a call after `close()`; `what` names the adapter. */
export const closedError = (what: string): CowslipError<'closed'> =>
  new CowslipError(
    'closed',
    'Expected an open adapter. Received a call after `close()`. Make a new one.',
    { what },
  )

/** Tracks the calls of an adapter, and closes it. */
export class AdapterLifetime {
  private readonly what: string
  private readonly pending = new Set<Promise<unknown>>()
  private closing: Promise<void> | null = null

  /** Creates a lifetime; `what` names the adapter in errors. */
  constructor(what: string) {
    this.what = what
  }

  /** Throws `closed` once closing has begun. */
  assertOpen(): void {
    if (this.closing !== null) throw closedError(this.what)
  }

  /** Makes closing wait for `work`. Returns `work`. */
  track<R>(work: Promise<R>): Promise<R> {
    const settled: Promise<unknown> = work.catch(() => {}).then(() => this.pending.delete(settled))
    this.pending.add(settled)
    return work
  }

  /**
   * Closes, once: waits for tracked calls and then runs `last`. Rejects with `timeout` if that takes
   * longer; it closes all the same.
   */
  async close(options: CloseOptions, last: () => unknown = () => {}): Promise<void> {
    checkKnownOptions(options, ['timeoutMS'])
    const { timeoutMS = Infinity } = options
    if (typeof timeoutMS !== 'number' || !(timeoutMS >= 0)) {
      throw badArgumentError('timeoutMS', 'a number of milliseconds', timeoutMS)
    }
    this.closing ??= Promise.all(this.pending).then(async () => void (await last()))
    return raceTimeout(this.closing, timeoutMS, () => this.timeoutError(timeoutMS))
  }

  private timeoutError(timeoutMS: number): CowslipError<'timeout'> {
    const text = `Expected the ${this.what} to come to rest within ${timeoutMS} ms. Received calls that take longer. It closes when they end.`
    return new CowslipError('timeout', text, { timeoutMS })
  }
}
