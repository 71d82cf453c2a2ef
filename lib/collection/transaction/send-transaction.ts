// Sends a collected transaction to the adapter, and moves the documents by its results. It waits for a turn
// of every document first, so that no other write of them is under way.
import type { Adapter, Commit, CommitResult, TransactionRead } from '../../adapters/contract.ts'
import type { DocumentWork } from './collecting-transaction.ts'
import type { TransactedInfo } from '../document/transacted-document.ts'
import { commitsOf, createWrites, type Write, type Written } from './create-writes.ts'
import type { ChangeSet } from '../../changes/change-set.ts'
import type { Deadline } from '../calls/deadline.ts'
import { storageError } from '../calls/outcome.ts'
import { lookForOwnTransaction, settleTransaction } from '../calls/settle-transaction.ts'

/**
 * Sends the work of a transaction, in a turn of each of its documents. Returns what was written; `stale` if a document has
 * moved on in this process, and `clash` if it has moved on elsewhere (the documents are then loaded). Throws
 * the error of any other outcome.
 */
export async function sendTransaction(
  all: readonly DocumentWork[],
  deadline: Deadline,
  info: TransactedInfo,
): Promise<readonly Written[] | 'stale' | 'clash'> {
  const releases: (() => void)[] = []
  try {
    for (const { document } of all) releases.push(await document.acquireTurn())
    deadline.throwIfOver()
    for (const { document } of all) await document.settleUnknown(deadline)
    for (const { document, kind } of all) {
      if (kind === 'insert' && document.status === 'deleted' && document.own.isSoftDelete)
        await document.lookAtMarked()
    }
    // An edit that was shown before it was stored has left the state as it was.
    const isStale = all.some(
      ({ document, base, guard }) => document.state !== base || document.version !== guard.version,
    )
    if (isStale) return 'stale'
    return await sendInTurn(all, deadline, info)
  } finally {
    for (const release of releases) release()
  }
}

async function sendInTurn(
  all: readonly DocumentWork[],
  deadline: Deadline,
  info: TransactedInfo,
): Promise<readonly Written[] | 'clash'> {
  const [first] = all as readonly [DocumentWork]
  const { adapter, name } = first.document
  const { writes, reads } = createWrites(all, info.info)
  deadline.noteSent(name, writes[0]?.commit.commitId ?? '')
  for (const { work, commit } of writes) work.document.noteOwn(commit.commitId)
  const results = await callAdapter(adapter, writes, reads, deadline)
  for (const { document } of all) document.noteNews()
  for (const [i, result] of results.entries()) {
    const { document } = writes[i]?.work ?? first
    if (result.status === 'rejected' || result.status === 'unknown')
      throw document.errorOfResult(result)
  }
  if (results.some(({ status }) => status !== 'committed')) {
    deadline.noteClash()
    for (const { document, kind } of all) {
      if (kind === 'stored') await document.loadStored()
    }
    return 'clash'
  }
  for (const { work, commit } of writes) work.document.trail?.noteStored(commit)
  // It is told in the order of the callback.
  return writes
    .map((write, i) => ({ write, result: results[i] as Committed }))
    .sort((a, b) => a.write.work.order - b.write.work.order)
    .map(({ write, result }) => moveDocument(write, result, info))
}

async function callAdapter(
  adapter: Adapter,
  writes: readonly Write[],
  reads: readonly TransactionRead[],
  deadline: Deadline,
): Promise<CommitResult[]> {
  try {
    const options = { timeoutMS: deadline.leftMS }
    const commits = await commitsOf(writes, options)
    const sent = (await adapter.transaction?.(commits, reads, options)) ?? []
    const results = await settle(adapter, commits, reads, sent, deadline)
    // Without writes it tells of the reads.
    return writes.length === 0 ? results : results.slice(0, writes.length)
  } catch (error) {
    throw storageError(error)
  }
}

/** Returns the results of a transaction whose answer was lost, or that was delivered twice; others as they are. */
async function settle(
  adapter: Adapter,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
  sent: CommitResult[],
  deadline: Deadline,
): Promise<CommitResult[]> {
  if (commits.length === 0 || sent.every(({ status }) => status === 'committed')) return sent
  if (sent.some(({ status }) => status === 'unknown')) {
    return settleTransaction(adapter, commits, reads, sent, deadline)
  }
  return (await lookForOwnTransaction(adapter, commits, deadline.leftMS)) ?? sent
}

type Committed = Extract<CommitResult, { status: 'committed' }>

/** Moves the document of a write to what is stored. */
export function moveDocument(write: Write, result: Committed, info: TransactedInfo): Written {
  const { work, op, next } = write
  const { document, deleted } = work
  let change: ChangeSet | null = null
  if (!deleted) change = document.moveToCommitted(op, next, result, info)
  else if (document.own.isSoftDelete) document.noteMarked(result)
  else document.markDeleted(true)
  return { write, change, state: next }
}
