// The part of the contract that tells writes to those who watch.

/**
 * An event of `watch`. `begun` comes first, once: every write that is acknowledged after it will be told. `insert`,
 * `update` and `delete`: a document was written, by whomever. `reset`: events were lost, so everything held must be
 * loaded again. A watch with `resumeToken` goes on behind the event that had this token, or begins with `reset`; tokens
 * survive JSON.
 */
export type WatchEvent =
  | { readonly kind: 'begun'; readonly resumeToken: unknown }
  | { readonly kind: 'reset'; readonly resumeToken: unknown }
  | (WatchedWrite & { readonly resumeToken: unknown })

/** A write, as watchers are told of it. */
export interface WatchedWrite {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly collection: string
  readonly id: unknown
  /** The version that the write made; null where it is not known. 0 for a delete. */
  readonly version: number | null
  /** The id of the commit; null for a writer without bookkeeping. */
  readonly commitId: string | null
}

/** Options of `Adapter.watch`. */
export interface WatchOptions {
  /** The collections whose writes are told. */
  readonly collections: readonly string[]
  readonly resumeToken?: unknown
  /** Ends the watch when it aborts. */
  readonly signal?: AbortSignal
}
