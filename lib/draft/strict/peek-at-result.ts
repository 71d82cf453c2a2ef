// The result of an open edit, without ending it: every question (`hasChanged`, `changeSet`) and every
// commit starts here. It captures the edit, finishes it, and restores it.
import type { Op } from '../../changes/ops/ops.ts'
import { captureEdit, restoreEdit } from './capture.ts'
import type { StoreScope } from './store-scope.ts'

/**
 * Returns what `finish` would return; the drafts stay as they are. With `ahead` late writes are not refused
 * yet. O(changed).
 */
export function peekAtResult(scope: StoreScope, ahead: boolean): { value: object; op: Op | null } {
  if (!scope.isModified()) return { value: scope.root.base, op: null }
  const now = captureEdit(scope)
  try {
    return scope.finish(ahead)
  } finally {
    restoreEdit(scope, now)
  }
}
