// Finds drafts where none can be replaced: in keys of Maps and inside objects that the engine does not look
// into. `ingest` and `produce` call it and refuse such values, because a draft is dead once its edit has
// ended.
import { draftMark } from './draft-mark.ts'
import { unsupportedValueError } from './messages/errors.ts'
import { isCollection, isArrayOrPlain } from './containers.ts'
import type { Path } from './paths/path.ts'

/** Throws `unsupported-value` for a key of a Map that is a draft or holds one. */
export function refuseDraftInKey(key: unknown, at: () => Path): void {
  if (typeof key !== 'object' || key === null || !holdsDraft(key)) return
  throw unsupportedValueError(at(), 'a draft as a key of a Map', 'Use an id of what it stands for.')
}

/**
 * Whether `value` is a draft or holds one in its containers. Of an instance of a class only its own fields
 * are checked.
 */
export function holdsDraft(value: object, seen: Set<object> = new Set()): boolean {
  if (seen.has(value)) return false
  seen.add(value)
  if ((value as { [draftMark]?: unknown })[draftMark] !== undefined) return true
  // Of binary data every byte would be a field.
  if (ArrayBuffer.isView(value)) return false
  const opaque = !isArrayOrPlain(value) && !isCollection(value)
  if (opaque && seen.size > 1) return false
  const inside = isCollection(value) ? [...value].flat() : fieldValuesOf(value)
  return inside.some(item => typeof item === 'object' && item !== null && holdsDraft(item, seen))
}

const fieldValuesOf = (value: object): unknown[] =>
  Object.values(Object.getOwnPropertyDescriptors(value)).map(field => field.value as unknown)
