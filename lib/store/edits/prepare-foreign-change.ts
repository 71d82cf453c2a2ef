// Prepares a change set for `store.apply` and `document.apply`. The change may be one of this store, of
// another process, or from a log; three cases with three checks.
//
//   made by this store, versions still known      rebase onto the changes since
//   made by this store, versions forgotten        its top-level keys must hold the very values it was made on
//   from elsewhere                                 every old value in it must equal the one found; values are ingested
import { partsOf, type ChangeSet } from '../../changes/change-set.ts'
import { rebaseOrThrow, type RebaseOptions } from '../../changes/conflicts.ts'
import { findMisfits } from '../../changes/ops/find-misfits.ts'
import { mapOp } from '../../changes/ops/map-op.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { collectValues } from '../../changes/ops/nested-values.ts'
import { ConflictError, type Conflict } from '../../document/messages/errors.ts'
import { ingest } from '../../document/ingest.ts'
import { formatPath } from '../../document/paths/path.ts'
import type { StoreState } from '../store-state.ts'
import { findConflictingKeys } from './conflicting-keys.ts'

/**
 * Returns the op of a change set, ready to be applied to `base`, to which `ahead` leads from the state. Null: nothing is
 * left to do. A change of this store is rebased; if its version is too old for that, it must find the very
 * values it was made on, because equal ones could be other elements. A change of another origin must fit by
 * value, and its values are ingested like any others. Throws a `ConflictError`.
 */
export function prepareForeignChange<T extends object>(
  store: StoreState<T>,
  change: ChangeSet,
  base: object = store.state,
  ahead: ObjectOp | null = null,
  rebaseOptions: RebaseOptions = {},
): ObjectOp | null {
  const { op: given, values, source } = partsOf(change)
  const op = store.dropOwn(given)
  const { leaves } = store.rules
  if (store.isSourceOf(source) && values !== null) {
    const theirs = store.composeSince(source?.from ?? null, ahead)
    if (theirs === null) return op
    if (theirs !== undefined) return rebaseOrThrow(op, theirs, leaves, rebaseOptions)
    const place = (map: ReadonlyMap<string, unknown>) => (key: string) =>
      map.has(key) ? { value: map.get(key) } : null
    const [before, after] = [
      collectValues(op, values, 'before'),
      collectValues(op, values, 'after'),
    ]
    throwConflicts(findConflictingKeys(op, place(before), place(after), base, leaves))
    return op
  }
  throwConflicts(findMisfits(op, base, leaves))
  return mapOp(op, (value, path) => ingest(value, store.ingestRules, () => path))
}

function throwConflicts(conflicts: readonly Conflict[]): void {
  if (conflicts.length === 0) return
  const paths = conflicts.map(({ path }) => formatPath(path)).join(', ')
  throw new ConflictError(
    `Expected a change set made on this state. Received one that finds another value at ${paths}. ` +
      'Nothing was applied: rebase the change, or make it anew.',
    conflicts,
  )
}
