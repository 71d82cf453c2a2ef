// Options that stores and collections share.
import { parseAtomic, parseKeyed } from '../changes/diff/identity.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import type { ComparingOptions } from './store-types.ts'

/** Throws `bad-argument` for anything but a number of events or undefined. */
export function checkEventLimit(limit: unknown): void {
  if (limit === undefined || limit === Infinity) return
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return
  throw badArgumentError('limit', 'a number of events, at least 1', limit)
}

/** Parses the options `keyed` and `atomic`. Throws `bad-argument`. */
export function parseCompareRules({
  keyed,
  atomic,
}: ComparingOptions): Pick<StoreRules, 'keys' | 'atomic'> {
  return { ...(keyed !== undefined && { keys: parseKeyed(keyed) }), atomic: parseAtomic(atomic) }
}
