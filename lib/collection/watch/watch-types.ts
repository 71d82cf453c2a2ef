// The public types of watching a collection.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { CowslipError } from '../../document/messages/errors.ts'
import type { Immutable } from '../../document/types.ts'
import type { MissedEvent } from '../../events/types.ts'
import type { IdOf } from '../id-of.ts'

/** Another writer inserted a document. Where this collection reads the document meanwhile, it may be told as a change. */
export interface InsertedEvent<T> {
  readonly type: 'inserted'
  readonly id: IdOf<T>
  readonly state: Immutable<T>
}

/** Another writer changed a document. */
export interface ChangedEvent<T> {
  readonly type: 'change'
  readonly id: IdOf<T>
  /** The change, of origin `remote`; null where nobody holds the document, so that only its new state is known. */
  readonly change: ChangeSet | null
  readonly state: Immutable<T>
}

/** Another writer deleted a document. */
export interface RemovedEvent<T> {
  readonly type: 'deleted'
  readonly id: IdOf<T>
}

/** Events were lost: load again what you hold. Live documents do so by themselves. */
export interface ResetEvent {
  readonly type: 'reset'
}

/**
 * The watch was interrupted, or goes on after that. Meanwhile nothing is told; it is begun again by itself, and what was
 * written is told then, or `reset`.
 */
export interface LivenessEvent {
  readonly type: 'liveness'
  readonly isLive: boolean
  /** The reason of an interruption. */
  readonly error?: CowslipError
}

/** An event of `collection.watch()`. */
export type WatchedEvent<T> =
  InsertedEvent<T> | ChangedEvent<T> | RemovedEvent<T> | ResetEvent | LivenessEvent | MissedEvent
