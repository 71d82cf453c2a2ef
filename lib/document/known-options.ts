import { badArgument } from './errors.ts'

/** Refuses options that are no object, and names that are not known: a typo would do nothing. Throws `bad-argument`. */
export function checkKnown(options: unknown, known: readonly string[], name = 'options'): void {
  if (typeof options !== 'object' || options === null) throw badArgument(name, 'an object', options)
  for (const key of Object.keys(options)) {
    const value = (options as Readonly<Record<string, unknown>>)[key]
    if (value === undefined || known.includes(key)) continue
    throw badArgument(`${name}.${key}`, `one of ${known.join(', ') || 'no options'}`, value)
  }
}
