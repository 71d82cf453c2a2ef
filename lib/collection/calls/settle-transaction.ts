// Finds out what became of a transaction whose answer was lost, by the commit ids of its documents. All of it is stored
// or nothing, so one document is enough to know.
//
//   a document has our commit id                       all was applied
//   a document shows that ours was not applied         nothing was: others were faster, the callback runs again
//   neither                                            the same commits are sent again: their guards let them apply once
import type {
  Adapter,
  Commit,
  CommitResult,
  StoredDocument,
  TransactionRead,
} from '../../adapters/contract.ts'
import { showsNotApplied, versionOfCommit } from '../../adapters/ring.ts'
import type { Deadline } from './deadline.ts'

const FIRST_PAUSE_MS = 10
const MAX_PAUSE_MS = 500

/** Returns the results of a transaction of unknown outcome; `unknown` if nobody can tell before the time is over. */
export async function settleTransaction(
  adapter: Adapter,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
  unknown: CommitResult[],
  deadline: Pick<Deadline, 'leftMS'>,
): Promise<CommitResult[]> {
  for (
    let pause = FIRST_PAUSE_MS;
    deadline.leftMS > pause;
    pause = Math.min(2 * pause, MAX_PAUSE_MS)
  ) {
    const options = { timeoutMS: deadline.leftMS, primary: true }
    const judged = await readOutcome(adapter, commits, options)
    if (judged != null) return judged
    const again = await adapter.transaction?.(commits, reads, options).catch(() => undefined)
    if (again?.every(({ status }) => status === 'committed')) return again
    if (again !== undefined && !again.some(({ status }) => status === 'unknown')) {
      // Refused: it was applied before, or never will be.
      const now = await readOutcome(adapter, commits, options)
      if (now != null) return now
      // What is deleted has no commit id, but it was the aim.
      const isGone = again.every(
        ({ status }, i) => commits[i]?.kind === 'delete' && status === 'missing',
      )
      if (isGone) return commits.map(toCommitted)
      // The storage has answered, and nobody can tell.
      if (now === null) return unknown
    }
    await new Promise(resolve => setTimeout(resolve, pause))
  }
  return unknown
}

/**
 * Returns the results of a transaction that was refused but is stored all the same: it was delivered twice, and this is the
 * answer to the second delivery. Null: it is not, as far as anybody can tell.
 */
export async function lookForOwnTransaction(
  adapter: Adapter,
  commits: readonly Commit[],
  leftMS: number,
): Promise<CommitResult[] | null> {
  const stored = await loadAll(adapter, commits, { timeoutMS: leftMS, primary: true })
  return stored !== null && isAppliedIn(stored, commits) ? commits.map(toCommitted) : null
}

async function loadAll(
  adapter: Adapter,
  commits: readonly Commit[],
  options: { readonly timeoutMS: number; readonly primary: boolean },
): Promise<(StoredDocument | null)[] | null> {
  try {
    return await Promise.all(
      commits.map(async ({ collection, id }) => {
        const [found] = await adapter.load(collection, [id], options)
        return found ?? null
      }),
    )
  } catch {
    return null
  }
}

const isAppliedIn = (
  stored: readonly (StoredDocument | null)[],
  commits: readonly Commit[],
): boolean =>
  commits.some(({ commitId }, i) => versionOfCommit(stored[i] ?? null, commitId) !== null)

/** Judges by what is stored. Null: nobody can tell. Undefined: the storage did not answer. */
async function readOutcome(
  adapter: Adapter,
  commits: readonly Commit[],
  options: { readonly timeoutMS: number; readonly primary: boolean },
): Promise<CommitResult[] | null | undefined> {
  const stored = await loadAll(adapter, commits, options)
  if (stored === null) return undefined
  const isApplied = isAppliedIn(stored, commits)
  if (isApplied) return commits.map(toCommitted)
  const isLost = commits.some((commit, i) => {
    const document = stored[i] ?? null
    if (commit.kind === 'insert') return document !== null
    return document !== null && showsNotApplied(document, commit)
  })
  return isLost ? commits.map(() => ({ status: 'conflict' })) : null
}

function toCommitted({ kind, commitId, ...rest }: Commit): CommitResult {
  const guard = 'guard' in rest && rest.guard !== 'none' ? rest.guard : null
  const version = kind === 'insert' ? 1 : (guard?.version ?? 0) + 1
  return { status: 'committed', version, commitId }
}
