// Tells of a transaction that is committed: one event on each collection that took part, and one step of its history.
import { randomId } from '../../changes/random-id.ts'
import type { TransactionEvent, TransactionPart } from '../history/history-types.ts'
import { logsOf } from '../history/transaction-log.ts'
import type { TransactedInfo } from '../document/transacted-document.ts'
import type { Written } from './create-writes.ts'

/**
 * Emits the event of a transaction, and adds its step to the histories if it is to have one. Returns the event; null:
 * nothing was written.
 */
export function tellOf(
  written: readonly Written[],
  { kind, group, info }: TransactedInfo,
  hasStep: boolean = kind === 'edit',
): TransactionEvent | null {
  if (written.length === 0) return null
  const [id, at] = [randomId(), Date.now()]
  const origin = kind === 'edit' ? 'local' : kind
  const event: TransactionEvent = Object.freeze({
    type: 'transaction',
    id,
    ...info,
    origin,
    at,
    parts: Object.freeze(written.map(toPart)),
  })
  const parts = written.map(({ write, state }) => ({
    document: write.work.document,
    kind: write.commit.kind,
    state,
  }))
  const step = { id, label: info.label, at, group, parts }
  for (const log of logsOf(parts)) {
    if (hasStep) log.add(step)
    log.emit(event)
  }
  return event
}

function toPart({ write, change, state }: Written): TransactionPart {
  const { kind, collection, id } = write.commit
  return Object.freeze({ kind, collection, id, change, state: kind === 'delete' ? null : state })
}
