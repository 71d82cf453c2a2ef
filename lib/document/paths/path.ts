// Paths into documents: their types, their text for people, and how a segment is looked up in each kind of
// container. All folders use them. A path is a list of segments everywhere inside; only `parsePath` and
// `formatPath` know dotted texts.
import { describeValue } from '../messages/describe.ts'

/** A key of a Map, or a member of a Set, other than a string or a number. */
export type OtherKey = {} | null | undefined

/**
 * One step into a document: a key of an object, an index of an array, a key of a Map or a member of a Set.
 */
export type PathSegment = string | number | OtherKey

/** Segments from the root; never a dotted text. */
export type Path = readonly PathSegment[]

/** A path as callers write it: a dotted text (`'address.city'`), or exact segments (`['tags', 0]`). */
export type PathInput = string | Path

/** The length of a path's text from which it is cut in the middle, in characters. */
const MAX_PATH_TEXT = 80

/** Formats a path for people: `"address.city"`, `"tags[0]"`, or `the root`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return 'the root'
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (typeof segment !== 'string') text += `[${describeValue(segment)}]`
    else if (/^[^.[\]"\s]+$/.test(segment)) text += text === '' ? segment : `.${segment}`
    else text += `[${JSON.stringify(segment)}]`
  }
  if (text.length > MAX_PATH_TEXT)
    text = `${text.slice(0, MAX_PATH_TEXT / 2)} ... ${text.slice(-MAX_PATH_TEXT / 2)}`
  return `"${text}"`
}

/**
 * Returns the array index that a segment means, or -1. Only canonical decimals are indices: `'01'` is none.
 */
export function toIndex(segment: unknown): number {
  if (typeof segment === 'number') {
    return Number.isSafeInteger(segment) && segment >= 0 ? segment : -1
  }
  if (typeof segment !== 'string' || segment.length > 15 || segment === '') return -1
  let index = 0
  for (let i = 0; i < segment.length; i++) {
    const digit = segment.charCodeAt(i) - 48
    if (digit < 0 || digit > 9 || (digit === 0 && index === 0 && segment.length > 1)) return -1
    index = index * 10 + digit
  }
  return index
}

/** Returns the object key that a segment means; null for a segment that only a Map or a Set can have. */
export function toKey(segment: PathSegment): string | null {
  return typeof segment === 'string' || typeof segment === 'number' ? String(segment) : null
}

/**
 * Looks one step below `container`. Returns null where nothing stands; properties of a prototype do not
 * count.
 */
export function stepInto(container: unknown, segment: PathSegment): { value: unknown } | null {
  if (typeof container !== 'object' || container === null) return null
  if (Array.isArray(container)) {
    const index = toIndex(segment)
    return index >= 0 && index < container.length ? { value: container[index] } : null
  }
  if (container instanceof Map) {
    return container.has(segment) ? { value: container.get(segment) } : null
  }
  if (container instanceof Set) return container.has(segment) ? { value: segment } : null
  const key = toKey(segment)
  if (key === null || !Object.hasOwn(container, key)) return null
  return { value: Reflect.get(container, key) }
}

/** Looks one step below what was found, if anything was, as a reader does: an array has a length too. */
export const readBelow = (
  found: { value: unknown } | null,
  segment: PathSegment,
): { value: unknown } | null =>
  found &&
  (segment === 'length' && Array.isArray(found.value)
    ? { value: found.value.length }
    : stepInto(found.value, segment))

/** Looks up `path` below `root`. Returns null where nothing stands. O(depth). */
export function lookUp(root: unknown, path: Path): { value: unknown } | null {
  let found: { value: unknown } | null = { value: root }
  for (const segment of path) {
    found = stepInto(found.value, segment)
    if (found === null) return null
  }
  return found
}
