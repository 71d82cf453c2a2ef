// Writes one step below any container, by a path segment. Patches and `rollback(path)` use these functions
// on drafts, where a write is logged as if the user had made it.
import { setOwn } from '../containers.ts'
import { toKey, type PathSegment } from './path.ts'

/**
 * Sets the value one step below a mutable container or draft. In a Set, `value` replaces the member
 * `segment`.
 */
export function setAt(container: object, segment: PathSegment, value: unknown): void {
  if (container instanceof Map) container.set(segment, value)
  else if (container instanceof Set) {
    container.delete(segment)
    container.add(value)
  } else {
    const key = toKey(segment) ?? ''
    if (key === '__proto__') setOwn(container, key, value)
    else Reflect.set(container, key, value)
  }
}

/** Removes the value one step below a mutable container or draft other than an array. */
export function removeAt(container: object, segment: PathSegment): void {
  if (container instanceof Map || container instanceof Set) container.delete(segment)
  else Reflect.deleteProperty(container, toKey(segment) ?? '')
}
