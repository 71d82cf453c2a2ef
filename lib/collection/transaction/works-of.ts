// The work that a transaction's callback collected, in the order in which all transactions lock.
import { badArgumentError } from '../../document/messages/errors.ts'
import type { CollectingTransaction, DocumentWork } from './collecting-transaction.ts'
import { lockOrderOf } from './locks.ts'

/** Closes a transaction and returns its work. Throws `bad-argument` for documents that cannot be in one transaction. */
export function worksOf(collecting: CollectingTransaction): readonly DocumentWork[] {
  collecting.isOpen = false
  const all = [...collecting.works.values()].sort((a, b) =>
    lockOrderOf(a.document) < lockOrderOf(b.document) ? -1 : 1,
  )
  const [first] = all
  if (first !== undefined) checkTogether(all, first)
  return all
}

function checkTogether(all: readonly DocumentWork[], { document: first }: DocumentWork): void {
  const { adapter } = first
  if (all.some(({ document }) => document.adapter !== adapter)) {
    throw badArgumentError('document', 'documents behind one adapter', first)
  }
  const names = new Set(all.map(({ document }) => lockOrderOf(document)))
  if (names.size < all.length) {
    throw badArgumentError('document', 'each id once, and not through two collections', first)
  }
  if (adapter.transaction === undefined) {
    throw badArgumentError('adapter', 'an adapter that has transactions', adapter)
  }
}
