import type { Conflict } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** Whose change stands where two clash. */
export type Side = 'ours' | 'theirs'

/** What a rebase needs beside the two changes. */
export interface RebaseContext {
  readonly leaves: Leaves
  /** Which side to take; null: the clash is noted, and nothing done there. */
  settle(conflict: Conflict): Side | null
}
