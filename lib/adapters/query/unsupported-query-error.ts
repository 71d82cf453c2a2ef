// The error of the compilers in this folder.
import { CowslipError } from '../../document/messages/errors.ts'

/** Creates the error for a query that no embedded adapter runs as MongoDB would. */
export function unsupportedQueryError(
  operator: string,
  why: string,
): CowslipError<'unsupported-query'> {
  return new CowslipError(
    'unsupported-query',
    `Expected a query that means what it means to MongoDB. Received ${operator}: ${why}. Ask in another way.`,
    { operator },
  )
}
