// Makes of an edit what is sent of it: with what `beforeCommit` and the schema add, and computed fields in its state.
import type { ChangeInfo } from '../../changes/change-set.ts'
import type { DocumentName } from '../../document/messages/errors.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { StoreState } from '../../store/store-state.ts'
import type { IdentityMap } from '../identity-map.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { validateEdit } from '../schema/validate.ts'
import { runBeforeCommit } from './before-commit.ts'

/**
 * Returns what is sent of an edit of `base`. Null: nothing. Throws what `beforeCommit` and computed fields throw, an
 * `InvalidError`, and `immutable-field`.
 */
export function completeEdit<T extends object>(
  identityMap: IdentityMap<T>,
  store: StoreState<T>,
  name: DocumentName,
  base: object,
  prepared: NonNullable<Prepared>,
  info: ChangeInfo,
): Prepared {
  if (prepared.op.keys.size === 0) return prepared
  const { beforeCommit, own } = identityMap
  const assertMutable = (op: ObjectOp): void => identityMap.assertMutable(op, name)
  assertMutable(prepared.op)
  // Functions of the caller's run here, which must not edit the document.
  return store.whileEditing(() => {
    let made: Prepared = prepared
    if (beforeCommit !== undefined) {
      const shown = { op: prepared.op, next: own.complete(prepared.next) }
      made = runBeforeCommit(beforeCommit, store, base, shown, info, assertMutable)
      if (made === null) return null
    }
    const valid = validateEdit(identityMap, base, made, name)
    return valid && { op: valid.op, next: own.complete(valid.next) }
  })
}
