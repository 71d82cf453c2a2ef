// Splits an op at given paths. The history uses it for `exclude`: undo must leave a cursor or a selection
// as it is.
import { toKey, type Path } from '../../document/paths/path.ts'
import type { ObjectOp, Op } from './ops.ts'

/**
 * Splits `op` into the part elsewhere and the part at and below some paths of objects; null for an empty
 * part. A set of a value that contains such a path counts as elsewhere. O(op).
 */
export function splitByPaths(
  op: ObjectOp,
  paths: readonly Path[],
): [elsewhere: ObjectOp | null, there: ObjectOp | null] {
  if (paths.length === 0) return [op, null]
  const elsewhere = new Map<string, Op>()
  const there = new Map<string, Op>()
  for (const [key, below] of op.keys) {
    const deeper = paths.filter(([first]) => toKey(first) === key).map(path => path.slice(1))
    if (deeper.some(path => path.length === 0)) there.set(key, below)
    else if (below.kind === 'object') {
      const [left, right] = splitByPaths(below, deeper)
      if (left !== null) elsewhere.set(key, left)
      if (right !== null) there.set(key, right)
    } else elsewhere.set(key, below)
  }
  return [createObjectOp(elsewhere), createObjectOp(there)]
}

const createObjectOp = (keys: ReadonlyMap<string, Op>): ObjectOp | null =>
  keys.size === 0 ? null : { kind: 'object', keys }
