// The public types of what transactions tell, and of the history of a collection.
import type { ChangeSet, Origin } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { CallLimits } from '../call-types.ts'

/** The write of one document by a transaction. */
export interface TransactionPart {
  /** The name of the document's collection. */
  readonly collection: string
  readonly id: unknown
  readonly kind: 'insert' | 'update' | 'delete'
  /** The change of an update; null for an insert and a delete. */
  readonly change: ChangeSet | null
  /** The frozen snapshot after the transaction; null for a delete. */
  readonly state: object | null
}

/** A transaction was committed. It comes after the events of its documents. */
export interface TransactionEvent {
  readonly type: 'transaction'
  readonly id: string
  /** `undo` and `redo` for those of the history. */
  readonly origin: Origin
  readonly label?: string
  readonly meta?: unknown
  /** The time at which the answer came, in milliseconds since 1970. */
  readonly at: number
  /** The documents that were written, those of other collections too. */
  readonly parts: readonly TransactionPart[]
}

/** One transaction that can be undone or redone. */
export interface TransactionEntry {
  readonly id: string
  readonly label?: string
  /** The time of its first commit, in milliseconds since 1970. */
  readonly at: number
  readonly documents: readonly { readonly collection: string; readonly id: unknown }[]
}

/** Options of `undo` and `redo` of transactions. */
export interface TransactionUndoOptions extends RebaseOptions, CallLimits {}

/**
 * The transactions of this process in which a collection took part: as many as `history.limit` says. Their documents are
 * held meanwhile. A transaction within a session of the caller's is none of them: its documents can be undone one by one.
 */
export interface CollectionHistory {
  /** The transactions to undo, the oldest first: `undo` takes the last. */
  readonly past: readonly TransactionEntry[]
  /** The transactions to redo, the next first. */
  readonly future: readonly TransactionEntry[]
  readonly canUndo: boolean
  readonly canRedo: boolean
  /**
   * Undoes the last transaction as one step, whatever others did to its documents since, in one transaction: fields are
   * set back, inserted documents are deleted, deleted ones are inserted again. Later edits of the same documents stay.
   * Resolves to its event, or to null if there is nothing to undo. Rejects with a `ConflictError` where others changed
   * the same and `resolve` does not settle it, where a document that was inserted has changed, or where one was deleted or
   * made anew; then nothing is changed and the step stays. What was undone by `undo` of a document is left alone.
   */
  undo(options?: TransactionUndoOptions): Promise<TransactionEvent | null>
  /** Does again what `undo` undid last. */
  redo(options?: TransactionUndoOptions): Promise<TransactionEvent | null>
  /** Clears both lists; the documents stay as they are, and keep their own steps. */
  clear(): void
}
