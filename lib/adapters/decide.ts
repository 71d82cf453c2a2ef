import type { Commit, CommitResult, StoredDocument } from './contract.ts'

/**
 * How a write ends for a store that sees the document while it writes: `committed` means that it is
 * to be applied now.
 */
export function decide(stored: StoredDocument | null, commit: Commit): CommitResult {
  const { commitId } = commit
  if (commit.kind === 'insert') {
    if (stored === null) return { status: 'committed', version: 1, commitId }
    return { status: 'rejected', code: 'duplicate', error: new Error('The id exists already') }
  }
  if (stored === null) return { status: 'missing' }
  const { guard } = commit
  if (guard !== 'none') {
    const fits = guard.version === stored.version && guard.commitId === stored.commitId
    if (!fits) return { status: 'conflict', current: stored.version }
  }
  return { status: 'committed', version: stored.version + 1, commitId }
}
