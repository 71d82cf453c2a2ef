import { atomicOf, keysOf } from '../changes/diff/identity.ts'
import { badArgument } from '../document/messages/errors.ts'
import type { Rules } from '../draft/strict/store-scope.ts'
import type { ComparingOptions } from './store-types.ts'

/** Refuses what is no number of events; none is fine. */
export function checkLimit(limit: unknown): void {
  if (limit === undefined || limit === Infinity) return
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return
  throw badArgument('limit', 'a number of events, at least 1', limit)
}

/** The rules that were asked for. Throws `bad-argument`. */
export function comparingBy({ keyed, atomic }: ComparingOptions): Pick<Rules, 'keys' | 'atomic'> {
  return { ...(keyed !== undefined && { keys: keysOf(keyed) }), atomic: atomicOf(atomic) }
}
