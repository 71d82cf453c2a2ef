// The types that `rebaseOp` and `rebaseArrays` share: the second is called by the first and calls it back for
// elements.
import type { Conflict } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** The side whose change stands where two clash. */
export type Side = 'ours' | 'theirs'

/** The leaves and the answers to clashes that a rebase needs. */
export interface RebaseContext {
  readonly leaves: Leaves
  /**
   * Called for each clash. Returns the side that stands; null: the clash stays open, and the rebase changes
   * nothing there.
   */
  settle(conflict: Conflict): Side | null
}
