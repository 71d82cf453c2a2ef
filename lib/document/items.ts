// Iteration over the items of any container, and copies made item by item. `ingest`, `current`, `produce`
// and the late-write check use it where they do not care which kind of container they have.
import { emptyContainerLike, defineOwn, isCollection, isEnumerable } from './containers.ts'

/**
 * Calls `visit` with each item of a container and its key; for a Set the key is the member. Of objects all
 * own properties are visited, hidden ones and those under symbols too. Accessors are called; with
 * `accessed` false they are skipped.
 */
export function forEachItem(
  node: object,
  visit: (key: unknown, item: unknown) => void,
  accessed = true,
): void {
  if (node instanceof Map) for (const [key, item] of node) visit(key, item)
  else if (node instanceof Set) for (const item of node) visit(item, item)
  else if (Array.isArray(node)) for (let at = 0; at < node.length; at++) visit(at, node[at])
  else if (accessed) for (const key of Reflect.ownKeys(node)) visit(key, Reflect.get(node, key))
  else {
    const fields = Object.getOwnPropertyDescriptors(node) as Record<PropertyKey, PropertyDescriptor>
    for (const key of Reflect.ownKeys(fields)) visit(key, fields[key]?.value)
  }
}

/** Fills the empty container `copy` with what `show` returns for each item of `from`. */
export function fillLike<T extends object>(
  from: object,
  copy: T,
  show: (key: unknown, item: unknown) => unknown,
): T {
  forEachItem(from, (key, item) => {
    const value = show(key, item)
    if (copy instanceof Map) copy.set(key, value)
    else if (copy instanceof Set) copy.add(value)
    else if (Array.isArray(copy)) copy[key as number] = value
    else if (isEnumerable(from, key as PropertyKey)) defineOwn(copy, key as string, value)
    else Object.defineProperty(copy, key as string, { value, writable: true, configurable: true })
  })
  return copy
}

/** Copies any container one level deep, with all its properties; accessors become their values. */
export const copyAllProperties = (node: object): object =>
  fillLike(node, emptyContainerLike(node), (_, item) => item)

/**
 * Returns the values that a container holds; of an object those under enumerable string keys. Calls
 * getters.
 */
export const contentsOf = (node: object): Iterable<unknown> =>
  isCollection(node) ? node.values() : Object.values(node)

/** Whether `now` begins with the keys of `before`, in the same order. */
export function isSameOrder(before: Iterable<unknown>, now: Iterable<unknown>): boolean {
  const keys = now[Symbol.iterator]()
  for (const key of before) if (!Object.is(key, keys.next().value)) return false
  return true
}
