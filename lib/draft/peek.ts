import type { Op } from '../changes/ops.ts'
import { capture, restore } from './capture.ts'
import type { StoreScope } from './store-scope.ts'

/** What `finish` would give, without ending anything: drafts stay as they are. O(changed). */
export function peek(scope: StoreScope): { value: object; op: Op | null } {
  if (!scope.isModified()) return { value: scope.root.base, op: null }
  const now = capture(scope)
  try {
    return scope.finish()
  } finally {
    restore(scope, now)
  }
}
