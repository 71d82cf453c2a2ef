import { equal } from '../document/equality.ts'
import type { Leaves } from '../document/leaves.ts'
import type { MembersOp } from './ops.ts'

/** The op of a Set in canonical form: what came as it went has stayed; null: nothing changed. */
export function membersOp(
  came: readonly unknown[],
  went: readonly unknown[],
  leaves: Leaves,
): MembersOp | null {
  const removed = [...went]
  const added = came.filter(value => {
    const at = removed.findIndex(gone => equal(gone, value, leaves))
    if (at >= 0) removed.splice(at, 1)
    return at < 0
  })
  if (added.length === 0 && removed.length === 0) return null
  return { kind: 'members', added, removed }
}
