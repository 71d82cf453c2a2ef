// Runs a transaction: calls its callback, sends what that collected, and calls it again after a clash, until it commits or
// its time is over. Then it tells of the whole, and makes it a step of the collections' histories.
import type { ChangeInfo } from '../../changes/change-set.ts'
import { ConflictError } from '../../document/messages/errors.ts'
import type { TransactionKind } from '../document/document-history.ts'
import type { Deadline } from '../calls/deadline.ts'
import type { TransactionEvent } from '../history/history-types.ts'
import { CollectingTransaction, viewOf, type AnyDocument } from './collecting-transaction.ts'
import type { Written } from './create-writes.ts'
import { Locks } from './locks.ts'
import { sendTransaction } from './send-transaction.ts'
import { tellOf } from './tell-of.ts'
import { worksOf } from './works-of.ts'

/** The kind of a transaction, and what its change sets tell. */
export interface TransactionFacts {
  readonly retry?: number
  readonly kind?: TransactionKind
  /** The object by which the histories of the documents find their part. */
  readonly group?: object
  readonly info: ChangeInfo
}

/** The outcome of a transaction; `event` is null where nothing was written. */
interface Outcome<R> {
  readonly result: R
  readonly event: TransactionEvent | null
  readonly written: readonly Written[]
}

/** Runs a transaction until it commits. Rejects with what the callback throws, and as `transaction` does. */
export async function runTransaction<R>(
  callback: (tx: CollectingTransaction) => R | Promise<R>,
  deadline: Deadline,
  { retry = Infinity, kind = 'edit', group = {}, info }: TransactionFacts,
): Promise<Outcome<R>> {
  // Locks are kept for the next run, so that it is not overtaken.
  const locks = new Locks<AnyDocument>()
  const transacted = { kind, group, info }
  let end = (): void => {}
  const ended = new Promise<void>(resolve => (end = resolve))
  try {
    for (let [clashes, runs] = [0, 0]; ; runs++) {
      deadline.throwIfOver()
      const collecting = new CollectingTransaction(viewOf, ({ calls }) => calls.track(ended))
      try {
        const result = await callback(collecting)
        const all = worksOf(collecting)
        const stored = all.filter(work => work.kind === 'stored')
        await locks.acquire(stored.map(({ document }) => document))
        const outcome = all.length === 0 ? [] : await sendTransaction(all, deadline, transacted)
        if (typeof outcome !== 'string') {
          return { result, event: tellOf(outcome, transacted), written: outcome }
        }
        if (runs >= retry) throw retriedError(runs)
        if (outcome === 'clash') await deadline.pause(clashes++)
      } finally {
        collecting.end()
      }
    }
  } finally {
    locks.release()
    end()
  }
}

function retriedError(retries: number): ConflictError {
  return new ConflictError(
    'Expected the documents of a transaction to stay as it saw them. Received writes of others, also after ' +
      `${retries} more runs of the callback. Nothing was written: try again, or allow more with \`retry\`.`,
    [],
  )
}
