// `transaction(callback)`: runs the callback, sends what it collected, and runs it again after a clash,
// until it commits or its time is over.
import { CollectingTransaction, type AnyDocument } from './collecting-transaction.ts'
import { Deadline } from '../calls/deadline.ts'
import { Locks } from './locks.ts'
import { checkFunction } from '../../document/messages/check-options.ts'
import { ConflictError, badArgumentError } from '../../document/messages/errors.ts'
import { checkLimits } from '../options.ts'
import { runInSession } from './run-in-session.ts'
import { sendTransaction } from './send-transaction.ts'
import type { Transaction, TransactionOptions } from './transaction-types.ts'
import { worksOf } from './works-of.ts'

/**
 * Edits several documents, of one or more collections behind one adapter, all or nothing. The callback
 * collects the work. It runs again after a clash, so it should do nothing else; documents that it only read
 * are checked too. The promise resolves to the callback's result. Events come once, after the commit.
 * Rejects with what the callback throws, and with the errors of `DocumentStore.edit`; then every document
 * is as it was.
 *
 * @example
 * import { createCollection, transaction } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * const accounts = createCollection<{ _id: string; sum: number }>('accounts', { adapter: memoryAdapter() })
 * const from = await accounts.insert({ _id: 'from', sum: 10 })
 * const to = await accounts.insert({ _id: 'to', sum: 0 })
 * await transaction(tx => {
 *   if (tx.read(from).sum < 5) throw new Error('not enough')
 *   tx.edit(from, draft => { draft.sum -= 5 })
 *   tx.edit(to, draft => { draft.sum += 5 })
 * })
 * to.state.sum // 5
 */
export async function transaction<R>(
  callback: (tx: Transaction) => R | Promise<R>,
  options: TransactionOptions = {},
): Promise<R> {
  checkFunction('callback', callback)
  const { session, retry = Infinity, ...limits } = Object(options) as TransactionOptions
  checkLimits(limits)
  const isCount = retry === Infinity || (Number.isSafeInteger(retry) && retry >= 0)
  if (!isCount) throw badArgumentError('retry', 'a count', retry)
  if (session !== undefined && retry !== Infinity) {
    throw badArgumentError('retry', 'nothing within a session, whose caller tries again', retry)
  }
  const what = 'the documents of a transaction'
  const deadline = new Deadline(options.timeoutMS ?? 30_000, options.signal, what)
  if (session === undefined) return deadline.race(runUntilDone(callback, deadline, retry))
  return deadline.race(runInSession(callback, session, deadline).then(({ result }) => result))
}

async function runUntilDone<R>(
  callback: (tx: Transaction) => R | Promise<R>,
  deadline: Deadline,
  retry: number,
): Promise<R> {
  // Locks are kept for the next run, so that it is not overtaken.
  const locks = new Locks<AnyDocument>()
  try {
    for (let [clashes, runs] = [0, 0]; ; runs++) {
      deadline.throwIfOver()
      const collecting = new CollectingTransaction()
      try {
        const result = await callback(collecting)
        const outcome = await commitAll(collecting, locks, deadline)
        if (outcome === 'done') return result
        if (runs >= retry) throw retriedError(runs)
        if (outcome === 'clash') await deadline.pause(clashes++)
      } finally {
        collecting.end()
      }
    }
  } finally {
    locks.release()
  }
}

function retriedError(retries: number): ConflictError {
  return new ConflictError(
    'Expected the documents of a transaction to stay as it saw them. Received writes of others, also after ' +
      `${retries} more runs of the callback. Nothing was written: try again, or allow more with \`retry\`.`,
    [],
  )
}

async function commitAll(
  collecting: CollectingTransaction,
  locks: Locks<AnyDocument>,
  deadline: Deadline,
): Promise<'done' | 'stale' | 'clash'> {
  const all = worksOf(collecting)
  if (all.length === 0) return 'done'
  const stored = all.filter(({ kind }) => kind === 'stored')
  await locks.acquire(stored.map(({ document }) => document))
  return sendTransaction(all, deadline)
}
