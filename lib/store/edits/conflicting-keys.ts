// Finds conflicts by top-level key, for edits so old that their later changes are no longer kept. Snapshots
// of one store share untouched values, so a comparison by reference tells whether a key was touched.
import { copyMutableLeaves } from '../../document/leaves/copy-mutable-leaves.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { Conflict } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { stepInto } from '../../document/paths/path.ts'

/** The value under a key; null: there is none. */
type Place = { readonly value: unknown } | null

/**
 * Returns a conflict for each top-level key of `op` whose value in `state` is not the one of `then`, by
 * reference. O(touched keys).
 */
export function findConflictingKeys(
  op: ObjectOp,
  then: (key: string) => Place,
  ours: (key: string) => Place,
  state: object,
  leaves: Leaves,
): Conflict[] {
  const conflicts: Conflict[] = []
  for (const key of op.keys.keys()) {
    const [before, now] = [then(key), stepInto(state, key)]
    if (before === null ? now === null : now !== null && Object.is(before.value, now.value))
      continue
    const out = (place: Place): unknown =>
      place === null ? undefined : copyMutableLeaves(place.value, leaves)
    const path = Object.freeze([key])
    conflicts.push({ path, base: out(before), ours: out(ours(key)), theirs: out(now) })
  }
  return conflicts
}
