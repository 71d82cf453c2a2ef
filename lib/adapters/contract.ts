import type { ChangeSet } from '../changes/change-set.ts'
import type { Leaf } from '../document/leaves/leaves.ts'

/** What an adapter can do beside the least. */
export interface Capabilities {
  /** `transaction` is there: several documents, all or none. */
  readonly transactions: boolean
  /** How changes by others are told: `durable` over a restart, within this `process`, or not. */
  readonly watch: 'durable' | 'process' | 'none'
  /** Several processes may write at once. */
  readonly multiProcess: boolean
  /** Updates send only what changed; else the whole document is written. */
  readonly partialUpdates: boolean
  /**
   * Limits the nesting depth of documents; the root is level 1. Default: 1,000. A collection refuses a deeper document
   * on insert, edit and `wrap`, before it sends anything.
   */
  readonly maxDepth?: number
  /**
   * Reads may show less than what was acknowledged (of a copy that lags behind), unless they ask for the
   * `primary`. What they show is then asked again there, unless it is ahead of what is known.
   */
  readonly laggingReads?: boolean
  /** Documents that are read are made for the caller alone, who may freeze them; else they are copied. */
  readonly handsOver?: boolean
}

/** How a call is made. */
export interface CallOptions {
  /** How long its answer is waited for: whole milliseconds, at least 1. */
  readonly timeoutMS?: number
  /** For reads: shows every write that was acknowledged before. */
  readonly primary?: boolean
}

/** How long an end may take. */
export interface CloseOptions {
  /** Milliseconds; without limit by default. */
  readonly timeoutMS?: number
}

/** The state a write expects: both version and last commit, so that a document made anew is never hit. */
export interface VersionGuard {
  readonly version: number
  /** Null where a document carries no bookkeeping. */
  readonly commitId: string | null
}

/** One write of one document. The caller makes `commitId` before sending. */
export type Commit =
  | {
      readonly kind: 'insert'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      /** The whole new document, frozen, with its `_id`. */
      readonly next: object
    }
  | {
      readonly kind: 'update'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      readonly next: object
      /** What changed, for adapters that send only that. */
      readonly changeSet: ChangeSet
      readonly guard: VersionGuard
    }
  | {
      readonly kind: 'delete'
      readonly collection: string
      readonly id: unknown
      readonly commitId: string
      readonly guard: VersionGuard | 'none'
    }

/** How a write ended. Every outcome is a result; only faults of the storage itself are thrown. */
export type CommitResult =
  | { readonly status: 'committed'; readonly version: number; readonly commitId: string }
  /** Surely not applied: the document is in another state. */
  | {
      readonly status: 'conflict'
      readonly current?: number
      /** The document as it is stored now, if the adapter has read it; saves the caller another read. */
      readonly stored?: StoredDocument
    }
  /** Surely not applied: the document is gone. */
  | { readonly status: 'missing' }
  /** Surely not applied: refused. `duplicate` where a unique value exists already. */
  | {
      readonly status: 'rejected'
      readonly code: string
      readonly error: Error
      /** Of a `duplicate`: the fields whose values are taken, where that is known. */
      readonly fields?: readonly string[]
    }
  /** May have been applied: never re-run by itself. */
  | { readonly status: 'unknown'; readonly commitId: string; readonly error?: Error }

/** A document as it is stored. */
export interface StoredDocument {
  readonly doc: object
  /** An insert gives 1; every write adds 1. */
  readonly version: number
  readonly commitId: string | null
}

/** A document that a transaction has read, and the state it was in. */
export interface TransactionRead extends VersionGuard {
  readonly collection: string
  readonly id: unknown
  /**
   * `serial`, the default: nobody writes it until the commit. `snapshot`: all reads are of one moment, and
   * unchanged when the commit begins. Where nobody writes during a commit both are the same.
   */
  readonly check?: 'serial' | 'snapshot'
}

/** Which documents, in which order. */
export interface Query {
  /** In MongoDB's language. */
  readonly filter?: Readonly<Record<string, unknown>>
  /** Dotted paths to 1 (ascending) or -1. */
  readonly sort?: Readonly<Record<string, 1 | -1>>
  readonly limit?: number
  readonly skip?: number
}

/** A document of another writer, or the news that everything held must be loaded again. */
export type WatchEvent =
  | {
      readonly kind: 'change'
      readonly collection: string
      readonly id: unknown
      readonly resumeToken: unknown
    }
  | { readonly kind: 'reset' }

/**
 * What stores documents for collections. Paths are arrays of segments, values are frozen; what is
 * handed to an adapter and what it hands out is never written to. `adapterContract` of
 * `cowslip/adapter-contract` tests every promise.
 */
export interface Adapter {
  readonly capabilities: Capabilities
  /** Top-level fields that the adapter keeps for itself. */
  readonly reserved?: readonly string[]
  /** A collection announces itself once, with what its values need. */
  open?(collection: string, options: { readonly leaves: readonly Leaf[] }): void
  /** An id for a document that has none; a random UUID where this is missing. */
  makeId?(): unknown
  /** In the order of `ids`; null for what is absent. */
  load(
    collection: string,
    ids: readonly unknown[],
    options?: CallOptions,
  ): Promise<(StoredDocument | null)[]>
  /** Throws `unsupported-query` for a filter it does not run. */
  find(collection: string, query: Query, options?: CallOptions): AsyncIterable<StoredDocument>
  /** Counts the documents that a filter matches. Optional: collections else run `find` and count what it yields. */
  count?(
    collection: string,
    filter: NonNullable<Query['filter']>,
    options?: CallOptions,
  ): Promise<number>
  /** Resolves when the write is as durable as the adapter promises. */
  commit(commit: Commit, options?: CallOptions): Promise<CommitResult>
  /** What would be sent. */
  explain?(commit: Commit): unknown
  /** Settles what was `unknown`. */
  resolve?(commit: Commit, options?: CallOptions): Promise<CommitResult>
  /**
   * All or none: nothing is applied unless every result is `committed`. `reads` must still be as they
   * were; where one is not, the results (one, if there are no commits) say `conflict`.
   */
  transaction?(
    commits: readonly Commit[],
    reads?: readonly TransactionRead[],
    options?: CallOptions,
  ): Promise<CommitResult[]>
  /** At least once, in order for each document. */
  watch?(options: {
    readonly collections: readonly string[]
    readonly resumeToken?: unknown
  }): AsyncIterable<WatchEvent>
  /**
   * Settles what is under way, then refuses with `closed`. May be called again. Rejects with `timeout` where it takes
   * longer; it goes on all the same.
   */
  close(options?: CloseOptions): Promise<void>
}
