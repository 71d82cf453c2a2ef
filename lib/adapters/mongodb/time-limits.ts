// Time limits of driver calls: the server gets `maxTimeMS`, and the promise is raced against the same time
// in case the server does not answer at all.
import { CowslipError } from '../../document/messages/errors.ts'
import type { CallOptions } from '../contract.ts'
import { MAX_TIMEOUT_MS, raceTimeout } from '../race-timeout.ts'

/** Returns the driver's option `maxTimeMS`, with which the server ends a command in time. */
export function maxTimeOf({ timeoutMS = Infinity }: CallOptions): { readonly maxTimeMS?: number } {
  return timeoutMS > MAX_TIMEOUT_MS ? {} : { maxTimeMS: Math.max(1, timeoutMS) }
}

/**
 * Settles as `work` does, or rejects with `timeout` after `timeoutMS`. The command itself is not cancelled.
 */
export function limitTime<R>(work: Promise<R>, { timeoutMS = Infinity }: CallOptions): Promise<R> {
  return raceTimeout(work, timeoutMS, () => timeoutError(timeoutMS))
}

/** The number of looks at a silence: a process that slept, or was busy for long, has not listened meanwhile. */
const LOOKS = 4

/** Limits the time in which nothing is heard: one for a stream of answers. */
export class SilenceLimit {
  private readonly silenceMS: number
  private looks = 0

  constructor(silenceMS: number) {
    this.silenceMS = silenceMS
  }

  noteAnswer(): void {
    this.looks = 0
  }

  /** Settles as `work` does, or rejects with `timeout` once no answer was noted for so long. */
  race<R>(work: Promise<R>): Promise<R> {
    this.noteAnswer()
    return new Promise<R>((resolve, reject) => {
      const timer = setInterval(() => {
        if (++this.looks === LOOKS) reject(timeoutError(this.silenceMS))
      }, this.silenceMS / LOOKS)
      timer.unref?.()
      void work.then(resolve, reject).finally(() => clearInterval(timer))
    })
  }
}

/** Returns the limits of a command that serves several calls: it may take as long as the longest of them. */
export function joinLimits(all: readonly CallOptions[]): CallOptions {
  const timeoutMS = Math.max(...all.map(({ timeoutMS = Infinity }) => timeoutMS))
  return timeoutMS < Infinity ? { timeoutMS } : {}
}

/** Creates the error for a command that took longer than its limit. */
export function timeoutError(timeoutMS: number, cause?: unknown): CowslipError<'timeout'> {
  return new CowslipError(
    'timeout',
    `Expected MongoDB to answer within ${timeoutMS} ms. Received no answer. Try again, or allow more time.`,
    { timeoutMS },
    cause,
  )
}
