// The rules of writes in one place, for adapters that see the stored document while they write: memory,
// LMDB, and those of users. (MongoDB decides by its filter.) The functions change nothing.
import { defaultLeaves } from '../document/leaves/leaves.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Commit, CommitResult, StoredDocument, TransactionRead } from './contract.ts'
import { fitsFields } from './field-guards.ts'
import { versionOfCommit } from './ring.ts'

/**
 * Decides the outcome of a write from the stored document. `committed` means that the adapter must apply it
 * now. Under a guard with `fields` the document itself is looked at, else only its version and commit id.
 */
export function decide(
  stored: StoredDocument | null,
  commit: Commit,
  leaves: Leaves = defaultLeaves,
): CommitResult {
  const { commitId } = commit
  if (commit.kind === 'insert') {
    if (stored === null) return { status: 'committed', version: 1, commitId }
    const error = new Error('The id exists already')
    return { status: 'rejected', code: 'duplicate', error, fields: ['_id'] }
  }
  if (stored === null) return { status: 'missing' }
  if (!fits(stored, commit, leaves)) return { status: 'conflict', current: stored.version }
  return { status: 'committed', version: stored.version + 1, commitId }
}

function fits(
  stored: StoredDocument,
  { kind, guard, commitId }: Exclude<Commit, { kind: 'insert' }>,
  leaves: Leaves,
): boolean {
  if (guard === 'none') return true
  if (kind === 'update' && guard.fields !== undefined) {
    return (
      (guard.shape ?? 0) === (stored.shape ?? 0) &&
      versionOfCommit(stored, commitId) === null &&
      fitsFields(stored.doc, guard.fields, leaves)
    )
  }
  return guard.version === stored.version && guard.commitId === stored.commitId
}

/** Decides the outcomes of a transaction: `conflict` for all if a read is no longer as it was. */
export function decideTransaction(
  stored: (collection: string, id: unknown) => StoredDocument | null,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
  leavesOf: (collection: string) => Leaves = () => defaultLeaves,
): CommitResult[] {
  const stale = reads.some(({ collection, id, version, commitId }) => {
    const now = stored(collection, id)
    return now?.version !== version || now.commitId !== commitId
  })
  if (!stale) {
    return commits.map(commit => {
      const { collection, id } = commit
      return decide(stored(collection, id), commit, leavesOf(collection))
    })
  }
  return commits.length === 0
    ? [{ status: 'conflict' }]
    : commits.map(() => ({ status: 'conflict' }))
}
