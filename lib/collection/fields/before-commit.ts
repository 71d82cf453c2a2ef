// Runs `beforeCommit` of a collection: a function that may refuse an edit, or add to it. Adds are part of the edit: they
// are undone with it.
import { createChangeSet, type ChangeInfo } from '../../changes/change-set.ts'
import { composeOps } from '../../changes/compose.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { refuseThenable } from '../calls/refuse-thenable.ts'
import type { Draft } from '../../document/types.ts'
import { prepareFields, prepareRecipe, type Prepared } from '../../store/edits/prepare.ts'
import type { StoreState } from '../../store/store-state.ts'
import type { BeforeCommit } from '../collection-types.ts'

/** Returns an edit of `base` with what the function adds. Null: nothing is left of it. Throws what the function throws. */
export function runBeforeCommit<T extends object>(
  beforeCommit: BeforeCommit,
  store: StoreState<T>,
  base: object,
  { op, next }: NonNullable<Prepared>,
  info: ChangeInfo,
  assertMutable: (op: ObjectOp) => void,
): Prepared {
  const change = createChangeSet(op, base, next, store.rules.leaves, info)
  const added = refuseThenable('beforeCommit', beforeCommit(change, next) as unknown)
  if (added === undefined || added === null) return { op, next }
  const more =
    typeof added === 'function'
      ? prepareRecipe(store, added as (draft: Draft<T>) => unknown, next)
      : prepareFields(store, added, next)
  if (more === null) return { op, next }
  assertMutable(more.op)
  const whole = composeOps(op, more.op, store.rules.leaves) as ObjectOp | null
  return whole && { op: whole, next: more.next }
}
