// The types of events: frozen objects, told apart by `type`.
import type { ChangeSet } from '../changes/change-set.ts'
import type { Immutable } from '../document/types.ts'

/** A commit changed the state. */
export interface ChangeEvent<T> {
  readonly type: 'change'
  readonly change: ChangeSet
  /** The snapshots after and before the change. The store may have moved further already. */
  readonly state: Immutable<T>
  readonly previous: Immutable<T>
}

/** An open edit was discarded. */
export interface RollbackEvent {
  readonly type: 'rollback'
  /** The top-level keys that the edit had touched. */
  readonly touched: readonly string[]
}

/** A listener threw or rejected, or an optimistic edit failed that nobody awaits. */
export interface ErrorEvent {
  readonly type: 'error'
  readonly error: unknown
  /** The name of the listener's function; `an edit` for an edit. */
  readonly listener: string
}

/** A stream of events dropped `count` events, because its reader fell behind by more than `limit`. */
export interface MissedEvent {
  readonly type: 'missed'
  readonly count: number
}

/** The events of a store in memory. */
export type StoreEvent<T> = ChangeEvent<T> | RollbackEvent | ErrorEvent

/** The adapter acknowledged a write of this document. */
export interface ConfirmedEvent {
  readonly type: 'confirmed'
  readonly version: number
  readonly commitId: string
}

/** A write found another stored state than it expected. The edit is made again on the newer state. */
export interface ConflictEvent {
  readonly type: 'conflict'
  /** The stored version, where the adapter knows it. */
  readonly current: number | undefined
}

/** The adapter refused a write. */
export interface RejectedEvent {
  readonly type: 'rejected'
  readonly error: unknown
}

/** The outcome of a write is not known: it may or may not have been applied. */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly commitId: string
}

/** The document is deleted. */
export interface DeletedEvent {
  readonly type: 'deleted'
}

/**
 * The history of undo and redo was cleared: an optimistic edit failed that an undo or redo under way may have meant.
 */
export interface HistoryClearedEvent {
  readonly type: 'history-cleared'
}

/** The events of a document of a collection. */
export type DocumentEvent<T> =
  | StoreEvent<T>
  | ConfirmedEvent
  | ConflictEvent
  | RejectedEvent
  | UnknownEvent
  | DeletedEvent
  | HistoryClearedEvent

/** The event of a type. */
export type EventOf<T, K extends DocumentEvent<T>['type']> = Extract<DocumentEvent<T>, { type: K }>
