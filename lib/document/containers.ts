import { copyPlain, shapeOf, type Shape } from './shapes.ts'

/** A plain object, by key. */
export type Dictionary = Record<string, unknown>

/** Whether `value` is a plain object: one made by a literal, by JSON, or with no prototype. */
export function isPlainObject(value: object): value is Dictionary {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isForeignPlain(prototype)
}

/** Whether `value` is an object: a container, a leaf or a draft; no function. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null

/** A Map or a Set. */
export type Collection = Map<unknown, unknown> | Set<unknown>

/** Whether `value` is a Map or a Set. */
export const isCollection = (value: object): value is Collection =>
  value instanceof Map || value instanceof Set

/** Whether `value` is an array or a plain object, as JSON has them. */
export const isArrayOrPlain = (value: object): boolean =>
  Array.isArray(value) || isPlainObject(value)

/** Another realm's `Object.prototype` (a vm context, an iframe). */
function isForeignPlain(prototype: unknown): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'hasOwnProperty') &&
    Object.hasOwn(prototype as object, 'isPrototypeOf')
  )
}

/** Immer's mark of classes whose instances are edited like plain objects. */
export const immerable: unique symbol = Symbol.for('immer-draftable') as never

/** Whether `value` is an instance of a class that is marked `immerable`. */
export function isImmerable(value: object): boolean {
  const { constructor, [immerable]: own } = value as Dictionary & { [immerable]?: unknown }
  return !!own || !!(constructor as { [immerable]?: unknown } | undefined)?.[immerable]
}

/** Whether `value` is edited key by key. */
export const isEditableObject = (value: object): value is Dictionary =>
  isPlainObject(value) || isImmerable(value)

/** A new object of the same class, without fields. */
export const emptyObjectLike = (value: object): Dictionary =>
  isPlainObject(value) ? {} : (Object.create(Object.getPrototypeOf(value) as object) as Dictionary)

/** The shape of a node; null: it is copied key by key. `foreign`: it may be of any shape. */
export const getNodeShape = (node: object, foreign: boolean): Shape | null =>
  Object.getPrototypeOf(node) === Object.prototype ? shapeOf(node, foreign) : null

/** An empty container of the same kind and prototype. */
export function emptyContainerLike(value: object): object {
  if (Array.isArray(value)) return []
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  return Object.getPrototypeOf(value) === null
    ? (Object.create(null) as object)
    : emptyObjectLike(value)
}

/**
 * A copy, one level deep, of an object of this shape: what is enumerable, symbols too. It has the same
 * prototype, but that of another realm's plain object is ours.
 */
export function copyNode(node: object, shape: Shape | null): Dictionary {
  const prototype: unknown = Object.getPrototypeOf(node)
  if (prototype === Object.prototype) return copyPlain(node, shape) as Dictionary
  const copy = emptyContainerLike(node) as Dictionary
  if (prototype === null) return Object.assign(copy, node)
  for (const key of Reflect.ownKeys(node)) {
    if (isEnumerable(node, key)) defineOwn(copy, key, Reflect.get(node, key))
  }
  return copy
}

/** Whether `node` has an enumerable property of its own under `key`. */
export const isEnumerable = (node: object, key: PropertyKey): boolean =>
  Object.prototype.propertyIsEnumerable.call(node, key)

/** What a frozen Map or Set answers whoever tries to change it. */
function refuseChange(): never {
  throw new TypeError('Expected a read of a frozen Map or Set. Received a change. Edit a draft.')
}

/** Whether `value` is a Map or Set that `freezeNode` froze. */
export const isFrozenCollection = (value: Collection): boolean =>
  Object.isFrozen(value) && Object.getOwnPropertyDescriptor(value, 'clear')?.value === refuseChange

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set or an instance marked `immerable`. */
export function isDraftable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Object.getPrototypeOf(value) === Object.prototype) return true
  return Array.isArray(value) || isCollection(value) || isEditableObject(value)
}

/** Whether a node is frozen, as `freezeNode` does it. */
export const isFrozenNode = (value: object): boolean =>
  isCollection(value) ? isFrozenCollection(value) : Object.isFrozen(value)

/** Freezes one node. What a Map or Set holds is no property, so their methods are taken away. */
export function freezeNode<T extends object>(node: T): T {
  // A Map that was frozen elsewhere takes no new methods.
  if (Object.isFrozen(node)) return node
  if (isCollection(node)) {
    const field = { value: refuseChange }
    const change = node instanceof Map ? { set: field } : { add: field }
    Object.defineProperties(node, { ...change, delete: field, clear: field })
  }
  return Object.freeze(node)
}

/** Reads an own property; undefined where there is none, whatever the prototype has. */
export const getOwn = (node: Dictionary, key: string): unknown =>
  Object.hasOwn(node, key) ? node[key] : undefined

/** Sets an own property, whatever its name: `__proto__` is data. */
export function setOwn(node: object, key: string | symbol, value: unknown): void {
  if (key === '__proto__') return defineOwn(node, key, value)
  ;(node as Record<PropertyKey, unknown>)[key] = value
}

/** The same where the prototype may have accessors, as a class may. */
export function defineOwn(node: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true })
}
