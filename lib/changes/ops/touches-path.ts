// Answers `change.touches(path)`: whether an op is anywhere on the way to a path, at it, or below.
import { toIndex, toKey, type Path } from '../../document/paths/path.ts'
import { isKeepRun } from '../arrays/runs.ts'
import type { ArrayOp, Op } from './ops.ts'

/** Whether `op` changes something at, above or below `path`. O(depth + runs). */
export function touchesPath(op: Op, path: Path): boolean {
  let at: Op | undefined = op
  for (const segment of path) {
    if (at.kind === 'object') at = at.keys.get(toKey(segment) as string)
    else if (at.kind === 'map') at = at.entries.get(segment)
    else if (at.kind === 'members') return [...at.added, ...at.removed].includes(segment)
    else if (at.kind === 'array') {
      const index = toIndex(segment)
      if (movesElement(at, index)) return true
      at = at.edits?.get(index)
    } else return true
    if (at === undefined) return false
  }
  return true
}

/** Whether the base element `index` does not keep its place. -1 stands for `length` and other names. */
function movesElement(op: ArrayOp, index: number): boolean {
  if (op.runs === null) return false
  if (index < 0) return true
  let place = 0
  for (const run of op.runs) {
    if (isKeepRun(run)) {
      if (run.keep <= index && index < run.keep + run.count) return run.keep !== place
      place += run.count
    } else place += run.insert.length
  }
  // An index beyond the base where still nothing stands has not changed.
  return index < op.length || index < place
}
