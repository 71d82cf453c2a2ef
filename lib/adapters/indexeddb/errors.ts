// The errors of IndexedDB as errors of this library.
import { CowslipError } from '../../document/messages/errors.ts'

/** Remedies for errors that a user can do something about, by the browser's name of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  QuotaExceededError:
    'The storage of this origin is full: delete something, or ask for more with `navigator.storage.persist()`.',
  SecurityError: 'This page may not keep anything: allow it in the settings of the browser.',
  InvalidStateError: 'The browser may be in a private mode that keeps nothing.',
  VersionError: 'A later version of this page has upgraded it: load the page again.',
}

/** Creates the error for what IndexedDB throws. */
export function indexedDBError(cause: DOMException): CowslipError<'adapter'> {
  const { name, message } = cause
  const reason = message === '' ? name : message.replace(/\.$/, '')
  const remedy = REMEDIES[name] ?? 'Try again, or load the page again.'
  return new CowslipError(
    'adapter',
    `Expected IndexedDB to keep documents. Received an error: ${reason}. ${remedy}`,
    { reason: name },
    cause,
  )
}

/** A request that failed; the browser ends its transaction. */
export class RequestFailure {
  readonly cause: DOMException

  constructor(cause: DOMException | null) {
    this.cause = cause ?? new DOMException('The request failed', 'UnknownError')
  }
}

/** Returns what to throw for an error within a transaction: errors of the program stay as they are. */
export function errorWithin(error: unknown): unknown {
  if (error instanceof RequestFailure) return indexedDBError(error.cause)
  return error instanceof DOMException ? indexedDBError(error) : error
}

/** Creates the error for a database that cannot be used as it is. */
export const databaseError = (expected: string, received: string, remedy: string): CowslipError =>
  new CowslipError('adapter', `Expected ${expected}. Received ${received}. ${remedy}`, {
    reason: received,
  })

/** The errors with which a browser refuses to commit. After any other one nobody knows whether it has committed. */
const REFUSALS: ReadonlySet<string> = new Set(['QuotaExceededError', 'ConstraintError'])

/** The error for a commit that was begun, where no answer came that tells its outcome. */
export class LostAnswer extends CowslipError<'adapter'> {
  constructor({ message, details, cause }: CowslipError<'adapter'>) {
    super('adapter', message, details, cause)
  }
}

/** Creates the error for a commit that failed. */
export const failedCommit = (cause: DOMException): CowslipError =>
  REFUSALS.has(cause.name) ? indexedDBError(cause) : new LostAnswer(indexedDBError(cause))
