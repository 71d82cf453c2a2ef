import type { Adapter, CallOptions, Commit, CommitResult } from '../../adapters/contract.ts'
import { CowslipError, type DocumentName } from '../../document/messages/errors.ts'

/** A document in words. */
export const describeDocument = (name: DocumentName): string =>
  `the document ${String(name.id)} of "${name.collection}"`

/** The error for a document that is not there. */
export function missingError(name: DocumentName): CowslipError<'missing'> {
  const text =
    `Expected ${describeDocument(name)} to be stored. Received nothing: it was deleted, or never was. ` +
    'Insert it, or check the id.'
  return new CowslipError('missing', text, name)
}

/** The error for a write that the adapter refused. */
export function rejectedError(
  name: DocumentName,
  { code, error, fields = [] }: Extract<CommitResult, { status: 'rejected' }>,
): CowslipError {
  if (code === 'duplicate') {
    const what = fields.length === 0 ? 'a new id or unique value' : `a new ${fields.join(', ')}`
    const text = `Expected ${what} for ${describeDocument(name)}. Received one that is taken. Choose another.`
    return new CowslipError('duplicate', text, { ...name, fields }, error)
  }
  // Its own words may hold values of the document.
  const text =
    `Expected the adapter to take ${describeDocument(name)}. Received a refusal (${code}), whose reason is the ` +
    '`cause`. Nothing was written: change the document.'
  return new CowslipError('rejected', text, { ...name, reason: code }, error)
}

/** The error for a write of which nobody knows whether it was applied. */
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

/** What an adapter throws, as one of ours. */
export function storageError(cause: unknown): CowslipError {
  if (cause instanceof CowslipError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const text = `Expected the adapter to reach its storage. Received an error: ${reason}. Check the storage.`
  return new CowslipError('adapter', text, { reason }, cause)
}

/** Sends a commit; an outcome that is unknown is settled where the adapter can. */
export async function sendCommit(
  adapter: Adapter,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult> {
  try {
    const result = await adapter.commit(commit, options)
    if (result.status !== 'unknown' || adapter.resolve === undefined) return result
    return await adapter.resolve(commit, options)
  } catch (error) {
    throw storageError(error)
  }
}

/** What became of a commit of unknown outcome; undefined where the adapter has no way to tell. */
export async function resolveUnknown(
  adapter: Adapter,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult | undefined> {
  try {
    return await adapter.resolve?.(commit, options)
  } catch (error) {
    throw storageError(error)
  }
}

/** The error for a write that did not come to an end. */
export function errorOfResult(
  name: DocumentName,
  result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>,
): CowslipError {
  return result.status === 'rejected'
    ? rejectedError(name, result)
    : unknownOutcomeError(name, result.commitId, result.error)
}
