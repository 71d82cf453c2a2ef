// Compiles sorts. A document is reduced once to its sort key, then keys are compared; the difficulty is
// arrays, which MongoDB sorts by their least or greatest element.
import { badArgumentError } from '../../document/messages/errors.ts'
import { toIndex } from '../../document/paths/path.ts'
import { MISSING, isObject } from './kinds.ts'
import { compareValues } from './order.ts'
import { unsupportedQueryError } from './unsupported-query-error.ts'

/** A field of a sort. */
export interface SortField {
  readonly path: readonly string[]
  readonly direction: 1 | -1
}

/** A compiled sort. */
export interface CompiledSort {
  /** The fields; `_id` is always among them. */
  readonly fields: readonly SortField[]
  /** Returns the sort key of a document. O(elements of its arrays). */
  keyOf(document: object): readonly unknown[]
  compare(a: readonly unknown[], b: readonly unknown[]): number
}

/**
 * Compiles a sort of MongoDB: fields one after another, in the order of BSON; a missing field counts as
 * null, an array by its least element (descending: its greatest), an empty array before null. Documents
 * that are equal in all fields are ordered by `_id`, in the direction of the last field, as an index gives them. Throws
 * `bad-argument` for a direction other than 1 and -1.
 */
export function compileSort(sort: Readonly<Record<string, unknown>>): CompiledSort {
  const fields = Object.entries(sort).map(([name, direction]): SortField => {
    if (direction !== 1 && direction !== -1)
      throw badArgumentError(`sort.${name}`, '1 or -1', direction)
    if (name.split('.').some(part => part === '' || part.startsWith('$'))) {
      throw unsupportedQueryError('a sort', 'by an empty name or one with $')
    }
    return { path: name.split('.'), direction }
  })
  if (!Object.hasOwn(sort, '_id')) {
    fields.push({ path: ['_id'], direction: fields.at(-1)?.direction ?? 1 })
  }
  const compare = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (const [i, { direction }] of fields.entries()) {
      const order = compareValues(a[i], b[i])
      if (order !== 0) return order * direction
    }
    return 0
  }
  return {
    fields,
    compare,
    keyOf(document) {
      const keys = collectSortKeys(document, fields)
      return keys.reduce((least, key) => (compare(key, least) < 0 ? key : least))
    },
  }
}

/**
 * Returns the keys of a document by some paths: one, or for an array one for each element. A missing field counts as
 * null, an empty array as `MISSING`. Throws `unsupported-query` for two arrays that are not within one another.
 */
export function collectSortKeys(
  document: object,
  fields: readonly { readonly path: readonly string[] }[],
): readonly (readonly unknown[])[] {
  return collectKeys(fields.map(({ path }) => ({ path, at: 0, value: document })))
}

/** The place in a document that one field of the sort has reached. */
interface Place {
  readonly path: readonly string[]
  readonly at: number
  readonly value: unknown
}

/** Stands for an empty array, which sorts before null on the server. */
const EMPTY_ARRAY = MISSING

/** Collects the sort keys of a document. Fields below the same array go through its elements together. */
function collectKeys(places: readonly Place[]): readonly unknown[][] {
  const walked = places.map(walkObjects)
  const array = walked.find(place => place.at <= place.path.length && isOpen(place))?.value
  if (array === undefined) return [walked.map(({ value }) => (value === undefined ? null : value))]
  if (walked.some(place => isOpen(place) && place.value !== array)) {
    throw unsupportedQueryError('a sort', 'by two arrays')
  }
  const elements = array as readonly unknown[]
  const steps = elements.length === 0 ? [undefined] : elements
  return steps.flatMap(element =>
    collectKeys(
      walked.map(place => (isOpen(place) ? enterArray(place, elements, element) : place)),
    ),
  )
}

/** Steps from an array to one of its elements: by the index in the path, or the element whose turn it is. */
function enterArray(place: Place, elements: readonly unknown[], element: unknown): Place {
  const { path, at } = place
  if (at === path.length) return endAt(place, elements.length === 0 ? EMPTY_ARRAY : element)
  const name = path[at] as string
  const index = toIndex(name)
  if (index >= 0 && index < elements.length) {
    if (elements.some(item => isObject(item) && Object.hasOwn(item, name))) {
      throw unsupportedQueryError('a sort', `by ${name}, which is an index and a name`)
    }
    const value = elements[index]
    if (at + 1 < path.length) return { path, at: at + 1, value }
    // An array within an array counts as a whole.
    return endAt(place, Array.isArray(value) && value.length === 0 ? EMPTY_ARRAY : value)
  }
  return isObject(element) ? { path, at, value: element } : endAt(place, null)
}

/** Whether a place is an array that still has to be gone through. */
const isOpen = ({ path, at, value }: Place): boolean => Array.isArray(value) && at <= path.length

const endAt = ({ path }: Place, value: unknown): Place => ({ path, at: path.length + 1, value })

/** Steps through objects, to an array or to the end of the path. */
function walkObjects(place: Place): Place {
  let { at, value } = place
  const { path } = place
  while (at < path.length && !Array.isArray(value)) {
    const name = path[at++] as string
    if (!isObject(value) || !Object.hasOwn(value, name)) return endAt(place, null)
    value = value[name]
  }
  return at === path.length && !Array.isArray(value) ? endAt(place, value) : { path, at, value }
}
