import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { MembersOp } from './ops.ts'

/** The op of a Set in canonical form: what came as it went has stayed; null: nothing changed. */
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

/** The member that `value` stands for: itself, else (ops from elsewhere) one that equals it. */
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
