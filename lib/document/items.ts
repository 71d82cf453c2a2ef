import { emptyContainerLike, defineOwn, isCollection, isEnumerable } from './containers.ts'

/**
 * Visits what stands in a container, by its key; of a Set by the member. Of objects all own properties, hidden
 * ones and those under symbols too; accessors give their values, or are left alone where not `accessed`.
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

/** Fills an empty container like `from` with what `show` gives for each item. */
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

/** A copy, one level deep, of any container with all that it has; accessors become their values. */
export const copyAllProperties = (node: object): object =>
  fillLike(node, emptyContainerLike(node), (_, item) => item)

/** The values that a container holds: of an object those under enumerable text keys. Calls getters. */
export const contentsOf = (node: object): Iterable<unknown> =>
  isCollection(node) ? node.values() : Object.values(node)

/** Whether two iterables give the same keys, in the same order; `before` decides how many are compared. */
export function isSameOrder(before: Iterable<unknown>, now: Iterable<unknown>): boolean {
  const keys = now[Symbol.iterator]()
  for (const key of before) if (!Object.is(key, keys.next().value)) return false
  return true
}
