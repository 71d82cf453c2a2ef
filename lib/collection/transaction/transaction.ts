// `transaction(callback)`: checks its options, and runs the callback by itself or within a session of the caller's.
import { Deadline } from '../calls/deadline.ts'
import { checkFunction, checkKnownOptions } from '../../document/messages/check-options.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { checkLimits } from '../options.ts'
import { changeInfoOf, checkEditOptions } from '../../store/edits/edit-options.ts'
import { runInSession } from './run-in-session.ts'
import { runTransaction } from './run-transaction.ts'
import type { Transaction, TransactionOptions } from './transaction-types.ts'

/**
 * Edits several documents, of one or more collections behind one adapter, all or nothing. The callback
 * collects the work. It runs again after a clash, so it should do nothing else; documents that it only read
 * are checked too. The promise resolves to the callback's result. Events come once, after the commit: those of the
 * documents, then one of type `transaction` on each collection, whose `history` can undo the whole.
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
  checkKnownOptions(options, ['session', 'retry', 'label', 'meta', 'signal', 'timeoutMS'])
  const { session, retry = Infinity, label, meta, ...limits } = options
  checkLimits(limits)
  const about = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
  checkEditOptions(about)
  const isCount = retry === Infinity || (Number.isSafeInteger(retry) && retry >= 0)
  if (!isCount) throw badArgumentError('retry', 'a count', retry)
  if (session !== undefined && retry !== Infinity) {
    throw badArgumentError('retry', 'nothing within a session, whose caller tries again', retry)
  }
  const what = 'the documents of a transaction'
  const deadline = new Deadline(options.timeoutMS ?? 30_000, options.signal, what)
  const info = changeInfoOf(about)
  const work =
    session === undefined
      ? runTransaction(callback, deadline, { retry, info })
      : runInSession(callback, session, deadline, info)
  return deadline.race(work.then(({ result }) => result))
}
