import { CowslipError } from '../../document/messages/errors.ts'
import type { CallOptions } from '../contract.ts'
import { MAX_TIMEOUT_MS, raceTimeout } from '../race-timeout.ts'

/** Gives the driver's option `maxTimeMS`, which makes the server end a command in time. */
export function maxTimeOf({ timeoutMS = Infinity }: CallOptions): { readonly maxTimeMS?: number } {
  return timeoutMS > MAX_TIMEOUT_MS ? {} : { maxTimeMS: Math.max(1, timeoutMS) }
}

/** Settles as `work` does, or rejects with `timeout` after `timeoutMS`; the command itself is not cancelled. */
export function limitTime<R>(work: Promise<R>, { timeoutMS = Infinity }: CallOptions): Promise<R> {
  return raceTimeout(work, timeoutMS, () => timeoutError(timeoutMS))
}

/** The error for a command that took longer than it was given. */
export function timeoutError(timeoutMS: number, cause?: unknown): CowslipError<'timeout'> {
  return new CowslipError(
    'timeout',
    `Expected MongoDB to answer within ${timeoutMS} ms. Received no answer. Try again, or allow more time.`,
    { timeoutMS },
    cause,
  )
}
