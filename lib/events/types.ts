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

/** What a store tells: frozen, told apart by `type`. */
export type StoreEvent<T> = ChangeEvent<T> | RollbackEvent | ErrorEvent

/** The event of this type. */
export type EventOf<T, K extends StoreEvent<T>['type']> = Extract<StoreEvent<T>, { type: K }>
