import { parseAtomic, parseKeyed } from '../changes/diff/identity.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import type { ComparingOptions } from './store-types.ts'

/** Refuses what is no number of events; none is fine. */
export function checkEventLimit(limit: unknown): void {
  if (limit === undefined || limit === Infinity) return
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return
  throw badArgumentError('limit', 'a number of events, at least 1', limit)
}

/** The rules that were asked for. Throws `bad-argument`. */
export function parseCompareRules({
  keyed,
  atomic,
}: ComparingOptions): Pick<StoreRules, 'keys' | 'atomic'> {
  return { ...(keyed !== undefined && { keys: parseKeyed(keyed) }), atomic: parseAtomic(atomic) }
}
