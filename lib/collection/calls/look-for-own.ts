// Looks whether a refused commit is stored all the same: where it was delivered twice, the answer may be that to the second
// delivery.
import type { Commit, CommitResult, StoredDocument } from '../../adapters/contract.ts'
import { versionOfCommit } from '../../adapters/ring.ts'

/** Returns the outcome of a commit, which `read` may show to be another one; with what was read for a conflict. */
export async function lookForOwn(
  commit: Commit,
  result: CommitResult,
  read: () => Promise<StoredDocument | null>,
): Promise<CommitResult> {
  const { kind, commitId } = commit
  const isClash = result.status === 'conflict' && kind === 'update'
  const isTaken = kind === 'insert' && result.status === 'rejected' && result.code === 'duplicate'
  if (!isClash && !isTaken) return result
  const known = isClash ? result.stored : undefined
  const stored = known ?? (await read().catch(() => null))
  if (stored === null) return result
  const version = versionOfCommit(stored, commitId)
  if (version !== null) return { status: 'committed', version, commitId }
  return isClash ? { ...result, stored } : result
}
