// Names values in error texts. The functions run no code of the value: no `toString`, no getter, no proxy
// trap but those of reading a prototype.

/** Describes a value for an error text. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') {
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value)
  }
  if (typeof value === 'symbol') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return 'an array'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'a plain object'
  return describeInstance(value)
}

/** Describes an object by the name of its class; also of a class that extends `Array`. */
export function describeInstance(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  const own = (holder: unknown, key: string): unknown =>
    holder == null ? undefined : Object.getOwnPropertyDescriptor(holder, key)?.value
  const name = own(own(prototype, 'constructor'), 'name')
  return typeof name === 'string' && name !== ''
    ? `an instance of ${name}`
    : 'an object of an unknown class'
}
