import { badArgumentError } from './errors.ts'

/** Refuses options that are no object, and names that are not known: a typo would do nothing. Throws `bad-argument`. */
export function checkKnownOptions(
  options: unknown,
  known: readonly string[],
  name = 'options',
): void {
  if (typeof options !== 'object' || options === null)
    throw badArgumentError(name, 'an object', options)
  for (const key of Object.keys(options)) {
    const value = (options as Readonly<Record<string, unknown>>)[key]
    if (value === undefined || known.includes(key)) continue
    throw badArgumentError(`${name}.${key}`, `one of ${known.join(', ') || 'no options'}`, value)
  }
}

/** Refuses what is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw badArgumentError(name, 'a function', value)
}

/** Refuses what is no signal; none is fine. */
export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgumentError('signal', 'an AbortSignal', signal)
  }
}
