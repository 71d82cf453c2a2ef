import type { ChangeInfo } from '../changes/change-set.ts'
import { atomicOf, keysOf } from '../changes/identity.ts'
import { badArgument } from '../document/errors.ts'
import type { Rules } from '../draft/store-scope.ts'
import type { CallLimits, DocumentEditOptions } from './collection-types.ts'
import type { EditOptions } from './edit-types.ts'
import type { ComparingOptions } from './store-types.ts'

/** Refuses options that are no object. */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw badArgument('options', 'an object', options)
  }
}

/** Refuses options of an edit that have another shape. */
export function checkEditOptions(options: EditOptions): void {
  checkOptions(options)
  if (options.label !== undefined && typeof options.label !== 'string') {
    throw badArgument('label', 'a text', options.label)
  }
}

/** Refuses what is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw badArgument(name, 'a function', value)
}

/** Refuses what is no signal; none is fine. */
export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgument('signal', 'an AbortSignal', signal)
  }
}

/** Refuses what is no number of events; none is fine. */
export function checkLimit(limit: unknown): void {
  if (limit === undefined || limit === Infinity) return
  if (Number.isSafeInteger(limit) && (limit as number) > 0) return
  throw badArgument('limit', 'a number of events, at least 1', limit)
}

/** Refuses options of an edit of a document that have another shape. */
export function checkDocumentOptions(options: DocumentEditOptions): void {
  checkEditOptions(options)
  checkLimits(options)
}

/** Refuses limits of a call that have another shape. */
export function checkLimits(options: CallLimits): void {
  checkOptions(options)
  checkSignal(options.signal)
  checkTimeout(options.timeoutMS)
}

/** Refuses what is no time; none is fine. */
export function checkTimeout(timeoutMS: unknown): void {
  if (timeoutMS === undefined || (typeof timeoutMS === 'number' && timeoutMS >= 0)) return
  throw badArgument('timeoutMS', 'a number of milliseconds', timeoutMS)
}

/** What a change is to be called, of the options of an edit. */
export function named({
  label,
  meta,
  origin,
}: Pick<ChangeInfo, 'label' | 'meta' | 'origin'>): ChangeInfo {
  return {
    ...(label !== undefined && { label }),
    ...(meta !== undefined && { meta }),
    ...(origin !== undefined && { origin }),
  }
}

/** The rules that were asked for. Throws `bad-argument`. */
export function comparingBy({ keyed, atomic }: ComparingOptions): Pick<Rules, 'keys' | 'atomic'> {
  return { ...(keyed !== undefined && { keys: keysOf(keyed) }), atomic: atomicOf(atomic) }
}
