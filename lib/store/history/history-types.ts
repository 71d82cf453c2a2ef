/** One step of a history. */
export interface HistoryEntry {
  /** The version of the store that it led to. */
  readonly version: number
  readonly label?: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The top-level keys that it changed. */
  readonly touched: readonly string[]
}

/** What can be taken back, and done again. */
export interface StoreHistory {
  /** The oldest first: `undo` takes the last one back. */
  readonly past: readonly HistoryEntry[]
  /** The next first: what `redo` does again. */
  readonly future: readonly HistoryEntry[]
  /** Empties both; the state stays. */
  clear(): void
  /** Empties `future`: `redo` does nothing until the next undo. */
  clearFuture(): void
}

/** What a store remembers of its own edits. */
export interface HistoryOptions {
  /** How many steps at most, 100 by default; 0 keeps none. */
  readonly limit?: number
  /** How many bytes their ops may take, roughly; as many as it takes by default. */
  readonly bytes?: number
  /** Edits that follow one another within so many milliseconds are one step; 0 by default: none are. */
  readonly groupMS?: number
  /** Paths below objects that undo leaves as they are: a cursor, a selection. */
  readonly exclude?: readonly (string | readonly (string | number)[])[]
}

/** {@link HistoryOptions}, complete. */
export interface HistoryLimits {
  readonly count: number
  readonly bytes: number
  readonly groupMS: number
}
