// Finds the values that a dotted path means, as MongoDB's matcher does: an array on the way is entered by
// element and by index; an array at the end counts by element and as a whole.
import { toIndex } from '../../document/paths/path.ts'
import { MISSING, isObject } from './kinds.ts'

type Test = (value: unknown) => boolean

/**
 * Whether `test` is true for a value that `path` means, from its part `at` on. A missing value is tested as
 * `MISSING`. `whole`: an array at the end counts only as a whole.
 */
export function matchesAt(
  document: unknown,
  path: readonly string[],
  at: number,
  test: Test,
  whole: boolean,
): boolean {
  let value = document
  for (; at < path.length; at++) {
    // The document itself may be an array: an element of one, in `$elemMatch`.
    if (Array.isArray(value) && value !== document)
      return matchesWithin(value, path, at, test, whole)
    value = fieldOf(value, path[at] as string)
    if (value === MISSING) return test(MISSING)
  }
  if (Array.isArray(value) && !whole && value.some(test)) return true
  return test(value)
}

function matchesWithin(
  array: readonly unknown[],
  path: readonly string[],
  at: number,
  test: Test,
  whole: boolean,
): boolean {
  const index = toIndex(path[at])
  return array.some((element, i) => {
    if (isObject(element) && matchesAt(element, path, at, test, whole)) return true
    if (i !== index) return false
    if (at + 1 === path.length) return test(element)
    if (Array.isArray(element)) return matchesWithin(element, path, at + 1, test, whole)
    return isObject(element) && matchesAt(element, path, at + 1, test, whole)
  })
}

function fieldOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const index = toIndex(name)
    return index >= 0 && index < value.length ? value[index] : MISSING
  }
  if (!isObject(value) || !Object.hasOwn(value, name)) return MISSING
  const field = value[name]
  return field === undefined ? MISSING : field
}
