// The identity of array elements, and of objects that replace one another.
import { isEditableObject, isObject } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'

/** Returns the identity of an element; undefined: it has none. */
export type KeyOf = (element: unknown) => unknown

/** Stands for the index in a path that leads through an array. */
export const ELEMENT: unique symbol = Symbol('element')

/** The keys that lead somewhere; a Map's as text. */
export type Fields = readonly (string | typeof ELEMENT)[]

/** Returns the identity function for the elements of the array at a path, or for the object there. */
export type KeysByPath = (path: Fields) => KeyOf

/** The key of an object: its `_id`, else its `id`. */
export const keyById: KeyOf = element => readKeyField(element, '_id') ?? readKeyField(element, 'id')

/** An own field of an object; undefined: it has none, or null. */
function readKeyField(element: unknown, field: string): unknown {
  if (!isObject(element) || !Object.hasOwn(element, field)) return undefined
  return (Reflect.get(element, field) as unknown) ?? undefined
}

/** Identifies elements and objects by `_id`, else by `id`, whatever their path. */
export const BY_ID: KeysByPath = () => keyById

/** The path to what stands one step below; where nobody asks for paths, none is made. */
export const pathTo = (
  path: Fields,
  key: Fields[number],
  { keys, atomic }: CompareRules,
): Fields => (keys === BY_ID && atomic === undefined ? path : [...path, key])

/** How two values are compared. */
export interface CompareRules {
  readonly leaves: Leaves
  readonly keys: KeysByPath
  /** Whether an edit at or below a path is a set of all that stands there. */
  readonly atomic?: ((path: Fields) => boolean) | undefined
  /** Whether another order of a Map or Set is a change. */
  readonly ordered?: boolean
  /** The element of the old array that an edit made a new one of; anything else gives itself. */
  readonly originOf?: (value: object) => object
}

/** The key as the key of a Map. Objects, which are leaves like an ObjectId, are known by their text. */
export function hashOfKey(key: unknown, leaves: Leaves): unknown {
  if (typeof key !== 'object' || key === null) return key
  return isEditableObject(key) || leaves.find(key) === null ? undefined : `object ${String(key)}`
}

/**
 * Maps the path of an array to the identity of its elements: the name of a field, or a function of the element. Paths
 * are dotted, without indices. Arrays that are not listed use `_id`, else `id`.
 */
export type Keyed = Readonly<Record<string, string | ((element: never) => unknown)>>

/** Checks what was asked for. Throws `bad-argument`. */
export function parseKeyed(keyed: unknown = {}): KeysByPath {
  if (typeof keyed !== 'object' || keyed === null) {
    throw badArgumentError('keyed', 'key names by path', keyed)
  }
  const known = new Map<string, KeyOf>()
  for (const [path, key] of Object.entries(keyed) as [string, unknown][]) {
    if (typeof key === 'function')
      known.set(path, element => (isObject(element) ? (key as KeyOf)(element) : undefined))
    else if (typeof key === 'string') known.set(path, element => readKeyField(element, key))
    else throw badArgumentError(`keyed[${JSON.stringify(path)}]`, 'a field or a function', key)
  }
  return path => known.get(path.filter(key => key !== ELEMENT).join('.')) ?? keyById
}

/** Checks the paths of what is set as a whole; `*` is any one segment. Throws `bad-argument`. */
export function parseAtomic(paths: unknown): ((path: Fields) => boolean) | undefined {
  if (paths === undefined) return undefined
  if (!Array.isArray(paths) || !paths.every(path => typeof path === 'string' && path !== '')) {
    throw badArgumentError('atomic', 'a list of paths', paths)
  }
  const known = (paths as string[]).map(path => path.split('.'))
  return path =>
    known.some(
      segments =>
        segments.length === path.length &&
        segments.every((segment, at) => segment === '*' || segment === path[at]),
    )
}
