// The change set that the promise of an optimistic edit resolves to. Its listeners heard of it before it was stored;
// now its versions are known, and a replay may have changed its ops.
import { createChangeSet, partsOf, type ChangeSet } from '../../changes/change-set.ts'
import { coverKeys } from '../../changes/ops/drop-keys.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { Step } from '../pipeline/commit-machine.ts'
import type { EditLayer } from './pending-edit.ts'

/** Returns the change set of a layer that was shown before it was stored. Null: it changed nothing. */
export function createStoredChange(
  { layer, made }: Step<EditLayer>,
  base: object,
  versions: { readonly baseVersion: number; readonly version: number },
  leaves: Leaves,
  ownKeys: ReadonlySet<string> | null,
): ChangeSet | null {
  const { shownAs, shownOp, edit } = layer
  if (made.op.keys.size === 0) return null
  const shown = shownAs && partsOf(shownAs)
  const known = { ...edit.info, ...shown?.info, ...versions }
  // A replay may have made another op of it.
  const isSame = shown !== null && shownOp === made.op
  const op = ownKeys === null ? made.op : coverKeys(made.op, base, made.next, ownKeys, leaves)
  return createChangeSet(op, base, made.next, leaves, known, isSame ? shown.source : null)
}
