// The rules of writes in one place, for adapters that see the stored document while they write: memory,
// LMDB, and those of users. (MongoDB decides by its filter.) The functions change nothing.
import type { Commit, CommitResult, StoredDocument, TransactionRead } from './contract.ts'

/**
 * Decides the outcome of a write from the stored document. `committed` means that the adapter must apply it
 * now.
 */
export function decide(stored: StoredDocument | null, commit: Commit): CommitResult {
  const { commitId } = commit
  if (commit.kind === 'insert') {
    if (stored === null) return { status: 'committed', version: 1, commitId }
    const error = new Error('The id exists already')
    return { status: 'rejected', code: 'duplicate', error, fields: ['_id'] }
  }
  if (stored === null) return { status: 'missing' }
  const { guard } = commit
  if (guard !== 'none') {
    const fits = guard.version === stored.version && guard.commitId === stored.commitId
    if (!fits) return { status: 'conflict', current: stored.version }
  }
  return { status: 'committed', version: stored.version + 1, commitId }
}

/** Decides the outcomes of a transaction: `conflict` for all if a read is no longer as it was. */
export function decideTransaction(
  stored: (collection: string, id: unknown) => StoredDocument | null,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): CommitResult[] {
  const stale = reads.some(({ collection, id, version, commitId }) => {
    const now = stored(collection, id)
    return now?.version !== version || now.commitId !== commitId
  })
  if (!stale) return commits.map(commit => decide(stored(commit.collection, commit.id), commit))
  return commits.length === 0
    ? [{ status: 'conflict' }]
    : commits.map(() => ({ status: 'conflict' }))
}
