import { draftMark } from './draft-mark.ts'
import { unsupportedValueError } from './messages/errors.ts'
import { isCollection, isArrayOrPlain } from './containers.ts'
import type { Path } from './paths/path.ts'

/** Throws `unsupported-value` for a key of a Map that is or holds a draft: drafts end with their edit. */
export function refuseDraftInKey(key: unknown, at: () => Path): void {
  if (typeof key !== 'object' || key === null || !holdsDraft(key)) return
  throw unsupportedValueError(at(), 'a draft as a key of a Map', 'Use an id of what it stands for.')
}

/** Whether a draft stands in `value`, or below it in containers. Of a class only its fields are looked at. */
export function holdsDraft(value: object, seen: Set<object> = new Set()): boolean {
  if (seen.has(value)) return false
  seen.add(value)
  if ((value as { [draftMark]?: unknown })[draftMark] !== undefined) return true
  // Of binary data every byte would be a key.
  if (ArrayBuffer.isView(value)) return false
  const opaque = !isArrayOrPlain(value) && !isCollection(value)
  if (opaque && seen.size > 1) return false
  const inside = isCollection(value) ? [...value].flat() : fieldValuesOf(value)
  return inside.some(item => typeof item === 'object' && item !== null && holdsDraft(item, seen))
}

const fieldValuesOf = (value: object): unknown[] =>
  Object.values(Object.getOwnPropertyDescriptors(value)).map(field => field.value as unknown)
