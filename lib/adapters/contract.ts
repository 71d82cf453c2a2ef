// The contract between collections and adapters: what an adapter is asked, by whom and when, and what follows from
// each answer. Collections call these methods and nothing else; `adapterContract` of `cowslip/adapter-contract`
// tests every promise made here. Two rules hold everywhere: values that are handed over are frozen and are never
// written to, and an outcome is a result, never an exception; an adapter throws only where its storage fails.
//
//   document.edit ── commit(update, guard) ──> committed   the document moves to the new version
//                                              conflict    the collection loads the document, the recipe runs again
//                                              missing     the document counts as deleted, the edit rejects
//                                              rejected    the edit rejects, the state stays
//                                              unknown     resolve() is asked, before the next write of this document
import type { ChangeSet } from '../changes/change-set.ts'
import type { Leaf } from '../document/leaves/leaves.ts'
import type {
  CallOptions,
  StoredDocument,
  IndexDefinition,
  PageOptions,
  Query,
  QueryPlan,
  StoredPage,
  SyncedIndexes,
  SyncIndexesOptions,
} from './contract-queries.ts'
import type { WatchEvent, WatchOptions } from './contract-watch.ts'

export type { CallOptions, StoredDocument } from './contract-queries.ts'

/**
 * The abilities of an adapter. Collections read them when a call is made; they must not change while the adapter
 * is open.
 */
export interface Capabilities {
  /**
   * Whether `transaction` exists. Without it `transaction()` of the library refuses documents of this adapter with
   * `bad-argument`; everything else works.
   */
  readonly transactions: boolean
  /**
   * The writes that `watch` tells. `durable`: those of every process, and with a resume token also those made while this
   * process was down. `process`: those of this process. `none`: there is no `watch`, and live documents move only when
   * they are read.
   */
  readonly watch: 'durable' | 'process' | 'none'
  /**
   * Whether several processes may write at once. With `false`, two processes on one storage can lose writes, so an
   * application must have one writer.
   */
  readonly multiProcess: boolean
  /**
   * Whether an update writes only what changed. With `false` the adapter writes `next`, the whole document, and may
   * ignore `changeSet`.
   */
  readonly partialUpdates: boolean
  /**
   * The nesting depth allowed in documents, in levels; the root is level 1. Default: 1,000. A collection refuses a
   * deeper document with `unsupported-value` on insert, edit and `wrap`, before it sends anything.
   */
  readonly maxDepth?: number
  /**
   * Whether a read may show an older state than one that was acknowledged, because it comes from a copy that lags
   * behind. Default: false. With `true`, a read that shows nothing, or no version ahead of the known one, is sent
   * again with `primary`, and only that answer counts.
   */
  readonly laggingReads?: boolean
  /**
   * Whether updates may be guarded by `fields`; documents that are written so have a `ring`. Default: false. Without it
   * a collection with `concurrency` `fields` or `none` is refused with `bad-argument`.
   */
  readonly fieldGuards?: boolean
  /**
   * Whether calls take a `session` of the caller's with a transaction under way. Default: false. Without it a session is
   * refused with `bad-argument`.
   */
  readonly sessions?: boolean
  /**
   * Whether the `shape` of a write is kept with the document and read with it. Default: false. Without it a collection with
   * `versions` is refused with `bad-argument`.
   */
  readonly shapes?: boolean
  /**
   * Whether every document that is read was made for the caller alone. Default: false, and a collection copies what
   * it reads. With `true` it freezes the document in place instead, so the adapter must not keep, share or reuse it.
   */
  readonly handsOver?: boolean
}

/** The properties of a collection that its adapter may need to know. */
export interface OpenOptions {
  /** The leaves that its documents may hold. */
  readonly leaves: readonly Leaf[]
  /** How it guards its updates. Default: `version`. With another, writes need the `ring` of their documents. */
  readonly concurrency?: 'version' | 'fields' | 'none'
  /** Its indexes; they come only to adapters that have `syncIndexes`. `open` throws `bad-argument` for bad ones. */
  readonly indexes?: readonly IndexDefinition[]
}

/** Options of `close`. */
export interface CloseOptions {
  /** The time to wait for calls under way, in milliseconds. Default: no limit. */
  readonly timeoutMS?: number
}

/**
 * The stored state that a write expects. It has the version and the id of the last commit: the version alone would
 * also fit a document that was deleted and inserted anew.
 */
export interface VersionGuard {
  readonly version: number
  /** The id of the commit that made this version; null where the stored document carries no bookkeeping. */
  readonly commitId: string | null
}

/**
 * One place that must be stored as the writer saw it. `path` has the keys of objects and the places in arrays, as the
 * writer saw them. Values are compared by type and value, objects whatever the order of their keys. A place whose
 * parent is not there does not fit.
 */
export interface FieldGuard {
  readonly path: readonly (string | number)[]
  /** Whether there is a value. */
  readonly has: boolean
  /** The value: a leaf, or a whole array, Map or Set. Absent: only `has` and `keys` count. */
  readonly value?: unknown
  /** The keys of an object, in any order. */
  readonly keys?: readonly string[]
  /**
   * The array element that the path leads through, in the array of keyed elements at the first `at` segments: it is the
   * one with this value in `field`, wherever it stands.
   */
  readonly key?: { readonly at: number; readonly field: string; readonly value: unknown }
}

/**
 * The stored state that an update expects or, with `fields`, only these places of it; an empty list
 * expects nothing. With `fields`, version and commit id say what the writer saw and are not compared. Where `ring` of
 * the stored document has the id of the commit, nothing is written, because it was applied before; the answer is
 * `conflict`, or `committed` with the version that it made.
 */
export interface UpdateGuard extends VersionGuard {
  readonly fields?: readonly FieldGuard[]
  /** With `fields`: the shape that must be stored; absent: 0, as of a stored document. */
  readonly shape?: number
}

/**
 * One write of one document. `commitId` is a UUID, made by the collection before it sends; the adapter stores it
 * with the document and recognises a write by it. A commit that is sent twice must not be applied twice; the guard
 * sees to that.
 */
export type Commit =
  | {
      readonly kind: 'insert'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      /** The whole new document, frozen, with its `_id`. */
      readonly next: object
      /** The number of its shape, to be kept with it; absent: none. */
      readonly shape?: number
    }
  | {
      readonly kind: 'update'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      /** The whole document after the update, frozen, for adapters that write it whole. */
      readonly next: object
      /** The change, for adapters with `partialUpdates`. It may be empty where only the shape is another. */
      readonly changeSet: ChangeSet
      /** The number of its shape after the update, to be kept with it; absent: none. */
      readonly shape?: number
      /** The stored state that the update expects; in any other state the answer is `conflict`. */
      readonly guard: UpdateGuard
    }
  | {
      readonly kind: 'delete'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      /** The stored state that the delete expects; with `none` it deletes the document in any state. */
      readonly guard: VersionGuard | 'none'
      /** The document as its writer knows it, for adapters that find it by more than its id; absent: not known. */
      readonly base?: object
    }

/** The outcome of a write. Every outcome is a result; an adapter throws only where its storage fails. */
export type CommitResult =
  /** The write was applied. The document moves to this version and tells its listeners. */
  | { readonly status: 'committed'; readonly version: number; readonly commitId: string }
  /**
   * The write was not applied: the stored document is in another state than `guard`. The collection takes in the
   * stored document and makes the edit again on it, until its time is over.
   */
  | {
      readonly status: 'conflict'
      /** The stored version, where the adapter knows it; listeners of `conflict` get it. */
      readonly current?: number
      /** The stored document, where the adapter has read it; saves the collection a read. */
      readonly stored?: StoredDocument
    }
  /** The write was not applied: no document has this id. The live document counts as deleted, the edit rejects. */
  | { readonly status: 'missing' }
  /**
   * The write was not applied, and would be refused again. The edit rejects with `duplicate` (for the code
   * `duplicate`) or `rejected`; `error` becomes its `cause`.
   */
  | {
      readonly status: 'rejected'
      /** A short name of the reason. `duplicate`: a unique value exists already. */
      readonly code: string
      readonly error: Error
      /** For `duplicate`: the fields whose values are taken, where the adapter knows them. */
      readonly fields?: readonly string[]
    }
  /**
   * The write may or may not have been applied (a lost connection, a time limit). The edit rejects with `unknown`.
   * Before the next write of this document the collection calls `resolve`; it never sends the edit again by itself.
   */
  | { readonly status: 'unknown'; readonly commitId: string; readonly error?: Error }

/** A document that a transaction read without writing it, in the state it was read in. */
export interface TransactionRead extends VersionGuard {
  readonly collection: string
  readonly id: unknown
  /**
   * The promise for this read. `serial`, the default: nobody writes the document until the commit, so two
   * transactions that each write what the other read cannot both commit. `snapshot`: all reads are of one moment and
   * unchanged when the commit begins. An adapter with one writer at a time keeps both by comparing versions.
   */
  readonly check?: 'serial' | 'snapshot'
}

/**
 * Stores the documents of collections. Paths are arrays of segments, values are frozen; neither side writes to what
 * the other handed over. Five members are required: `capabilities`, `load`, `find`, `commit` and `close`.
 *
 * @example
 * import { createCollection, type Adapter, type StoredDocument } from 'cowslip'
 * import { decide, idKey, runQuery } from 'cowslip/adapter-contract'
 *
 * function mapAdapter(): Adapter {
 *   const documents = new Map<string, StoredDocument>()
 *   const keyOf = (collection: string, id: unknown) => `${collection} ${idKey(id)}`
 *   const listOf = (collection: string) =>
 *     [...documents].filter(([key]) => key.startsWith(`${collection} `)).map(([, stored]) => stored)
 *   return {
 *     capabilities: { transactions: false, watch: 'none', multiProcess: false, partialUpdates: false },
 *     async load(collection, ids) {
 *       return ids.map(id => documents.get(keyOf(collection, id)) ?? null)
 *     },
 *     async *find(collection, query) {
 *       yield* runQuery(listOf(collection), query)
 *     },
 *     async commit(commit) {
 *       const key = keyOf(commit.collection, commit.id)
 *       const result = decide(documents.get(key) ?? null, commit)
 *       if (result.status !== 'committed') return result
 *       if (commit.kind === 'delete') documents.delete(key)
 *       else documents.set(key, { doc: commit.next, version: result.version, commitId: result.commitId })
 *       return result
 *     },
 *     async close() {},
 *   }
 * }
 *
 * const people = createCollection<{ _id: string; name: string }>('people', { adapter: mapAdapter() })
 * const ada = await people.insert({ _id: 'ada', name: 'Ada' })
 * await ada.edit(draft => { draft.name = 'Grace' })
 * ada.version // 2
 */
export interface Adapter {
  /** Returns the leaves by which values of its own types, such as those of BSON, are written as text. Default: none. */
  textLeaves?(): Promise<readonly Leaf[]>
  /** The abilities of this adapter; see {@link Capabilities}. */
  readonly capabilities: Capabilities
  /**
   * Top-level fields that the adapter keeps for itself, such as `_cow` of MongoDB. Default: none. Collections refuse
   * a change of them with `immutable-field`, and new documents that have them with `bad-argument`; `load` and `find`
   * must leave them out.
   */
  readonly reserved?: readonly string[]
  /**
   * Called once by `createCollection`, before anything else of that collection. Optional: for adapters that write values
   * themselves and need `encode` and `decode` of the leaves, or that keep rings only where they are needed.
   */
  open?(collection: string, options: OpenOptions): void
  /**
   * Returns an id for a new document without one. Called by `insert` and `wrap`. Default: a random UUID as text.
   */
  makeId?(): unknown
  /**
   * Reads documents by id. Called by `get` and `reload`, and after a conflict. Returns one entry for each of `ids`, in
   * their order; null for an id that is not stored. Ids are compared by value (5 and `5n` are one): see `idKey`.
   */
  load(
    collection: string,
    ids: readonly unknown[],
    options?: CallOptions,
  ): Promise<(StoredDocument | null)[]>
  /**
   * Yields the documents that a query matches. Called by `find`, `findOne` and `states`; the collection may stop in
   * the middle (`return`), which must free everything. Throws `unsupported-query` for a filter that the adapter does
   * not run. `runQuery` of `cowslip/adapter-contract` does it for documents in memory.
   */
  find(collection: string, query: Query, options?: CallOptions): AsyncIterable<StoredDocument>
  /**
   * Counts the documents that a filter matches. Called by `count`. Default: the collection runs `find` and counts.
   */
  count?(
    collection: string,
    filter: NonNullable<Query['filter']>,
    options?: CallOptions,
  ): Promise<number>
  /**
   * Reads one page of a query: at most `size` documents, behind the place that `after` names, and the text that names
   * the place of the last one. Without a sort the order is that of `_id`. Throws `bad-argument` for a text of another
   * sort. Default: `page` of a cursor is refused with `bad-argument`.
   */
  page?(collection: string, query: Query, options: PageOptions): Promise<StoredPage>
  /** Runs a query and returns what it read. Default: `explain` of a cursor is refused with `bad-argument`. */
  explainQuery?(collection: string, query: Query, options?: CallOptions): Promise<QueryPlan>
  /**
   * Brings the indexes of the storage into line with `indexes`: makes, drops, and resolves when all are
   * built. Throws `duplicate` where documents share a unique value, `rejected` where one cannot be indexed. Default:
   * collections with `indexes` are refused with `bad-argument`.
   */
  syncIndexes?(collection: string, options: SyncIndexesOptions): Promise<SyncedIndexes>
  /** Returns the storage's own object for a collection, which `collection.native` shows. Optional. */
  native?(collection: string): unknown
  /**
   * Applies one write. Called by `insert`, `edit`, `patch`, `apply` and `delete`, one at a time for each document.
   * Resolves when the write is as durable as the adapter promises. Must compare `guard` and write in one atomic step:
   * what a collection knows of conflicts it knows from here. `decide` finds the result where the adapter sees the
   * stored document while it writes. See {@link CommitResult} for what follows from each answer.
   */
  commit(commit: Commit, options?: CallOptions): Promise<CommitResult>
  /**
   * Applies writes of different documents, independent of each other: each has its own outcome, in the order of
   * `commits`. Called with the commits of documents that were edited together. A write that `commit` would throw for is
   * `rejected` with that error. Default: the collection calls `commit` for each.
   */
  commitMany?(commits: readonly Commit[], options?: CallOptions): Promise<CommitResult[]>
  /**
   * Returns what would be sent for a commit, for people: `collection.explain(change)` shows it. Default: the commit.
   */
  explain?(commit: Commit): unknown
  /**
   * Finds out what became of a commit that ended `unknown`; it may send the commit again, for the guard and
   * `commitId` make that safe. Called at once after `unknown`, and once more before the next write of that document.
   * Default: the outcome stays `unknown`, and the collection loads the document.
   */
  resolve?(commit: Commit, options?: CallOptions): Promise<CommitResult>
  /**
   * Applies several writes, all or none: nothing may be applied unless every result is `committed`. Called by
   * `transaction()`. `reads` must still be in the given state; where one is not, every result (one, if there are no
   * commits) is `conflict`, and the library runs the callback again. Needs `capabilities.transactions`.
   */
  transaction?(
    commits: readonly Commit[],
    reads?: readonly TransactionRead[],
    options?: CallOptions,
  ): Promise<CommitResult[]>
  /**
   * Yields the writes of all writers, at least once each, in order for each document; it ends when the adapter closes.
   * Called while somebody watches a collection or listens to one of its documents; the collection then loads what was
   * written. Must not keep the process alive. Needs `capabilities.watch`. `WatchFeed` of `cowslip/adapter-contract` does
   * it for writers of one process.
   */
  watch?(options: WatchOptions): AsyncIterable<WatchEvent>
  /**
   * Waits for calls under way, then refuses every further one with `closed`. Called by the application; closing a
   * collection leaves its adapter open. May be called again. Rejects with `timeout` where the calls take longer than
   * `timeoutMS`; the adapter closes all the same.
   */
  close(options?: CloseOptions): Promise<void>
}
