// The errors of LMDB as errors of this library.
import { CowslipError } from '../../document/messages/errors.ts'

/** Creates the error for what LMDB throws. */
export function lmdbError(cause: unknown): CowslipError {
  if (cause instanceof CowslipError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new CowslipError(
    'adapter',
    `Expected LMDB to reach its file. Received an error: ${reason}. Check the disk and the folder.`,
    { reason },
    cause,
  )
}

/**
 * Returns why a commit failed, such as a full disk. LMDB tells it in a second promise, which must be
 * handled.
 */
export async function findReason(cause: unknown): Promise<unknown> {
  const { commitError } = Object(cause) as { commitError?: Promise<unknown> }
  if (commitError === undefined) return cause
  const later = new Promise(resolve => setTimeout(resolve, 1_000, cause).unref())
  return Promise.race([commitError.catch((error: unknown) => error), later])
}
