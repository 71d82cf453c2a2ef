// Functions of the caller's that must answer at once: a promise is refused, and its later rejection is heard here.
import { badArgumentError } from '../../document/messages/errors.ts'

/** Returns an answer. Throws `bad-argument` for a promise. */
export function refuseThenable<R>(name: string, answer: R): R {
  if (typeof (answer as { then?: unknown } | null | undefined)?.then !== 'function') return answer
  Promise.resolve(answer).catch(() => {})
  throw badArgumentError(name, 'a function that answers at once', answer)
}
