/** One step into a document: an object's key or an array's index. */
export type PathSegment = string | number

/** Exact segments from the root, never a dotted text. */
export type Path = readonly PathSegment[]

/** A path as callers write it: a dotted text (`'address.city'`), or exact segments (`['tags', 0]`). */
export type PathInput = string | Path

/** A path for a person: `"address.city"`, `"tags[0]"`, or `the root`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return 'the root'
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (/^[^.[\]"\s]+$/.test(segment)) text += text === '' ? segment : `.${segment}`
    else text += `[${JSON.stringify(segment)}]`
  }
  return `"${text}"`
}

/** The index a segment means in an array, or -1: canonical decimals only (`'01'` is no index). */
export function toIndex(segment: unknown): number {
  if (typeof segment === 'number') {
    return Number.isSafeInteger(segment) && segment >= 0 ? segment : -1
  }
  if (typeof segment !== 'string' || !/^(?:0|[1-9]\d{0,14})$/.test(segment)) return -1
  return Number(segment)
}

/** What stands at one step below `container`: own values only, never a prototype's. */
export function stepInto(container: unknown, segment: PathSegment): { value: unknown } | null {
  if (typeof container !== 'object' || container === null) return null
  if (Array.isArray(container)) {
    const index = toIndex(segment)
    return index >= 0 && index < container.length ? { value: container[index] } : null
  }
  return Object.hasOwn(container, segment) ? { value: Reflect.get(container, segment) } : null
}

/** What stands at `path` below `root`, or null where nothing does. O(depth). */
export function lookUp(root: unknown, path: Path): { value: unknown } | null {
  let found: { value: unknown } | null = { value: root }
  for (const segment of path) {
    found = stepInto(found.value, segment)
    if (found === null) return null
  }
  return found
}
