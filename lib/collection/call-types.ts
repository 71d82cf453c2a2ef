// The public types of the options of calls, and of what calls for many documents tell.
import type { IndexProgress, Query } from '../adapters/contract-queries.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { EditOptions } from '../store/edits/edit-types.ts'
import type { Sort } from './filter-types.ts'

/** Limits of one call. */
export interface CallLimits {
  /**
   * Rejects the promise with its reason when it aborts. What was not sent yet is not sent; a write that was
   * handed to the adapter rejects with `unknown`.
   */
  readonly signal?: AbortSignal
  /**
   * The time that the call may take, in milliseconds; that of the collection by default. Then the promise
   * rejects as with `signal`, with `timeout` as the reason.
   */
  readonly timeoutMS?: number
}

/** Options of an edit of a document: metadata and limits. */
export interface DocumentEditOptions extends EditOptions, CallLimits {
  /**
   * The version that the caller has seen (an `If-Match`). If another version is stored, the edit rejects
   * with `conflict` instead of running on it.
   */
  readonly ifVersion?: number
  /** Whether the state moves at once: see `optimistic` of the collection, which is the default. */
  readonly optimistic?: boolean
  /** A session of the caller's with a transaction under way, for `edit`: see `TransactionOptions.session`. */
  readonly session?: object
}

/** Options of `undo` and `redo` of a document. */
export interface UndoOptions
  extends RebaseOptions, CallLimits, Pick<DocumentEditOptions, 'optimistic'> {}

/** Options of `page`. */
export interface PageOptions extends CallLimits {
  /** The greatest number of documents, at least 1. */
  readonly size: number
  /** `next` of the page before; null or absent: the first page. */
  readonly after?: string | null | undefined
}

/** A page of a query. */
export interface Page<V> {
  readonly items: readonly V[]
  /** A text, fit for URLs, that asks for the next page; null: this is the last one. */
  readonly next: string | null
}

/** How far a call for many documents is. */
export interface ManyProgress {
  /** The number of documents that were done since the beginning of this call. */
  readonly done: number
  /** The number of those that were changed or deleted. */
  readonly changed: number
  /** The number of documents that matched at the beginning; only where somebody asks for progress. */
  readonly total?: number
  /** The place behind which a later call goes on; null: nothing is done yet, or all is. */
  readonly after: string | null
}

/** The numbers of documents that matched, and of those that were changed. */
export type ManyResult = Pick<ManyProgress, 'done' | 'changed'>

/** Options of `editMany` and `deleteMany`. `timeoutMS` limits each write; the call as a whole has no limit but `signal`. */
export interface ManyOptions extends CallLimits {
  /** The number of documents that are written at a time: 100 by default. */
  readonly concurrency?: number
  /** Called after each portion. */
  readonly onProgress?: (progress: ManyProgress) => void
  /** `after` of the progress that was told last, to go on behind it. */
  readonly after?: string | null
}

/** Options of `syncIndexes`, which has no time limit by default. */
export interface SyncIndexesOptions extends CallLimits {
  /** Called while LMDB builds an index, with the number of documents that are done. */
  readonly onProgress?: (progress: IndexProgress) => void
}

/**
 * Options of `find`. In a loop `timeoutMS` limits each step. `fields` are dotted paths that `states()` shows, with `_id`;
 * live documents are always whole. `hint`, `collation`, `batchSize` and `maxTimeMS` are those of MongoDB: elsewhere a
 * `collation` is refused with `unsupported-query`, and the others change nothing.
 */
export interface FindOptions<T = any> extends Omit<Query, 'filter' | 'sort'>, CallLimits {
  /** The order: dotted paths to 1 (ascending) or -1. */
  readonly sort?: Sort<T>
  /** Whether `states()` and `count()` also have the documents that are marked as deleted, with `softDelete`. */
  readonly withDeleted?: boolean
}

/** Options of `get`. */
export interface GetOptions extends CallLimits {
  /** Whether a frozen snapshot is read instead of a live document. */
  readonly state?: boolean
  /** The dotted paths that the snapshot shows, with `_id`; all by default. */
  readonly fields?: readonly string[]
}
