// The driver's errors, as results of the contract.
import { CowslipError } from '../../document/messages/errors.ts'
import type { CallOptions, CommitResult } from '../contract.ts'
import { timeoutError } from './time-limits.ts'

/** An error of the driver, as far as it is looked at. */
interface DriverError {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly result?: unknown
  /** Of a duplicate: the keys of its index. */
  readonly keyPattern?: unknown
  hasErrorLabel?(label: string): boolean
}

/** The server looked at the write and did not apply it. Other codes may come after it was applied. */
const REFUSAL_CODES: Readonly<Record<number, string>> = {
  2: 'bad-value',
  9: 'failed-to-parse',
  14: 'type-mismatch',
  15: 'overflow',
  28: 'path-not-viable',
  34: 'index-too-large',
  40: 'conflicting-update',
  52: 'dollar-prefixed',
  53: 'invalid-id',
  56: 'empty-name',
  66: 'immutable-field',
  121: 'validator',
  10334: 'too-large',
  17280: 'key-too-long',
  13: 'unauthorized',
  17419: 'too-large',
}

/** `maxTimeMS` was over. */
const MAX_TIME_EXPIRED = 50

/** What an error says of a write: surely refused, or of unknown outcome. */
export function outcomeOf(error: unknown, commitId: string): CommitResult {
  const cause = error instanceof Error ? error : new Error(String(error))
  const { code, name } = error as DriverError
  if (code === 11000) {
    const fields = Object.keys(Object((error as DriverError).keyPattern))
    return { status: 'rejected', code: 'duplicate', error: cause, fields }
  }
  const refusal = typeof code === 'number' ? REFUSAL_CODES[code] : undefined
  // With a write concern error the write itself was applied.
  if (refusal !== undefined && name !== 'MongoWriteConcernError') {
    return { status: 'rejected', code: refusal, error: cause }
  }
  // Before anything was sent: what cannot be written as BSON.
  if (
    name === 'BSONError' ||
    name === 'BSONVersionError' ||
    error instanceof TypeError ||
    error instanceof RangeError
  ) {
    return { status: 'rejected', code: 'encoding', error: cause }
  }
  if (name === 'MongoInvalidArgumentError' || name === 'MongoAPIError') {
    return { status: 'rejected', code: 'encoding', error: cause }
  }
  return { status: 'unknown', commitId, error: cause }
}

/** A filter or an order that is none, or that the documents do not allow (16746: a name that is an index too). */
const BAD_QUERY_CODES: readonly unknown[] = [2, 9, 14, 16746, 17287, 51075, 51091, 51108]

/** Whether a filter or an order is none that the server runs. */
export function isBadQuery(error: unknown): boolean {
  const { code, name } = error as DriverError
  return name === 'MongoServerError' && BAD_QUERY_CODES.includes(code)
}

/** A query that the server does not run. Its words stay in the cause: they may hold values. */
export function unsupportedQueryError(cause: unknown): CowslipError {
  const operator = /\$\w+/.exec(String((cause as DriverError).message))?.[0] ?? 'a filter'
  return new CowslipError(
    'unsupported-query',
    `Expected a query that the server runs. Received one with ${operator}. Change it: the server's reason is the \`cause\`.`,
    { operator },
    cause,
  )
}

/** Any other error of a read: by its name, for its words may hold addresses. */
export function mongoError(cause: unknown, { timeoutMS = 0 }: CallOptions): CowslipError {
  if (cause instanceof CowslipError) return cause
  const { name, code } = cause as DriverError
  if (code === MAX_TIME_EXPIRED) return timeoutError(timeoutMS, cause)
  const reason = [name, code].filter(part => part !== undefined).join(' ')
  return new CowslipError(
    'adapter',
    `Expected MongoDB to answer. Received ${reason}. See the driver's error, which is the \`cause\`.`,
    { reason },
    cause,
  )
}
