// Finds out what became of a write whose answer was lost, for adapters that have no way of their own. `withFaults` uses
// it, and adapters of users may. The idea: the guard lets a write apply once at most, so the same commit is sent again
// until the storage answers; then the ids of the last commits tell whose writes are stored.
//
//   answer to the same commit            stored document           outcome
//   committed                            -                         committed
//   conflict, missing, duplicate         our commit id             committed (the first one was applied)
//   missing, for a delete                -                         committed (nothing is stored, which was the aim)
//   conflict                             others' ids from ours on  conflict (another writer was faster)
//   conflict                             others', but not so far   unknown (ours may be below the others)
import type { Adapter, CallOptions, Commit, CommitResult, StoredDocument } from './contract.ts'
import { showsNotApplied, versionOfCommit } from './ring.ts'

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
    const options = { timeoutMS: Math.max(1, end - Date.now()), primary: true }
    const result = await sendAgain(adapter, commit, options)
    const stored = result.status === 'unknown' ? null : await load(adapter, commit, options)
    if (stored !== null) return judge(result, stored.document, commit)
    if (Date.now() + pause > end) return { status: 'unknown', commitId: commit.commitId }
    await new Promise(resolve => setTimeout(resolve, pause))
  }
}

/**
 * Sends a commit again. One that no version guards could be applied twice, once its id has left the ring; so what is
 * stored is looked at first.
 */
async function sendAgain(
  adapter: Adapter,
  commit: Commit,
  options: CallOptions,
): Promise<CommitResult> {
  if (commit.kind === 'update' && commit.guard.fields !== undefined) {
    const stored = await load(adapter, commit, options)
    if (stored === null) return { status: 'unknown', commitId: commit.commitId }
    const { document } = stored
    const { version, commitId } = commit.guard
    const isAsExpected = document?.version === version && document.commitId === commitId
    const isOver = document !== null && !isAsExpected
    const isKnown = versionOfCommit(document, commit.commitId) !== null
    if (isOver && (isKnown || !showsNotApplied(document, commit))) return { status: 'conflict' }
  }
  return adapter.commit(commit, options)
}

/** Loads the document of a commit. Null: the storage did not answer. */
async function load(
  adapter: Adapter,
  { collection, id }: Commit,
  options: CallOptions,
): Promise<{ readonly document: StoredDocument | null } | null> {
  try {
    const [document = null] = await adapter.load(collection, [id], options)
    return { document }
  } catch {
    return null
  }
}

/** Judges the answer to a commit that was sent again, by what is stored. */
function judge(result: CommitResult, stored: StoredDocument | null, commit: Commit): CommitResult {
  const { commitId } = commit
  if (result.status === 'committed') return result
  const version = versionOfCommit(stored, commitId)
  if (version !== null) return { status: 'committed', version, commitId }
  if (commit.kind === 'insert' || commit.guard === 'none') return result
  if (result.status === 'missing' && commit.kind === 'delete') {
    return { status: 'committed', version: commit.guard.version + 1, commitId }
  }
  if (result.status !== 'conflict' || stored === null) return result
  return showsNotApplied(stored, commit) ? result : { status: 'unknown', commitId }
}
