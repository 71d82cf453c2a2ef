import { partsOf, type ChangeSet } from '../../changes/change-set.ts'
import { rebaseOr } from '../../changes/conflicts.ts'
import { misfits } from '../../changes/ops/check-fit.ts'
import { mapOp } from '../../changes/ops/map-op.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { allValues } from '../../changes/ops/values.ts'
import { ConflictError, type Conflict } from '../../document/messages/errors.ts'
import { ingest } from '../../document/ingest.ts'
import { formatPath } from '../../document/paths/path.ts'
import type { Core } from '../store-state.ts'
import { movedKeys } from './conflicting-keys.ts'

/**
 * The op of a change set, ready to be applied to the state of a store; null: nothing is left to do. One
 * that the store made comes on top of what was committed since; where that is not known any more, it must
 * find the very values it was made on: equal ones could be other elements. One of another origin is
 * checked against what it says of its base, and its values are taken in like any others.
 */
export function takeChange<T extends object>(core: Core<T>, change: ChangeSet): ObjectOp | null {
  const { op, values, info, source } = partsOf(change)
  const { leaves } = core.rules
  if (core.made(source) && values !== null) {
    const { baseVersion } = info
    if (baseVersion === core.version) return op
    const theirs =
      baseVersion === undefined ? undefined : core.trail.since(baseVersion, core.version)
    if (theirs === null) return op
    if (theirs !== undefined) return rebaseOr(op, theirs, leaves, {})
    const place = (map: ReadonlyMap<string, unknown>) => (key: string) =>
      map.has(key) ? { value: map.get(key) } : null
    const [before, after] = [allValues(op, values, 'before'), allValues(op, values, 'after')]
    refuse(movedKeys(op, place(before), place(after), core.state, leaves))
    return op
  }
  refuse(misfits(op, core.state, leaves))
  return mapOp(op, (value, path) => ingest(value, core.intake, () => path))
}

function refuse(conflicts: readonly Conflict[]): void {
  if (conflicts.length === 0) return
  const paths = conflicts.map(({ path }) => formatPath(path)).join(', ')
  throw new ConflictError(
    `Expected a change set made on this state. Received one that finds another value at ${paths}. ` +
      'Nothing was applied.',
    conflicts,
  )
}
