// The part of the adapter contract that reading needs: stored documents, queries, pages, and the indexes that answer.
/** Options of one call. */
export interface CallOptions {
  /**
   * The time left for the call, in whole milliseconds, at least 1. Default: no limit. An adapter should pass it on to
   * its storage and answer in time: a write that may have been applied with `unknown`, a read by throwing `timeout`.
   * The collection rejects its caller's promise at that time in any case.
   */
  readonly timeoutMS?: number
  /**
   * Whether a read must show every write that was acknowledged before it. Default: false. Only adapters with
   * `laggingReads` need to look at it.
   */
  readonly primary?: boolean
  /**
   * A session of the caller's, with a transaction under way, in which `load` and `transaction` take place. What is written
   * is stored once the caller commits. Errors of the storage are thrown as they are, because the caller's retries need them.
   */
  readonly session?: object
}

/** A document as it is stored. */
export interface StoredDocument {
  readonly doc: object
  /** 1 after the insert; every write adds 1. 0 for a document that another program wrote without bookkeeping. */
  readonly version: number
  /** The id of the commit that made this version; null without bookkeeping. */
  readonly commitId: string | null
  /** The number of its shape, as the last write gave it; absent: 0, the first one. See `Capabilities.shapes`. */
  readonly shape?: number
  /**
   * The ids of the last commits, the newest first, where the adapter keeps them. They tell whether a commit was applied
   * that others have followed.
   */
  readonly ring?: readonly string[]
}

/** A query: which documents, in which order. */
export interface Query {
  /** A filter in MongoDB's language. Default: all documents. It must mean what it means to MongoDB. */
  readonly filter?: Readonly<Record<string, unknown>>
  /** The order: dotted paths to 1 (ascending) or -1. Default: the order of the storage. */
  readonly sort?: Readonly<Record<string, 1 | -1>>
  /** The greatest number of documents. Default: no limit. 0 means none. */
  readonly limit?: number
  /** The number of documents passed over first. Default: 0. */
  readonly skip?: number
  /**
   * The paths that are read, dotted, `_id` among them. Default: whole documents. An adapter may send more: the collection
   * picks them.
   */
  readonly fields?: readonly string[]
  /** The index to use, the documents in one answer of the storage, and its time limit: hints that change no result. */
  readonly hint?: unknown
  readonly batchSize?: number
  readonly maxTimeMS?: number
  /** The rules to compare texts by. An adapter that does not know them throws `unsupported-query`. */
  readonly collation?: object
}

/** An index of a collection, in MongoDB's terms. */
export interface IndexDefinition {
  /**
   * The indexed fields: dotted paths to 1 (ascending) or -1, in their order. A field that is an array, or lies below
   * one, is indexed by element. Names that are numbers are refused.
   */
  readonly fields: Readonly<Record<string, 1 | -1>>
  /** Whether two documents may not have the same values; a missing field counts as null. Default: false. */
  readonly unique?: boolean
  /** Whether documents that have none of the fields are left out. Default: false. */
  readonly sparse?: boolean
  /**
   * A filter: only documents that it matches are indexed. Values, `$eq`, `$exists: true`, `$gt`, `$gte`, `$lt`, `$lte`,
   * `$type`, `$in` and `$and`. Queries use the index where their filter has the same conditions.
   */
  readonly where?: Readonly<Record<string, unknown>>
  /** Its name. Default: as MongoDB names it, `customer_1_at_-1`. */
  readonly name?: string
}

/** An index with its name. */
export interface NamedIndex extends IndexDefinition {
  readonly name: string
}

/** Names of indexes: those that `syncIndexes` made and dropped, and those that were there. */
export interface SyncedIndexes {
  readonly made: readonly string[]
  readonly dropped: readonly string[]
  readonly same: readonly string[]
}

/** How far an index is built, in documents. */
export interface IndexProgress {
  readonly index: string
  readonly done: number
  readonly total: number
}

/** Options of `syncIndexes` of an adapter. */
export interface SyncIndexesOptions extends CallOptions {
  /** The indexes that there shall be. */
  readonly indexes: readonly IndexDefinition[]
  /** Called while indexes are built, where the adapter builds them itself. */
  readonly onProgress?: (progress: IndexProgress) => void
}

/** Counts of what a query read: `explain()` of a cursor shows them. */
export interface QueryPlan {
  /** The name of the index that was used, `_id_` for ids; null: all documents were read. */
  readonly index: string | null
  /** The number of entries of the index that were read. */
  readonly entries: number
  /** The number of documents that were read. */
  readonly documents: number
}

/** A page of a query. */
export interface StoredPage {
  readonly items: readonly StoredDocument[]
  /** The text that asks for the next page; null: this is the last one. */
  readonly next: string | null
}

/** Options of `page` of an adapter. */
export interface PageOptions extends CallOptions {
  /** The greatest number of documents, at least 1. */
  readonly size: number
  /** `next` of the page before; absent: the first page. */
  readonly after?: string
}
