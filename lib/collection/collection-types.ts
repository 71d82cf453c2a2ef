// The public types of collections and their documents.
import type { Adapter } from '../adapters/contract.ts'
import type { IndexDefinition, QueryPlan, SyncedIndexes } from '../adapters/contract-queries.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import type { Resolve } from '../changes/conflicts.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import type { Leaf } from '../document/leaves/leaves.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { EventsOptions } from '../events/event-stream.ts'
import type { DocumentEvent } from '../events/types.ts'
import type { HeldEdit } from '../store/edits/edit-types.ts'
import type { HistoryOptions, StoreHistory } from '../store/history/history-types.ts'
import type {
  CallLimits,
  DocumentEditOptions,
  FindOptions,
  GetOptions,
  ManyOptions,
  ManyResult,
  Page,
  PageOptions,
  SyncIndexesOptions,
  UndoOptions,
} from './call-types.ts'
import type { Filter, IsMany, PathsOf } from './filter-types.ts'
import type { OutboxEvent } from './trail/outbox-types.ts'
import type { AuditEntry, AuditOptions } from './trail/audit-types.ts'
import type { CollectionHistory, TransactionEvent } from './history/history-types.ts'
import type { IdOf } from './id-of.ts'
import type { StandardSchema } from './schema/schema-types.ts'
import type { ComparingOptions, Listenable } from '../store/store-types.ts'
import type { WatchedEvent } from './watch/watch-types.ts'

/** Options of `createCollection`. */
export interface CollectionOptions extends ComparingOptions {
  readonly adapter: Adapter
  /**
   * Validates the next state before anything is sent. The output is stored: on insert all of it; on an edit
   * the values at or below touched paths, and defaults of absent keys. A schema must accept its own output
   * and leave it unchanged.
   */
  readonly schema?: StandardSchema
  /** Classes whose instances are values. The adapter must be able to write them. */
  readonly leaves?: readonly Leaf[]
  /** The time that an edit may take, with waiting and retries, in milliseconds; 30,000 by default. */
  readonly timeoutMS?: number
  /**
   * The number of edits of one document that may wait for their commit; 10,000 by default. One more rejects
   * with `busy`.
   */
  readonly maxPending?: number
  /**
   * The stored state that an update expects. `version`, the default: the one that the document shows. `fields`: the old
   * values of what the edit touched, so writers of different fields do not clash; below an array that is the whole
   * array, but an edit below a keyed element (see `keyed`) only meets that element. With `none` an update expects
   * nothing: the last writer wins, and arrays are written whole. Needs an adapter with `fieldGuards`. Every write makes the version one higher.
   */
  readonly concurrency?: Concurrency
  /**
   * Whether the state moves at once, before an edit is stored; false by default. An edit that fails is taken back
   * alone: later ones are made again on what is left. The promise of an edit that nobody awaits is never an unhandled
   * rejection; its error goes to `on('error')`, else to the console.
   */
  readonly optimistic?: boolean
  /** Limits of the history of each document, as of `createStore`; `false` keeps none. By default 100 steps. */
  readonly history?: HistoryOptions | false
  /**
   * Decides which side stands where an open edit, or a change set that is applied, clashes with what another
   * writer has stored. `edit.rebase({ resolve })` comes first. Absent: they reject with `conflict`.
   */
  readonly resolve?: Resolve
  /**
   * Whether the collection keeps `createdAt` and `updatedAt`, which are dates: set when a write is made for sending, so they
   * make no clash and are no part of an undo. `createdAt` of a new document stands if it is given. No edit may change them.
   */
  readonly timestamps?: boolean
  /**
   * Whether a delete sets `deletedAt` instead of removing the document. Reads leave such documents out; `restore(id)` brings
   * one back. Its id and its unique values stay taken.
   */
  readonly softDelete?: boolean
  /**
   * Fields that are made of each state and never stored, by name. The functions get the stored fields, frozen (type them
   * yourself: options do not know the documents), and must be pure; undefined leaves the field out. States, events and drafts
   * show them, no edit may change them, and filters do not know them. A document for which one throws rejects with `unreadable`.
   */
  readonly computed?: { readonly [name: string]: (state: any) => unknown }
  /** Called for each insert and edit before it is sent: see {@link BeforeCommit}. */
  readonly beforeCommit?: BeforeCommit
  /**
   * The functions that bring documents of older shapes on: each takes the stored document of a shape (`any`, for no type tells
   * of it), which it may change, and returns it in the next one. They run when a document is read; it is stored in the newest
   * shape by its next change, or by `migrate()`. New ones are added at the end, and none is ever taken away. The number of a document's shape is kept with it
   * (`_cow.s` on MongoDB); without it a document has the first. A document of a newer shape than the functions know rejects
   * with `unreadable`. Filters, sorts and indexes see what is stored. Needs an adapter with `shapes`.
   */
  readonly versions?: readonly ((doc: any) => object)[]
  /**
   * Whether every change is kept, with its time and who made it, in a collection `<name>.audit`, in the transaction of the
   * change: see `historyOf` and `asOf`. Changes of other programs are no part of it. Needs transactions, and guards by version.
   */
  readonly audit?: AuditOptions
  /**
   * Whether `meta.event` of edits, inserts and transactions is kept in a collection `<name>.outbox`, in the transaction of the change:
   * see `outbox`. Needs transactions, and guards by version.
   */
  readonly events?: boolean
  /**
   * Its indexes, in MongoDB's terms. Memory and LMDB make those that are new when the collection is opened, LMDB in the
   * background, and keep them with each write; MongoDB has them after `syncIndexes()`. Needs an adapter with
   * `syncIndexes`.
   */
  readonly indexes?: readonly IndexDefinition[]
}

/**
 * Called with the change of an edit (of an insert: all fields) and the state that it makes, before the schema. What it throws
 * refuses the edit, which rejects with it. What it returns is added to the edit, and undone with it: fields as of `patch`, or
 * a recipe; nothing leaves the edit as it is. It runs again when the edit is made again on another state, so it should do
 * nothing else, and answer at once. Changes of others and deletes are not asked about.
 */
export type BeforeCommit<T = any> = (
  change: ChangeSet,
  state: Immutable<T>,
) =>
  { readonly [K in keyof T]?: T[K] | undefined } | ((draft: Draft<T>) => unknown) | undefined | void

/** The fields of `timestamps`. */
export interface Timestamps {
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The stored state that an update expects: see `CollectionOptions.concurrency`. */
export type Concurrency = 'version' | 'fields' | 'none'

/** The status of a document: not inserted yet, stored, or deleted. */
export type DocumentStatus = 'new' | 'stored' | 'deleted'

/** An open edit of a document: see `Edit`. */
export interface DocumentEdit<T extends object> extends HeldEdit<T> {
  /**
   * Commits, and resolves when the adapter has acknowledged the write. Until then the drafts cannot be
   * used. After a rejection the edit is open as before.
   */
  commit(options?: DocumentEditOptions): Promise<ChangeSet | null>
}

/**
 * One live document of a collection. Its state is what the adapter has acknowledged, with optimistic edits ahead of
 * it. Edits are stored in the order of the calls; those that wait while a write is under way become one update and
 * share its version. While somebody listens to its changes or its end, it moves by itself to what other writers store, if the adapter can
 * watch. All methods are bound. Methods that return a promise never throw; they reject.
 */
export interface DocumentStore<T extends object> extends Listenable<T, DocumentEvent<T>> {
  readonly id: IdOf<T>
  readonly state: Immutable<T>
  /** The version of the stored document; 0 while the document is new. */
  readonly version: number
  readonly status: DocumentStatus
  /** The number of edits that wait for their commit. */
  readonly pending: number

  /**
   * Runs `recipe` on a draft and saves what changed. The recipe runs at once, on the state with all edits
   * that wait. Resolves to the change set, or to null if nothing changed. If the stored document has moved
   * on, it is loaded and the recipe runs again on it, so a recipe should do nothing but edit. Rejects with
   * the errors of `Store.edit`, and with `invalid`, `conflict` (after `timeoutMS`), `missing`, `duplicate`,
   * `rejected`, `unknown`, `immutable-field`, `closed`, `timeout`, `adapter`, `busy`.
   */
  edit(
    recipe: (draft: Draft<T>) => unknown,
    options?: DocumentEditOptions,
  ): Promise<ChangeSet | null>
  /** Sets some top-level fields; `undefined` removes a field. Rejects as `edit` does. */
  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options?: DocumentEditOptions,
  ): Promise<ChangeSet | null>
  /**
   * Applies a change set or patches from elsewhere. Rejects with the errors of `Store.apply`, and as `edit`
   * does.
   */
  apply(change: ChangeSet | Patches, options?: DocumentEditOptions): Promise<ChangeSet | null>
  /**
   * Undoes the last own edit of this document, whatever others did since: its inverse is rebased onto that and saved
   * like an edit, with origin `undo`. Waits for edits before it; with `optimistic` the state moves at once. Resolves to
   * null if there is nothing to undo. Rejects with a `ConflictError` where others changed the same and `resolve` does
   * not settle it, and as `edit` does; then the step stays.
   */
  undo(options?: UndoOptions): Promise<ChangeSet | null>
  /** Does again what `undo` undid last. */
  redo(options?: UndoOptions): Promise<ChangeSet | null>
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** The steps to undo and redo: the own edits of this document that are in its state. */
  readonly history: StoreHistory
  /** Begins an open edit: a draft held as long as you like. */
  begin(): DocumentEdit<T>
  /** Inserts a document made by `wrap`. Resolves to null for one that is stored. */
  commit(options?: DocumentEditOptions): Promise<ChangeSet | null>
  /** Loads the stored document. Resolves to what changed, or to null. */
  reload(options?: CallLimits): Promise<ChangeSet | null>
  /** Deletes the document. Resolves to whether it was stored. */
  delete(options?: CallLimits): Promise<boolean>
  /** Returns the state, so that `JSON.stringify(document)` is that of the document. */
  toJSON(): Immutable<T>
  /**
   * Resolves when no edit of this document runs or waits. Rejects with `timeout`, and with the signal's
   * reason.
   */
  settled(options?: CallLimits): Promise<void>
}

/** The documents that a query finds. Each loop and each call runs the query anew. */
export interface Cursor<T extends object> extends AsyncIterable<DocumentStore<T>> {
  toArray(options?: CallLimits): Promise<DocumentStore<T>[]>
  /**
   * Returns one page: at most `size` documents, behind those of the page whose `next` is `after`. The place is that of
   * the last document in the order, with its `_id`, so what comes or goes elsewhere moves nothing. Rejects with
   * `bad-argument` for a cursor with `limit` or `skip`, and for the `next` of another order.
   */
  page(options: PageOptions): Promise<Page<DocumentStore<T>>>
  /** Counts the documents that the filter matches, whatever `limit` and `skip` say: how many all pages have. */
  count(options?: CallLimits): Promise<number>
  /** Runs the query and returns the index that was used, and the number of its entries and of documents that were read. */
  explain(options?: CallLimits): Promise<QueryPlan>
  /**
   * Returns the same documents with those that they refer to: by path, the live documents of another collection whose ids
   * stand there, loaded in one query for each path. Nothing is copied into a document. A loop loads them for 1,000
   * documents at a time.
   */
  with<R extends References<T>>(
    references: R & { readonly [P in Exclude<keyof R, PathsOf<T>>]: never },
  ): ReferenceCursor<T, R>
  /** Returns the same documents as frozen snapshots, for reading: no live document is created or moved. */
  states(): StateCursor<T>
}

/** The collections that paths of a document refer to: each path holds an id, or a list of ids, of one of them. */
export type References<T> = { readonly [P in PathsOf<T>]?: Collection<any, any> }

type Referenced<C> =
  C extends Collection<infer T, any> ? (T extends object ? DocumentStore<T> : never) : never

/**
 * A document, and by path the live documents whose ids it holds: one, or a list where the path leads to or through an
 * array; null: there is none of this id, or nothing at the path.
 */
export interface WithReferences<T extends object, R> {
  readonly document: DocumentStore<T>
  readonly refs: {
    readonly [P in keyof R & string]: IsMany<T, P> extends true
      ? readonly (Referenced<R[P]> | null)[] | null
      : Referenced<R[P]> | null
  }
}

/** The documents that a query finds, with those that they refer to. Each loop and each call runs the query anew. */
export interface ReferenceCursor<T extends object, R> extends AsyncIterable<WithReferences<T, R>> {
  toArray(options?: CallLimits): Promise<WithReferences<T, R>[]>
  /** Returns one page: see `Cursor.page`. */
  page(options: PageOptions): Promise<Page<WithReferences<T, R>>>
}

/** The snapshots that a query finds. Each loop and each call runs the query anew. */
export interface StateCursor<T> extends AsyncIterable<Immutable<T>> {
  toArray(options?: CallLimits): Promise<Immutable<T>[]>
  /** Returns one page of snapshots: see `Cursor.page`. */
  page(options: PageOptions): Promise<Page<Immutable<T>>>
}

/** A frozen snapshot of some fields. */
export type PartialState<T> = Partial<Immutable<T>>

/** The documents that a query with `fields` finds. */
export interface PartialCursor<T> {
  /** Returns them as frozen snapshots of those fields. */
  states(): AsyncIterable<PartialState<T>> & {
    toArray(options?: CallLimits): Promise<PartialState<T>[]>
    page(options: PageOptions): Promise<Page<PartialState<T>>>
  }
}

/**
 * Documents of one kind behind an adapter, with one live document for each id. `I` is the type of what is
 * inserted.
 */
export interface Collection<T extends object, I = T> {
  readonly name: string
  /** Inserts a new document. Rejects with `duplicate` if its id exists. */
  insert(entity: NewEntity<I>, options?: DocumentEditOptions): Promise<DocumentStore<T>>
  /**
   * Inserts new documents together, and returns them in order. Where one cannot be inserted as it is, nothing is sent.
   * Rejects with a `ManyError` where some were refused: it has the outcome of each, and the others are inserted.
   */
  insertMany(entities: readonly NewEntity<I>[], options?: CallLimits): Promise<DocumentStore<T>[]>
  /** Returns the live document of an id, moved to what is stored now; null if nothing is stored. */
  get(
    id: IdOf<T>,
    options?: CallLimits & { readonly state?: false },
  ): Promise<DocumentStore<T> | null>
  /** Returns what is stored under an id as a frozen snapshot, for reading: whole, or some fields; null: nothing. */
  get(
    id: IdOf<T>,
    options: GetOptions & { readonly state: true; readonly fields: readonly string[] },
  ): Promise<PartialState<T> | null>
  get(id: IdOf<T>, options: GetOptions & { readonly state: true }): Promise<Immutable<T> | null>
  /** Returns the live documents of ids in their order, as `get` does; they are read together. */
  getMany(ids: readonly IdOf<T>[], options?: CallLimits): Promise<(DocumentStore<T> | null)[]>
  find(filter?: Filter<T>, options?: FindOptions<T> & { readonly fields?: undefined }): Cursor<T>
  find(filter: Filter<T>, options: FindOptions<T>): PartialCursor<T>
  findOne(
    filter?: Filter<T>,
    options?: Omit<FindOptions<T>, 'limit' | 'fields'>,
  ): Promise<DocumentStore<T> | null>
  count(filter?: Filter<T>, options?: CallLimits): Promise<number>
  /**
   * Edits all documents that a filter matches, in the order of `_id`, some at a time: none is held longer. Each is edited
   * only in a state that the filter matches, whatever others write meanwhile, so the recipe may run again. Stops where
   * documents fail, and rejects with a `ManyError` that has their outcomes and the place to go on from.
   */
  editMany(
    filter: Filter<T>,
    recipe: (draft: Draft<T>) => unknown,
    options?: ManyOptions,
  ): Promise<ManyResult>
  /** Deletes all documents that a filter matches, likewise. Resolves to how many. */
  deleteMany(filter: Filter<T>, options?: ManyOptions): Promise<number>
  /** Creates a document that is tracked before it is stored: its `commit()` inserts it. */
  wrap(entity: NewEntity<I>): DocumentStore<T>
  /** Deletes the document of an id. Resolves to whether it was stored. */
  delete(id: IdOf<T>, options?: CallLimits): Promise<boolean>
  /**
   * Brings back a document that `softDelete` has marked as deleted. Resolves to it, or to null if none is stored under the
   * id. Rejects with `bad-argument` without `softDelete`.
   */
  restore(id: IdOf<T>, options?: CallLimits): Promise<DocumentStore<T> | null>
  /**
   * Returns what other writers do to documents of this collection, from now on: another process, another collection on
   * the same adapter. While it is iterated, all live documents move by themselves. Throws `bad-argument` for an adapter
   * without `watch`. The stream ends when the collection or the adapter closes; up to `limit` events wait for a slow
   * reader (1,024 by default), and what was dropped is told as `missed`.
   */
  watch(options?: EventsOptions): AsyncIterableIterator<WatchedEvent<T>>
  /**
   * Brings the indexes of the storage into line with `indexes`: makes those that are missing, drops others, and resolves
   * when all are built. Rejects with `duplicate` where documents share the values of a unique one, and with `rejected`
   * where a document has arrays in two fields of one.
   */
  syncIndexes(options?: SyncIndexesOptions): Promise<SyncedIndexes>
  /**
   * Calls `listener` for each transaction of this process in which the collection took part, once it is committed, after
   * the events of its documents. Returns a function that ends the subscription.
   */
  on(
    type: 'transaction',
    listener: (event: TransactionEvent) => unknown,
    options?: { readonly signal?: AbortSignal },
  ): () => void
  /** Undo and redo of transactions, each as one step across its documents. */
  readonly history: CollectionHistory
  /**
   * Returns the changes of a document, the oldest first, with their states; also of one that is deleted. What others wrote
   * without an audit is an entry without a name, at the time of the next change. Rejects with `bad-argument` without
   * `audit`. O(its changes).
   */
  historyOf(id: IdOf<T>, options?: CallLimits): Promise<AuditEntry<T>[]>
  /**
   * Returns the events that edits have left (`meta.event`), in the order of their changes, then new ones as they come, until the
   * signal aborts. What is not acknowledged comes again with the next call. Throws `bad-argument` without `events`.
   */
  outbox(options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<OutboxEvent>
  /** Returns a document as it was stored at a time; null: there was none. Rejects as `historyOf`. O(its changes). */
  asOf(id: IdOf<T>, time: Date | number, options?: CallLimits): Promise<Immutable<T> | null>
  /**
   * Stores all documents of older shapes in the newest one, in the order of `_id`, some at a time. `done` counts those that
   * were looked at, `changed` those that were brought on. Beside other writers nothing is lost; a later call goes on behind
   * `after`, or from the beginning, and passes over what is done. Documents of newer shapes are left alone. One that fails is passed over, and told in the end by a `ManyError`.
   */
  migrate(options?: ManyOptions): Promise<ManyResult>
  /** The storage's own object for this collection, such as the driver's; undefined where there is none. */
  readonly native: unknown
  /** Returns what the adapter would be sent for a change of one of this collection's documents. */
  explain(change: ChangeSet): unknown
  /**
   * Waits for calls under way, then refuses every further one with `closed`. The adapter stays open.
   * Rejects with `timeout` if the calls take longer; the collection is closed all the same.
   */
  close(options?: CallLimits): Promise<void>
}

/** A document whose `_id` may be left for the adapter to make. */
export type NewEntity<T> = T extends unknown
  ? { [K in keyof T as Exclude<K, '_id'>]: T[K] } & { readonly _id?: IdOf<T> | undefined }
  : never
