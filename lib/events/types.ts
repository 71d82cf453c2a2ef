import type { ChangeSet } from '../changes/change-set.ts'
import type { Immutable } from '../document/types.ts'

/** A commit. */
export interface ChangeEvent<T> {
  readonly type: 'change'
  readonly change: ChangeSet
  /** The snapshots after and before. The store may be further on already. */
  readonly state: Immutable<T>
  readonly previous: Immutable<T>
}

/** An open edit was discarded. */
export interface RollbackEvent {
  readonly type: 'rollback'
  /** The top-level keys that had been touched. */
  readonly touched: readonly string[]
}

/** A listener threw or rejected. */
export interface ErrorEvent {
  readonly type: 'error'
  readonly error: unknown
  /** The name of the listener's function. */
  readonly listener: string
}

/** In a stream of events only: so many were dropped, for the reader fell behind by more than `limit`. */
export interface MissedEvent {
  readonly type: 'missed'
  readonly count: number
}

/** What a store tells: frozen, told apart by `type`. */
export type StoreEvent<T> = ChangeEvent<T> | RollbackEvent | ErrorEvent

/** A write of ours was acknowledged. */
export interface ConfirmedEvent {
  readonly type: 'confirmed'
  readonly version: number
  readonly commitId: string
}

/** A write met another state than it expected: it is made again on the newer one. */
export interface ConflictEvent {
  readonly type: 'conflict'
  /** The version found, where the adapter knows it. */
  readonly current: number | undefined
}

/** The adapter refused a write. */
export interface RejectedEvent {
  readonly type: 'rejected'
  readonly error: unknown
}

/** Nobody knows whether a write was applied. */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly commitId: string
}

/** The document is gone. */
export interface DeletedEvent {
  readonly type: 'deleted'
}

/** What a document of a collection tells. */
export type DocumentEvent<T> =
  StoreEvent<T> | ConfirmedEvent | ConflictEvent | RejectedEvent | UnknownEvent | DeletedEvent

/** The event of this type. */
export type EventOf<T, K extends DocumentEvent<T>['type']> = Extract<DocumentEvent<T>, { type: K }>
