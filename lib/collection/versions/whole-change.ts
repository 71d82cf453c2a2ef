// The change of a document that is stored in an older shape: the next write carries all that is different.
import { createChangeSet, type ChangeInfo, type ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { EMPTY_OP } from '../../changes/ops/ops.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'

/** Returns the change set of all that is different between a document of an older shape and what is stored instead. */
export function createWholeChange(
  older: object,
  next: object,
  rules: StoreRules,
  info: ChangeInfo,
): ChangeSet {
  const op = diffSnapshots(older, next, rules)?.op ?? EMPTY_OP
  return createChangeSet(op, older, next, rules.leaves, info)
}
