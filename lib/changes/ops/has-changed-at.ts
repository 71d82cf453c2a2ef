// Answers `edit.hasChanged(path)`: whether a value is another one after an op. `touchesPath` answers the
// wider question whether an op is anywhere near.
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { lookUp, toIndex, toKey, type Path } from '../../document/paths/path.ts'
import { isKeepRun } from '../arrays/runs.ts'
import type { ArrayOp, Op } from './ops.ts'

/**
 * Whether something at or below `path` is another value after `op`. Indices are places in the base: an
 * element that only moved has not changed, one that is gone has. O(depth); below a set O(size of the
 * values).
 */
export function hasChangedAt(op: Op, path: Path, leaves: Leaves): boolean {
  let at: Op | undefined = op
  for (const [depth, segment] of path.entries()) {
    if (at.kind === 'object') at = at.keys.get(toKey(segment) as string)
    else if (at.kind === 'map') at = at.entries.get(segment)
    else if (at.kind === 'members') return [...at.added, ...at.removed].includes(segment)
    else if (at.kind === 'array') {
      const index = toIndex(segment)
      if (index < 0 || index >= at.length) return changesBeyondBase(at, index)
      if (at.removed?.has(index)) return true
      at = at.edits?.get(index)
    } else {
      // The value was set or removed further up: compare the old and the new one.
      const below = path.slice(depth)
      const [then, now] = [
        'old' in at ? at.old : undefined,
        at.kind === 'set' ? at.value : undefined,
      ]
      const [before, after] = [lookUp(then, below), lookUp(now, below)]
      if (before === null || after === null) return before !== after
      return !isEqual(before.value, after.value, leaves, true)
    }
    if (at === undefined) return false
  }
  return at.kind !== 'object' || at.keys.size > 0
}

/**
 * Answers for an index beyond the base (whether an element stands there now) and for `length`, index -1
 * (whether it is another).
 */
function changesBeyondBase(op: ArrayOp, index: number): boolean {
  if (op.runs === null) return false
  let length = 0
  for (const run of op.runs) length += isKeepRun(run) ? run.count : run.insert.length
  return index < 0 ? length !== op.length : index < length
}
