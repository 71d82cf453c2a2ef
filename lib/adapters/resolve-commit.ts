// Finds out what became of a write whose answer was lost, for adapters that have no way of their own. `withFaults` uses
// it, and adapters of users may. The idea: the guard lets a write apply once at most, so the same commit is sent again
// until the storage answers; then the id of the last commit tells whose write is stored.
//
//   answer to the same commit            stored document           outcome
//   committed                            -                         committed
//   conflict, missing, duplicate         our commit id             committed (the first one was applied)
//   missing, for a delete                -                         committed (nothing is stored, which was the aim)
//   conflict                             one version ahead         conflict (another writer was faster)
//   conflict                             further ahead             unknown (ours may be below the others)
import type { Adapter, CallOptions, Commit, CommitResult, StoredDocument } from './contract.ts'

/** The pause before the commit is sent again, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 10
const MAX_PAUSE_MS = 500

/**
 * Sends a commit again until the storage answers, and judges the answer by what is stored. Returns `unknown` if the
 * storage does not answer within `timeoutMS` (30,000 by default), or if nobody can tell.
 */
export async function resolveCommit(
  adapter: Adapter,
  commit: Commit,
  { timeoutMS = 30_000 }: CallOptions = {},
): Promise<CommitResult> {
  const end = Date.now() + timeoutMS
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const left = Math.max(1, end - Date.now())
    const result = await judge(adapter, commit, { timeoutMS: left, primary: true })
    if (result.status !== 'unknown' || Date.now() + pause > end) return result
    await new Promise(resolve => setTimeout(resolve, pause))
  }
}

async function judge(
  adapter: Adapter,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult> {
  const result = await adapter.commit(commit, options)
  if (result.status === 'committed' || result.status === 'unknown') return result
  if (result.status === 'rejected' && result.code !== 'duplicate') return result
  const { collection, id, commitId } = commit
  let stored: StoredDocument | null | undefined
  try {
    ;[stored] = await adapter.load(collection, [id], options)
  } catch (error) {
    return { status: 'unknown', commitId, ...(error instanceof Error && { error }) }
  }
  if (stored?.commitId === commitId)
    return { status: 'committed', version: stored.version, commitId }
  if (commit.kind === 'insert' || commit.guard === 'none') return result
  const { version } = commit.guard
  if (result.status === 'missing' && commit.kind === 'delete') {
    return { status: 'committed', version: version + 1, commitId }
  }
  const isHidden = stored != null && stored.version > version + 1
  return isHidden ? { status: 'unknown', commitId } : result
}
