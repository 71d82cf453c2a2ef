// Undoes or redoes a transaction, in a transaction: each document's part is reversed on what is stored of it now.
//
//                     undo                              redo
//   update            the inverse of its ops, rebased   its ops, rebased
//   insert            delete, if it is as inserted      insert again
//   delete            insert again                      delete, if it is as inserted
import type { RebaseOptions } from '../../../changes/conflicts.ts'
import { ConflictError, CowslipError } from '../../../document/messages/errors.ts'
import type { Deadline } from '../../calls/deadline.ts'
import { describeDocument } from '../../calls/outcome.ts'
import type { TransactionEvent } from '../../history/history-types.ts'
import type { LoggedPart, LoggedStep } from '../../history/transaction-log.ts'
import type { AnyDocument, CollectingTransaction } from '../collecting-transaction.ts'
import { runTransaction } from '../run-transaction.ts'

/** Undoes or redoes a step. Null: nothing is left of it. Rejects with a `ConflictError`. */
export async function reverseTransaction(
  kind: 'undo' | 'redo',
  step: LoggedStep,
  options: RebaseOptions,
  deadline: Deadline,
): Promise<TransactionEvent | null> {
  const { group, parts, label } = step
  const info = { origin: kind, ...(label !== undefined && { label }) } as const
  const reverse = (tx: CollectingTransaction): void => {
    // What a document gave up last is free for the one that had it before.
    const inOrder = kind === 'undo' ? [...parts].reverse() : parts
    for (const part of inOrder) reversePart(tx, kind, group, part, options)
  }
  try {
    const { event, written } = await runTransaction(reverse, deadline, { kind, group, info })
    for (const { write, state } of written) {
      const part = parts.find(({ document }) => document === write.work.document)
      if (part !== undefined) part.state = state
    }
    return event
  } catch (error) {
    throw isGoneOrTaken(error)
      ? changedError('Received one that is gone, or made anew.', error)
      : error
  }
}

function reversePart(
  tx: CollectingTransaction,
  kind: 'undo' | 'redo',
  group: object,
  part: LoggedPart,
  options: RebaseOptions,
): void {
  const document = part.document as AnyDocument
  const { status, name } = document
  if (part.kind === 'update') {
    if (!part.needsStep) return
    const place = document.findStep(group)
    if (place === null) throw changedError(`Received ${describeDocument(name)} without its step.`)
    // What was undone in the document alone is left alone.
    if (place !== (kind === 'undo' ? 'past' : 'future')) return
    tx.reverse(document, base => document.prepareReverse(kind, group, base, options))
  } else if ((part.kind === 'insert') === (kind === 'undo')) {
    if (status === 'deleted') throw changedError(`Received ${describeDocument(name)} deleted.`)
    if (!document.own.isSameBeside(tx.read(document), part.state)) {
      throw changedError(`Received another state of ${describeDocument(name)}.`)
    }
    tx.delete(document)
  } else {
    if (status === 'stored') throw changedError(`Received ${describeDocument(name)} made anew.`)
    tx.revive(document, part.state)
  }
}

/** Whether the storage said that a document is gone, or that an id or a unique value is taken. */
const isGoneOrTaken = (error: unknown): boolean =>
  error instanceof CowslipError && (error.code === 'missing' || error.code === 'duplicate')

const changedError = (received: string, cause?: unknown): ConflictError => {
  const error = new ConflictError(
    `Expected the documents of a transaction as it left them. ${received} Nothing was changed: undo the later ` +
      'changes first, or clear the history.',
    [],
  )
  if (cause !== undefined) error.cause = cause
  return error
}
