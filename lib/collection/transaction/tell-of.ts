// Tells of a transaction that is committed: one event on each collection that took part, and one step of its history.
import { randomId } from '../../changes/random-id.ts'
import type { TransactionEvent, TransactionPart } from '../history/history-types.ts'
import { logsOf } from '../history/transaction-log.ts'
import type { TransactedInfo } from '../document/transacted-document.ts'
import type { Write, Written } from './create-writes.ts'

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
    kind: kindOf(write),
    needsStep: needsStep(write, group),
    state,
  }))
  const step = { id, label: info.label, at, group, parts }
  for (const log of logsOf(parts)) {
    if (hasStep) log.add(step)
    log.emit(event)
  }
  return event
}

/** The kind of a write as its document sees it: one that is only marked as deleted is deleted. */
function kindOf({ work, op }: Write): 'insert' | 'update' | 'delete' {
  if (work.deleted) return 'delete'
  return op === null ? 'insert' : 'update'
}

/** Whether the document's own step is needed to undo its part. One that touched nothing but excluded fields has none. */
function needsStep(write: Write, group: object): boolean {
  if (kindOf(write) !== 'update') return false
  const { document } = write.work
  return document.transactionLog.isOff || document.findStep(group) !== null
}

function toPart({ write, change, state }: Written): TransactionPart {
  const { collection, id } = write.commit
  const kind = kindOf(write)
  return Object.freeze({ kind, collection, id, change, state: kind === 'delete' ? null : state })
}
