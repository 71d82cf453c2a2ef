import { setOwn } from '../containers.ts'
import { toKey, type PathSegment } from './path.ts'

/** Puts `value` one step below a mutable container or draft; in a Set in the place of that member. */
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

/** Takes away what stands one step below a mutable container or draft that is no array. */
export function removeAt(container: object, segment: PathSegment): void {
  if (container instanceof Map || container instanceof Set) container.delete(segment)
  else Reflect.deleteProperty(container, toKey(segment) ?? '')
}
