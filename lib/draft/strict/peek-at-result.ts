import type { Op } from '../../changes/ops/ops.ts'
import { captureEdit, restoreEdit } from './capture.ts'
import type { StoreScope } from './store-scope.ts'

/**
 * What `finish` would give, without ending anything: drafts stay as they are. Late writes are refused only before
 * the end, not for a look `ahead` of it. O(changed).
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
