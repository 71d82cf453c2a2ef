// Follows a place of the base through an op. `validateEdit` uses it to recognise an issue that a document
// had before an edit moved it.
import { toIndex, toKey, type Path, type PathSegment } from '../../document/paths/path.ts'
import { isKeepRun } from '../arrays/runs.ts'
import type { ArrayOp, Op } from './ops.ts'

/**
 * Returns the path after `op` of the value that stood at `path` before. Null: the value is gone or was
 * replaced. O(runs).
 */
export function followPath(op: Op | undefined, path: Path): Path | null {
  const [segment, ...below] = path
  if (op === undefined || segment === undefined) return path
  if (op.kind === 'set' || op.kind === 'unset') return null
  const [to, next] =
    op.kind === 'array' ? followIndex(op, segment) : [segment, opBelow(op, segment)]
  if (to === null) return null
  const moved = followPath(next, below)
  return moved && [to, ...moved]
}

function opBelow(op: Exclude<Op, ArrayOp>, segment: PathSegment): Op | undefined {
  if (op.kind === 'object') return op.keys.get(toKey(segment) as string)
  return op.kind === 'map' ? op.entries.get(segment) : undefined
}

function followIndex(op: ArrayOp, segment: PathSegment): [PathSegment | null, Op | undefined] {
  const index = toIndex(segment)
  if (op.runs === null || index < 0) return [segment, op.edits?.get(index)]
  let at = 0
  for (const run of op.runs) {
    if (isKeepRun(run) && index >= run.keep && index < run.keep + run.count) {
      return [at + index - run.keep, op.edits?.get(index)]
    }
    at += isKeepRun(run) ? run.count : run.insert.length
  }
  return [null, undefined]
}
