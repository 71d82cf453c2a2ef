import type { Op } from '../../changes/ops/ops.ts'
import { capture, restore } from './capture.ts'
import type { StoreScope } from './store-scope.ts'

/**
 * What `finish` would give, without ending anything: drafts stay as they are. Late writes are refused only before
 * the end, not for a look `ahead` of it. O(changed).
 */
export function peek(scope: StoreScope, ahead: boolean): { value: object; op: Op | null } {
  if (!scope.isModified()) return { value: scope.root.base, op: null }
  const now = capture(scope)
  try {
    return scope.finish(ahead)
  } finally {
    restore(scope, now)
  }
}
