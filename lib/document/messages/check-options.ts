// Checks of options that are the same everywhere. Each public function calls them before it does anything,
// so that a typo in a name is an error and not a default.
import { badArgumentError } from './errors.ts'

/** Throws `bad-argument` for options that are no object, and for an option whose name is not in `known`. */
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

/** Throws `bad-argument` for anything but a function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw badArgumentError(name, 'a function', value)
}

/** Throws `bad-argument` for anything but an `AbortSignal` or undefined. */
export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgumentError('signal', 'an AbortSignal', signal)
  }
}
