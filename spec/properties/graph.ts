// What a value is, as text: kinds, prototypes, keys in their order with those that are symbols.

/** The text, and the objects in the order in which they were met, each as often as it was. */
export interface Described {
  readonly text: string
  readonly nodes: readonly object[]
}

/** Two values with the same text are alike in all this. `isDraft`: what must not be there. No cycles. */
export function describe(value: unknown, isDraft: (value: object) => boolean): Described {
  const nodes: object[] = []
  const tell = (value: unknown): string => {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'function') return 'function'
    if (typeof value !== 'object' || value === null)
      return Object.is(value, -0) ? '-0' : String(value)
    if (isDraft(value)) throw new Error('a draft is left')
    nodes.push(value)
    return inside(value, tell)
  }
  return { text: tell(value), nodes }
}

function inside(value: object, tell: (value: unknown) => string): string {
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof Map) {
    return `Map{${[...value].map(([key, item]) => `${tell(key)}=>${tell(item)}`).join()}}`
  }
  if (value instanceof Set) return `Set{${[...value].map(tell).join()}}`
  const prototype = Object.getPrototypeOf(value) as object | null
  const kind = prototype === null ? 'null' : (prototype.constructor as { name: string }).name
  const shown = Reflect.ownKeys(value).filter(key => {
    return key === 'length' || Object.prototype.propertyIsEnumerable.call(value, key)
  })
  const fields = shown.map(key => {
    if (Array.isArray(value) && key === 'length') return `length:${value.length}`
    return `${typeof key === 'symbol' ? String(key) : JSON.stringify(key)}:${tell(Reflect.get(value, key))}`
  })
  return `${kind}{${fields.join()}}`
}
