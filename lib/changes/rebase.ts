// Rebases one op onto another that was made on the same base. `rebaseOrThrow` calls `rebaseOp`, which goes
// down both trees at once; where only one side touched a place, its op is kept as it is. Arrays are merged
// by `rebaseArrays`.
//
//         theirs
//   base ------> A
//     |ours      | rebaseOp(ours, theirs)
//     v          v
//     B          both           O(both ops)
import { isEqual } from '../document/equality.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Path, PathSegment } from '../document/paths/path.ts'
import { apply } from './apply.ts'
import { composeOps } from './compose.ts'
import { invertOp } from './invert.ts'
import type { MembersOp, Op } from './ops/ops.ts'
import { rebaseArrays } from './arrays/rebase-array.ts'
import type { RebaseContext } from './rebase-context.ts'

/**
 * Returns an equivalent op of `ours` that applies after `theirs`. Returns null where nothing is left to do.
 * Clashes go to `rebasing.settle`.
 */
export function rebaseOp(
  ours: Op | null,
  theirs: Op | null,
  path: Path,
  rebasing: RebaseContext,
): Op | null {
  if (ours === null || theirs === null) return ours
  if (ours.kind === 'object' && theirs.kind === 'object') {
    const keys = rebaseKeys(ours.keys, theirs.keys, path, rebasing)
    return keys && { kind: 'object', keys }
  }
  if (ours.kind === 'map' && theirs.kind === 'map') {
    const entries = rebaseKeys(ours.entries, theirs.entries, path, rebasing)
    return entries && { kind: 'map', entries }
  }
  if (ours.kind === 'members' && theirs.kind === 'members') {
    return rebaseMembers(ours, theirs, rebasing.leaves)
  }
  if (ours.kind === 'array' && theirs.kind === 'array') {
    return rebaseArrays(ours, theirs, path, rebasing, rebaseOp)
  }
  return rebaseWrites(ours, theirs, path, rebasing)
}

function rebaseKeys<K extends PathSegment>(
  ours: ReadonlyMap<K, Op>,
  theirs: ReadonlyMap<K, Op>,
  path: Path,
  rebasing: RebaseContext,
): Map<K, Op> | null {
  const keys = new Map<K, Op>()
  for (const [key, op] of ours) {
    const other = theirs.get(key)
    const rebased = other === undefined ? op : rebaseOp(op, other, [...path, key], rebasing)
    if (rebased !== null) keys.set(key, rebased)
  }
  return keys.size === 0 ? null : keys
}

/** Drops members that both sides added or both removed. */
function rebaseMembers(ours: MembersOp, theirs: MembersOp, leaves: Leaves): MembersOp | null {
  const left = (mine: readonly unknown[], done: readonly unknown[]): readonly unknown[] =>
    Object.freeze(mine.filter(value => !done.some(other => isEqual(other, value, leaves))))
  const added = left(ours.added, theirs.added)
  const removed = left(ours.removed, theirs.removed)
  return added.length + removed.length === 0 ? null : { kind: 'members', added, removed }
}

type Place = { readonly value: unknown } | null

/** Rebases where at least one side wrote or removed the whole value. */
function rebaseWrites(ours: Op, theirs: Op, path: Path, rebasing: RebaseContext): Op | null {
  const base = findBaseValue(ours) ?? findBaseValue(theirs)
  const [mine, other] = [resultOf(ours, base), resultOf(theirs, base)]
  if (isSamePlace(mine, other, rebasing.leaves)) return null
  const side = rebasing.settle({
    path,
    base: base?.value,
    ours: mine?.value,
    theirs: other?.value,
  })
  return side === 'ours' ? composeOps(invertOp(theirs), ours, rebasing.leaves) : null
}

/** Returns the value in the base, if `op` wrote or removed all of it and so carries the old value. */
function findBaseValue(op: Op): Place {
  if (op.kind === 'unset') return { value: op.old }
  return op.kind === 'set' && 'old' in op ? { value: op.old } : null
}

function resultOf(op: Op, base: Place): Place {
  if (op.kind === 'unset') return null
  return { value: op.kind === 'set' ? op.value : apply(base?.value, op) }
}

function isSamePlace(a: Place, b: Place, leaves: Leaves): boolean {
  if (a === null || b === null) return a === b
  return isEqual(a.value, b.value, leaves)
}
