import type { Adapter, Query } from '../adapters/contract.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import type { Leaf } from '../document/leaves/leaves.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { DocumentEvent } from '../events/types.ts'
import type { EditOptions, HeldEdit } from '../store/edits/edit-types.ts'
import type { StandardSchema } from './schema/schema-types.ts'
import type { ComparingOptions, Listenable } from '../store/store-types.ts'

/** Options of `createCollection`. */
export interface CollectionOptions extends ComparingOptions {
  readonly adapter: Adapter
  /**
   * Checks the next state before anything is sent. Its output is what is stored: all of it on insert; on an edit what it
   * made of what was touched, and defaults of absent keys. It must accept its own output and leave it as it is.
   */
  readonly schema?: StandardSchema
  /** Classes whose instances are values; the adapter must be able to write them. */
  readonly leaves?: readonly Leaf[]
  /** How long an edit may wait and be made again, in milliseconds; 30,000 by default. */
  readonly timeoutMS?: number
}

/** How long a call may take. */
export interface CallLimits {
  /**
   * Its abort rejects the promise with its reason, and keeps what has not been sent from being sent. A write
   * that was handed to the adapter rejects with `unknown`.
   */
  readonly signal?: AbortSignal
  /** Milliseconds; those of the collection by default. Then as with `signal`, with `timeout` as the reason. */
  readonly timeoutMS?: number
}

/** What an edit of a document is to be called, and how long it may take. */
export interface DocumentEditOptions extends EditOptions, CallLimits {
  /**
   * The version that the caller has seen (an `If-Match`): where another is stored, the edit rejects with `conflict`
   * instead of running on it.
   */
  readonly ifVersion?: number
}

/** Where a document stands: not inserted yet, stored, or gone. */
export type DocumentStatus = 'new' | 'stored' | 'deleted'

/** An open edit of a stored document: see `Edit`. */
export interface DocumentEdit<T extends object> extends HeldEdit<T> {
  /**
   * As `Edit.commit`, when the adapter has acknowledged it. Until then the drafts cannot be used.
   * After any rejection the edit is open as before.
   */
  commit(options?: DocumentEditOptions): Promise<ChangeSet | null>
}

/**
 * One live document of a collection. Its state is what the adapter has acknowledged; edits are made
 * one after another. All methods are bound; those that return promises report by rejection alone.
 */
export interface DocumentStore<T extends object> extends Listenable<T, DocumentEvent<T>> {
  readonly id: IdOf<T>
  readonly state: Immutable<T>
  /** Of the stored document; 0 while it is new. */
  readonly version: number
  readonly status: DocumentStatus

  /**
   * Runs `recipe` on a draft and saves what changed; null if nothing did. Where the stored document
   * has moved on, it is loaded and the recipe run again on it, so it must do nothing but edit.
   * Rejects as `Store.edit` throws, and with `invalid`, `conflict` (after `timeoutMS`), `missing`,
   * `duplicate`, `rejected`, `unknown`, `immutable-field`, `closed`, `timeout`, `adapter`.
   */
  edit(
    recipe: (draft: Draft<T>) => unknown,
    options?: DocumentEditOptions,
  ): Promise<ChangeSet | null>
  /** Sets some top-level fields; `undefined` removes. Rejects as `edit` does. */
  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options?: DocumentEditOptions,
  ): Promise<ChangeSet | null>
  /** Takes a change set or patches from elsewhere. Rejects as `Store.apply` throws, and as `edit` does. */
  apply(change: ChangeSet | Patches, options?: DocumentEditOptions): Promise<ChangeSet | null>
  /** An open edit: a draft held as long as you like. */
  begin(): DocumentEdit<T>
  /** Inserts a document made by `wrap`; null for one that is stored. */
  commit(options?: DocumentEditOptions): Promise<ChangeSet | null>
  /** Takes what is stored now; what changed, or null. */
  reload(options?: CallLimits): Promise<ChangeSet | null>
  /** Deletes it; whether it was there. */
  delete(options?: CallLimits): Promise<boolean>
  /** The state: `JSON.stringify(document)` is that of the document. */
  toJSON(): Immutable<T>
  /** Resolves when nothing is under way any more. Rejects with `timeout`, and with the signal's reason. */
  settled(options?: CallLimits): Promise<void>
}

/** Documents that a query finds, each time it is asked. */
export interface Cursor<T extends object> extends AsyncIterable<DocumentStore<T>> {
  toArray(options?: CallLimits): Promise<DocumentStore<T>[]>
  /** The same documents as frozen snapshots, for reading alone: no live document is made or moved. */
  states(): StateCursor<T>
}

/** Snapshots that a query finds, each time it is asked. */
export interface StateCursor<T> extends AsyncIterable<Immutable<T>> {
  toArray(options?: CallLimits): Promise<Immutable<T>[]>
}

/** Options of `find`: `timeoutMS` bounds each step of a loop. */
export interface FindOptions extends Omit<Query, 'filter'>, CallLimits {}

/** Documents of one kind behind an adapter; one live store for each id. `I` is what is inserted. */
export interface Collection<T extends object, I = T> {
  readonly name: string
  /** Stores a new document. Rejects with `duplicate` where its id exists. */
  insert(entity: NewEntity<I>, options?: DocumentEditOptions): Promise<DocumentStore<T>>
  /** The document of this id as it is stored now; null if there is none. */
  get(id: IdOf<T>, options?: CallLimits): Promise<DocumentStore<T> | null>
  find(filter?: Query['filter'], options?: FindOptions): Cursor<T>
  findOne(
    filter?: Query['filter'],
    options?: Omit<FindOptions, 'limit'>,
  ): Promise<DocumentStore<T> | null>
  count(filter?: Query['filter'], options?: CallLimits): Promise<number>
  /** A document that is tracked before it is stored: its `commit()` inserts it. */
  wrap(entity: NewEntity<I>): DocumentStore<T>
  /** Whether there was one. */
  delete(id: IdOf<T>, options?: CallLimits): Promise<boolean>
  /** What the adapter would be sent for a change of one of its documents. */
  explain(change: ChangeSet): unknown
  /**
   * Waits for what is under way, then refuses with `closed`. The adapter stays open. Rejects with `timeout` where
   * that takes longer; then it is closed all the same.
   */
  close(options?: CallLimits): Promise<void>
}

/** The type of a collection's ids: that of `_id`, where documents say it. */
export type IdOf<T> = T extends { readonly _id?: infer I } ? Exclude<I, undefined> : unknown

/** A document whose `_id` may be left for the adapter to make. */
export type NewEntity<T> = T extends unknown
  ? { [K in keyof T as Exclude<K, '_id'>]: T[K] } & { readonly _id?: IdOf<T> | undefined }
  : never
