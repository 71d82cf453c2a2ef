// The types that `rebaseOp` and `rebaseArrays` share. They stand apart, because the two files call one
// another.
import type { Conflict } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** The side whose change stands where two clash. */
export type Side = 'ours' | 'theirs'

/** What a rebase needs beside the two ops. */
export interface RebaseContext {
  readonly leaves: Leaves
  /**
   * Called for each clash. Returns the side that stands; null: the clash stays open, and the rebase changes
   * nothing there.
   */
  settle(conflict: Conflict): Side | null
}
