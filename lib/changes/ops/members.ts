// Members of Sets in ops. A Set has no keys, so its op lists members that came and went; a member from
// another process is found by value.
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { MembersOp } from './ops.ts'

/**
 * Creates the op of a Set in canonical form: a member that was both removed and added has stayed. Null:
 * nothing changed.
 */
export function createMembersOp(
  came: readonly unknown[],
  went: readonly unknown[],
  leaves: Leaves,
): MembersOp | null {
  const removed = [...went]
  const added = came.filter(value => {
    const at = removed.findIndex(gone => isEqual(gone, value, leaves))
    if (at >= 0) removed.splice(at, 1)
    return at < 0
  })
  if (added.length === 0 && removed.length === 0) return null
  return { kind: 'members', added: Object.freeze(added), removed: Object.freeze(removed) }
}

/**
 * Returns the member of `set` that `value` stands for: itself, or a member that equals it (for ops from
 * elsewhere). Returns `value` if there is none.
 */
export function findMember(
  set: ReadonlySet<unknown>,
  value: unknown,
  leaves: Leaves,
  ordered: boolean = false,
): unknown {
  if (typeof value !== 'object' || value === null || set.has(value)) return value
  for (const member of set) if (isEqual(member, value, leaves, ordered)) return member
  return value
}
