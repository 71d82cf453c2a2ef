import { CowslipError } from '../../document/messages/errors.ts'
import type { CallOptions } from '../contract.ts'
import { LONGEST_TIME, within } from '../within.ts'

/** Gives the driver's option `maxTimeMS`, which makes the server end a command in time. */
export function limitOf({ timeoutMS = Infinity }: CallOptions): { readonly maxTimeMS?: number } {
  return timeoutMS > LONGEST_TIME ? {} : { maxTimeMS: Math.max(1, timeoutMS) }
}

/** Settles as `work` does, or rejects with `timeout` after `timeoutMS`; the command itself is not cancelled. */
export function limited<R>(work: Promise<R>, { timeoutMS = Infinity }: CallOptions): Promise<R> {
  return within(work, timeoutMS, () => timedOut(timeoutMS))
}

/** The error for a command that took longer than it was given. */
export function timedOut(timeoutMS: number, cause?: unknown): CowslipError<'timeout'> {
  return new CowslipError(
    'timeout',
    `Expected MongoDB to answer within ${timeoutMS} ms. It takes longer.`,
    { timeoutMS },
    cause,
  )
}
