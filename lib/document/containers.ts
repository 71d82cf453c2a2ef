// The kinds of containers a document may hold (plain objects, arrays, Maps, Sets, instances marked
// `immerable`), and how one node of each kind is recognised, copied and frozen. Every other folder calls
// these functions. The rule behind them: a kind is recognised by its prototype alone, so that no code of
// the user's runs.
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

/** Whether `value` is an array or a plain object: the containers of JSON. */
export const isArrayOrPlain = (value: object): boolean =>
  Array.isArray(value) || isPlainObject(value)

/** Whether `prototype` is the `Object.prototype` of another realm (a vm context, an iframe). */
function isForeignPlain(prototype: unknown): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'hasOwnProperty') &&
    Object.hasOwn(prototype as object, 'isPrototypeOf')
  )
}

/** Marks classes whose instances are edited like plain objects; the symbol that Immer uses. */
export const immerable: unique symbol = Symbol.for('immer-draftable') as never

/** Whether `value` is an instance of a class that is marked `immerable`. */
export function isImmerable(value: object): boolean {
  const { constructor, [immerable]: own } = value as Dictionary & { [immerable]?: unknown }
  return !!own || !!(constructor as { [immerable]?: unknown } | undefined)?.[immerable]
}

/** Whether drafts edit `value` key by key: a plain object, or an instance marked `immerable`. */
export const isEditableObject = (value: object): value is Dictionary =>
  isPlainObject(value) || isImmerable(value)

/** Creates an object of the same class, without fields. */
export const emptyObjectLike = (value: object): Dictionary =>
  isPlainObject(value) ? {} : (Object.create(Object.getPrototypeOf(value) as object) as Dictionary)

/**
 * Returns the shape of a node; null: the node is copied key by key. `foreign`: the node may have symbol
 * keys, because no edit of ours made it.
 */
export const getNodeShape = (node: object, foreign: boolean): Shape | null =>
  Object.getPrototypeOf(node) === Object.prototype ? shapeOf(node, foreign) : null

/** Creates an empty container of the same kind and prototype. */
export function emptyContainerLike(value: object): object {
  if (Array.isArray(value)) return []
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  return Object.getPrototypeOf(value) === null
    ? (Object.create(null) as object)
    : emptyObjectLike(value)
}

/**
 * Copies an object one level deep: its enumerable properties, those under symbols too. The copy has the
 * same prototype; a plain object of another realm becomes one of this realm.
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

/** Whether `node` has an own enumerable property `key`. */
export const isEnumerable = (node: object, key: PropertyKey): boolean =>
  Object.prototype.propertyIsEnumerable.call(node, key)

/** Replaces the mutating methods of a frozen Map or Set. Throws. */
function refuseChange(): never {
  throw new TypeError('Expected a read of a frozen Map or Set. Received a change. Edit a draft.')
}

/** Whether `freezeNode` froze this Map or Set. */
export const isFrozenCollection = (value: Collection): boolean =>
  Object.isFrozen(value) && Object.getOwnPropertyDescriptor(value, 'clear')?.value === refuseChange

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set or an instance marked `immerable`. */
export function isDraftable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Object.getPrototypeOf(value) === Object.prototype) return true
  return Array.isArray(value) || isCollection(value) || isEditableObject(value)
}

/** Whether `freezeNode` has nothing left to do on a node. */
export const isFrozenNode = (value: object): boolean =>
  isCollection(value) ? isFrozenCollection(value) : Object.isFrozen(value)

/**
 * Freezes one node. Entries of a Map or Set are not properties and `Object.freeze` leaves them writable, so
 * their mutating methods are replaced by ones that throw.
 */
export function freezeNode<T extends object>(node: T): T {
  // A Map that somebody else froze cannot be given new methods.
  if (Object.isFrozen(node)) return node
  if (isCollection(node)) {
    const field = { value: refuseChange }
    const change = node instanceof Map ? { set: field } : { add: field }
    Object.defineProperties(node, { ...change, delete: field, clear: field })
  }
  return Object.freeze(node)
}

/** Returns the value of an own property; undefined where there is none, whatever the prototype has. */
export const getOwn = (node: Dictionary, key: string): unknown =>
  Object.hasOwn(node, key) ? node[key] : undefined

/** Sets an own property of any name: `__proto__` becomes an ordinary key. */
export function setOwn(node: object, key: string | symbol, value: unknown): void {
  if (key === '__proto__') return defineOwn(node, key, value)
  ;(node as Record<PropertyKey, unknown>)[key] = value
}

/** Sets an own property without calling a setter: a class may have accessors on its prototype. */
export function defineOwn(node: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true })
}
