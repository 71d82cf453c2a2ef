/** A plain object, by key. */
export type Dictionary = Record<string, unknown>

/** Whether `value` is a plain object: one made by a literal, by JSON, or with no prototype. */
export function isPlainObject(value: object): value is Dictionary {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isForeignPlain(prototype)
}

/** Another realm's `Object.prototype` (a vm context, an iframe). */
function isForeignPlain(prototype: unknown): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'hasOwnProperty') &&
    Object.hasOwn(prototype as object, 'isPrototypeOf')
  )
}

/** Sets an own property, whatever its name: `__proto__` is data. */
export function setOwn(node: object, key: string, value: unknown): void {
  if (key !== '__proto__') {
    ;(node as Dictionary)[key] = value
    return
  }
  Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true })
}
