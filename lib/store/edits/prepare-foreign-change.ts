import { partsOf, type ChangeSet } from '../../changes/change-set.ts'
import { rebaseOrThrow } from '../../changes/conflicts.ts'
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
 * The op of a change set, ready to be applied to the state of a store; null: nothing is left to do. One
 * that the store made comes on top of what was committed since; where that is not known any more, it must
 * find the very values it was made on: equal ones could be other elements. One of another origin is
 * checked against what it says of its base, and its values are taken in like any others.
 */
export function prepareForeignChange<T extends object>(
  store: StoreState<T>,
  change: ChangeSet,
): ObjectOp | null {
  const { op, values, info, source } = partsOf(change)
  const { leaves } = store.rules
  if (store.isSourceOf(source) && values !== null) {
    const { baseVersion } = info
    if (baseVersion === store.version) return op
    const theirs =
      baseVersion === undefined
        ? undefined
        : store.recentChanges.composeSince(baseVersion, store.version)
    if (theirs === null) return op
    if (theirs !== undefined) return rebaseOrThrow(op, theirs, leaves, {})
    const place = (map: ReadonlyMap<string, unknown>) => (key: string) =>
      map.has(key) ? { value: map.get(key) } : null
    const [before, after] = [
      collectValues(op, values, 'before'),
      collectValues(op, values, 'after'),
    ]
    throwConflicts(findConflictingKeys(op, place(before), place(after), store.state, leaves))
    return op
  }
  throwConflicts(findMisfits(op, store.state, leaves))
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
