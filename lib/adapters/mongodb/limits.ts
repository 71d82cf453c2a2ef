import { CowslipError } from '../../document/errors.ts'
import type { CallOptions } from '../contract.ts'
import { LONGEST_TIME, within } from '../within.ts'

/** The driver's options that end a command on the server. */
export function limitOf({ timeoutMS = Infinity }: CallOptions): { readonly maxTimeMS?: number } {
  return timeoutMS > LONGEST_TIME ? {} : { maxTimeMS: Math.max(1, timeoutMS) }
}

/** What `work` gives. Rejects with `timeout` where that takes longer; the work goes on, unheard. */
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
