// The public types of the history.

/** One step of a history. */
export interface HistoryEntry {
  /** The version of the store that the step led to. */
  readonly version: number
  readonly label?: string
  /** The time of the edit, in milliseconds since 1970. */
  readonly at: number
  /** The top-level keys that the step changed. */
  readonly touched: readonly string[]
}

/** The steps that can be undone and redone. */
export interface StoreHistory {
  /** The steps to undo, the oldest first: `undo` takes the last. */
  readonly past: readonly HistoryEntry[]
  /** The steps to redo, the next first. */
  readonly future: readonly HistoryEntry[]
  /** Clears both lists; the state stays. */
  clear(): void
  /** Clears `future`: `redo` does nothing until the next undo. */
  clearFuture(): void
}

/** Options of a history. */
export interface HistoryOptions {
  /** The greatest number of steps, 100 by default; 0 keeps none. */
  readonly limit?: number
  /** The memory that their ops may take, in bytes, estimated; without limit by default. */
  readonly bytes?: number
  /** The time within which consecutive edits are one step, in milliseconds; 0 by default: never. */
  readonly groupMS?: number
  /** Paths below objects that undo leaves as they are, such as a cursor or a selection. */
  readonly exclude?: readonly (string | readonly (string | number)[])[]
}

/** The options with all defaults filled in. */
export interface HistoryLimits {
  readonly count: number
  readonly bytes: number
  readonly groupMS: number
}
