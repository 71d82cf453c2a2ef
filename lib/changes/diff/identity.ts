// The identity of array elements, and of objects that replace one another. Diff and the drafts of stores
// ask it whether two values are the same thing. The options `keyed` and `atomic` are parsed here; without
// them an object is known by `_id`, else by `id`.
import { isEditableObject, isObject } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'

/** Returns the identity of an element; undefined: it has none. `field` is the name of the field that holds it, if given. */
export type KeyOf = ((element: unknown) => unknown) & { readonly field?: string }

/** Stands for the index in a path that leads through an array. */
export const ELEMENT: unique symbol = Symbol('element')

/** A path of keys, for the options `keyed` and `atomic`; keys of a Map as text. */
export type Fields = readonly (string | typeof ELEMENT)[]

/** Returns the identity function for the elements of the array at a path, or for the object there. */
export type KeysByPath = (path: Fields) => KeyOf

/** Returns the `_id` of an object, else its `id`. */
export const keyById: KeyOf = element => readKeyField(element, '_id') ?? readKeyField(element, 'id')

/** Returns an own field of an object; undefined where it is missing or null. */
function readKeyField(element: unknown, field: string): unknown {
  if (!isObject(element) || !Object.hasOwn(element, field)) return undefined
  return (Reflect.get(element, field) as unknown) ?? undefined
}

/** Identifies elements and objects by `_id`, else by `id`, whatever their path. */
export const BY_ID: KeysByPath = () => keyById

/** Returns the path one step below. Without `keyed` and `atomic` nobody reads paths, and none is built. */
export const pathTo = (
  path: Fields,
  key: Fields[number],
  { keys, atomic }: CompareRules,
): Fields => (keys === BY_ID && atomic === undefined ? path : [...path, key])

/** The rules by which two values are compared. */
export interface CompareRules {
  readonly leaves: Leaves
  readonly keys: KeysByPath
  /** Whether an edit at or below a path becomes a `set` of the whole value there. */
  readonly atomic?: ((path: Fields) => boolean) | undefined
  /** Whether the order of a Map or Set is part of its value. */
  readonly ordered?: boolean
  /** Returns the element of the old array that an edit made this one of; any other value itself. */
  readonly originOf?: (value: object) => object
}

/**
 * Returns an identity as a key of a Map: an object that is a leaf, such as an ObjectId, by its text.
 * Undefined: the identity cannot be a key.
 */
export function hashOfKey(key: unknown, leaves: Leaves): unknown {
  if (typeof key !== 'object' || key === null) return key
  return isEditableObject(key) || leaves.find(key) === null ? undefined : `object ${String(key)}`
}

/**
 * The identity of array elements, by path of the array: the name of a field, or a function of the element.
 * Paths are dotted, without indices. Arrays that are not listed use `_id`, else `id`.
 */
export type Keyed = Readonly<Record<string, string | ((element: never) => unknown)>>

/** Parses the option `keyed`. Throws `bad-argument`. */
export function parseKeyed(keyed: unknown = {}): KeysByPath {
  if (typeof keyed !== 'object' || keyed === null) {
    throw badArgumentError('keyed', 'an object of key names by path', keyed)
  }
  const known = new Map<string, KeyOf>()
  for (const [path, key] of Object.entries(keyed) as [string, unknown][]) {
    if (typeof key === 'function')
      known.set(path, element => (isObject(element) ? (key as KeyOf)(element) : undefined))
    else if (typeof key === 'string') {
      const keyOf = (element: unknown): unknown => readKeyField(element, key)
      known.set(path, Object.assign(keyOf, { field: key }))
    } else throw badArgumentError(`keyed[${JSON.stringify(path)}]`, 'a field or a function', key)
  }
  return path => known.get(path.filter(key => key !== ELEMENT).join('.')) ?? keyById
}

/** Parses the option `atomic`; `*` stands for any one segment. Throws `bad-argument`. */
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
