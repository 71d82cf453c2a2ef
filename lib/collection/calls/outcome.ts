// Outcomes of adapter calls and the errors they become. SyncedDocument and transactions send commits
// through `sendCommit`, which asks the adapter at once about an unknown outcome.
import type { CallOptions, Commit, CommitResult } from '../../adapters/contract.ts'
import { ConflictError, CowslipError, type DocumentName } from '../../document/messages/errors.ts'
import type { CommitSender } from './group-sender.ts'

/** Describes a document for an error text. */
export const describeDocument = (name: DocumentName): string =>
  `the document ${String(name.id)} of "${name.collection}"`

/** Creates the error for a document that is not stored. */
export function missingError(name: DocumentName): CowslipError<'missing'> {
  const text =
    `Expected ${describeDocument(name)} to be stored. Received nothing: it was deleted, or never was. ` +
    'Insert it, or check the id.'
  return new CowslipError('missing', text, name)
}

/** Creates the error for a write that the adapter refused. */
export function rejectedError(
  name: DocumentName,
  { code, error, fields = [] }: Extract<CommitResult, { status: 'rejected' }>,
): CowslipError {
  // A write of a group that the adapter would have thrown for if it had been alone.
  if (error instanceof CowslipError) return error
  if (code === 'duplicate') {
    const what = fields.length === 0 ? 'a new id or unique value' : `a new ${fields.join(', ')}`
    const text = `Expected ${what} for ${describeDocument(name)}. Received one that is taken. Choose another.`
    return new CowslipError('duplicate', text, { ...name, fields }, error)
  }
  // The adapter's text may hold values of the document.
  const text =
    `Expected the adapter to take ${describeDocument(name)}. Received a refusal (${code}), whose reason is the ` +
    '`cause`. Nothing was written: change the document.'
  return new CowslipError('rejected', text, { ...name, reason: code }, error)
}

/** Creates the error for a write that may or may not have been applied. */
export function unknownOutcomeError(
  name: DocumentName,
  commitId: string,
  cause?: unknown,
): CowslipError {
  const text =
    `Expected an answer about ${describeDocument(name)}. Received none: the write may or may not have been ` +
    'applied. Reload it to see.'
  return new CowslipError('unknown', text, { ...name, commitId }, cause)
}

/** Creates the error for a document that cannot be shown, because of what a function of the caller's threw. */
export function unreadableError(
  name: DocumentName,
  what: string,
  cause: unknown,
): CowslipError<'unreadable'> {
  const text =
    `Expected ${what} of ${describeDocument(name)}. Received an error of its function, which is the \`cause\`. Mend ` +
    'the function.'
  return new CowslipError('unreadable', text, { ...name, reason: what }, cause)
}

/** Creates the error for a document that a newer program has written. */
export function newerShapeError(
  name: DocumentName,
  shape: number,
  known: number,
): CowslipError<'unreadable'> {
  const text =
    `Expected ${describeDocument(name)} in one of ${known + 1} shapes that \`versions\` know. Received a newer one, number ` +
    `${shape}. Give the collection the missing versions.`
  return new CowslipError('unreadable', text, { ...name, reason: NEWER_SHAPE })
}

const NEWER_SHAPE = 'a newer shape'

/** Whether an error is that of a document which a newer program has written. */
export const isNewerShape = (error: unknown): boolean =>
  error instanceof CowslipError &&
  error.code === 'unreadable' &&
  (error.details as { readonly reason?: unknown }).reason === NEWER_SHAPE

/** Creates the error for an edit of a document on which too many edits wait. */
export function busyError(name: DocumentName, maxPending: number): CowslipError<'busy'> {
  const text =
    `Expected at most ${maxPending} edits of ${describeDocument(name)} to wait. Received one more. Wait for ` +
    '`settled()`, or raise `maxPending`.'
  return new CowslipError('busy', text, { ...name, maxPending })
}

/** Creates the error for an edit of another version than the stored one. */
export function versionError(name: DocumentName, expected: number, version: number): ConflictError {
  return new ConflictError(
    `Expected ${describeDocument(name)} at version ${expected}. Received version ${version}. ` +
      'Nothing was written: reload it, and edit again.',
    [],
  )
}

/** Tells of an error that it came of an earlier edit's failure. */
export function tellCause(error: unknown, cause: unknown): void {
  if (!(error instanceof Error) || error.cause !== undefined || !Object.isExtensible(error)) return
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
}

/** Turns anything that an adapter throws into a `CowslipError`. */
export function storageError(cause: unknown): CowslipError {
  if (cause instanceof CowslipError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const text = `Expected the adapter to reach its storage. Received an error: ${reason}. Check the storage.`
  return new CowslipError('adapter', text, { reason }, cause)
}

/** Sends a commit. If its outcome is unknown, asks the adapter once what became of it. */
export async function sendCommit(
  sender: CommitSender,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult> {
  try {
    const result = await sender.send(commit, options)
    if (result.status !== 'unknown') return result
    return (await sender.resolve(commit, options)) ?? result
  } catch (error) {
    // Of several edits that are one update only the one at fault must fail, so it is looked for.
    if (error instanceof CowslipError && isRefusal(error)) {
      return { status: 'rejected', code: error.code, error }
    }
    throw storageError(error)
  }
}

/** Whether an adapter threw because it cannot store what was written. */
const isRefusal = ({ code }: CowslipError): boolean =>
  ['unsupported-value', 'immutable-field', 'cycle', 'hole'].includes(code)

/** Asks the adapter what became of a commit. Undefined: the adapter has no way to tell. */
export async function resolveUnknown(
  sender: CommitSender,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult | undefined> {
  try {
    return await sender.resolve(commit, options)
  } catch (error) {
    throw storageError(error)
  }
}

/** Creates the error for a write that was refused or whose outcome is unknown. */
export function errorOfResult(
  name: DocumentName,
  result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>,
): CowslipError {
  return result.status === 'rejected'
    ? rejectedError(name, result)
    : unknownOutcomeError(name, result.commitId, result.error)
}
