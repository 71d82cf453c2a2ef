// The public types of audits.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { Immutable } from '../../document/types.ts'

/** Options of an audit. */
export interface AuditOptions {
  /**
   * The author of the changes: a value that documents may hold, or a function that returns it, which is called when an edit
   * is made, an insert or a delete is sent. Absent: nobody is named.
   */
  readonly who?: unknown
}

/** One change in the history of a document. */
export interface AuditEntry<T> {
  /** The id of the change set; of the last edit in one write, that of the commit. */
  readonly id: string
  /** The time at which it was sent, by the clock of its program. */
  readonly at: Date
  readonly who: unknown
  readonly kind: 'insert' | 'update' | 'delete'
  /** The version that the write made; 0 for a delete. */
  readonly version: number
  readonly label?: string
  readonly meta?: unknown
  /** The change, with `patches` and `inverse`; of an insert, all fields. Null: the document was deleted. */
  readonly change: ChangeSet | null
  /** The document after it, as it was stored; null after a delete. */
  readonly state: Immutable<T> | null
}
