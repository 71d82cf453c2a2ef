// Translates the driver's errors: into results of the contract for writes, into errors of Cowslip's for
// reads. The question for a write is always the same: was it surely not applied?
import { CowslipError } from '../../document/messages/errors.ts'
import type { CallOptions, CommitResult } from '../contract.ts'
import { timeoutError } from './time-limits.ts'

/** The part of a driver's error that is read. */
interface DriverError {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly result?: unknown
  /** For a duplicate: the keys of the index. */
  readonly keyPattern?: unknown
  hasErrorLabel?(label: string): boolean
}

/**
 * Codes with which the server says that it looked at a write and did not apply it. Other codes may come
 * after a write was applied.
 */
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
  171: 'parallel-arrays',
  17419: 'too-large',
}

/** The code for an operation that exceeded `maxTimeMS`. */
const MAX_TIME_EXPIRED = 50

/** Returns the statements of a bulk write that failed; none for another error. */
export function writeErrorsOf(
  error: unknown,
): readonly { readonly index: number; readonly code: number }[] {
  type Failed = ReturnType<typeof writeErrorsOf>
  const { writeErrors = [] } = error as { readonly writeErrors?: Failed | Failed[0] }
  return [writeErrors].flat()
}

/** Returns the outcome of a write that failed with this error: refused for sure, or unknown. */
export function outcomeOf(error: unknown, commitId: string): CommitResult {
  const cause = error instanceof Error ? error : new Error(String(error))
  const { code, name } = error as DriverError
  if (code === 11000) {
    const { keyPattern, message } = error as DriverError
    // Of a bulk write only the text tells, which begins with the first field.
    const named = /dup key: \{ ([^:{}]+):/.exec(String(message))?.slice(1) ?? []
    const fields = keyPattern === undefined ? named : Object.keys(Object(keyPattern))
    return { status: 'rejected', code: 'duplicate', error: cause, fields }
  }
  const refusal = typeof code === 'number' ? REFUSAL_CODES[code] : undefined
  // With a write concern error the write itself was applied.
  if (refusal !== undefined && name !== 'MongoWriteConcernError') {
    return { status: 'rejected', code: refusal, error: cause }
  }
  // The document could not be written as BSON, so nothing was sent.
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

/**
 * Codes for a filter or sort that is invalid, or that the documents do not allow (16746: a name that is an
 * index too).
 */
const BAD_QUERY_CODES: readonly unknown[] = [2, 9, 14, 16746, 17287, 51075, 51091, 51108]

/** Whether an error says that the server does not run a filter or sort. */
export function isBadQuery(error: unknown): boolean {
  const { code, name } = error as DriverError
  return name === 'MongoServerError' && BAD_QUERY_CODES.includes(code)
}

/**
 * Creates the error for a query that the server does not run. The server's text stays in the cause, because
 * it may hold values.
 */
export function unsupportedQueryError(cause: unknown): CowslipError {
  const operator = /\$\w+/.exec(String((cause as DriverError).message))?.[0] ?? 'a filter'
  return new CowslipError(
    'unsupported-query',
    `Expected a query that the server runs. Received one with ${operator}. Change it: the server's reason is the \`cause\`.`,
    { operator },
    cause,
  )
}

/**
 * Creates the error for any other failed read. It names the driver's error, whose text may hold addresses.
 */
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
