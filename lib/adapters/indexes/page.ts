// Pages: the place of a document in an order as a text that goes through URLs. It holds the keys of the values that the
// order compares, with that of `_id`, so it stays where it is when documents come and go.
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Query } from '../contract-queries.ts'
import { idKey } from '../ids.ts'
import { compileSort, type SortField } from '../query/sort.ts'
import { inDirection, type CompiledIndex } from './index-keys.ts'
import { encodeValueKey, toByteText } from './value-key.ts'

/** The place in an order behind which a page begins. */
export class PageStart {
  private readonly fields: readonly SortField[]
  private readonly keyOf: (document: object) => readonly unknown[]
  /** The keys of the values, ascending. */
  private readonly keys: readonly string[]
  private readonly place: string
  /** The id key of the document at this place. */
  readonly idKey: string

  constructor(sort: NonNullable<Query['sort']>, keys: readonly string[], id: string) {
    const { fields, keyOf } = compileSort(sort)
    this.fields = fields
    this.keyOf = keyOf
    this.keys = keys
    this.place = this.placeOf(keys)
    this.idKey = id
  }

  /** Whether a document follows in the order. */
  isBefore(document: object): boolean {
    return this.place < this.placeOf(this.keyOf(document).map(encodeValueKey))
  }

  /**
   * Returns the key of this place in an index that gives the order, behind the `prefix` of its first `points` fields,
   * which have one value each.
   */
  keyIn({ fields, idDirection }: CompiledIndex, prefix: string, points: number): string {
    const names = this.fields.map(({ path }) => path.join('.'))
    const keyOf = (name: string, direction: 1 | -1): string =>
      inDirection(this.keys[names.indexOf(name)] as string, direction)
    const parts = fields.slice(points).map(({ name, direction }) => keyOf(name, direction))
    return [prefix, ...parts, idDirection === null ? '' : keyOf('_id', idDirection)].join('')
  }

  private placeOf(keys: readonly string[]): string {
    return keys.map((key, i) => inDirection(key, this.fields[i]?.direction ?? 1)).join('')
  }
}

/** Returns the place of a document in an order, as a text. */
export function writePageToken(sort: NonNullable<Query['sort']>, document: object): string {
  const keys = compileSort(sort).keyOf(document).map(encodeValueKey)
  const id = idKey((document as { _id?: unknown })._id)
  return [orderText(sort), ...keys, toByteText(id)].map(toBase64URL).join('.')
}

/** Reads a text that `writePageToken` wrote for the same order. Throws `bad-argument`. */
export function readPageToken(sort: NonNullable<Query['sort']>, token: unknown): PageStart {
  const parts = typeof token === 'string' ? token.split('.').map(fromBase64URL) : []
  const { fields } = compileSort(sort)
  if (parts[0] !== orderText(sort) || parts.length !== fields.length + 2 || parts.includes(null)) {
    const remedy = 'Pass `next` of a page of the same query.'
    throw badArgumentError('after', '`next` of a page with the same sort', token, remedy)
  }
  const [, ...keys] = parts as string[]
  const id = fromByteText(keys.pop() as string)
  return new PageStart(sort, keys, id)
}

const orderText = (sort: object): string => toByteText(JSON.stringify(Object.entries(sort)))

const fromByteText = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, byte => byte.charCodeAt(0)))

const toBase64URL = (bytes: string): string =>
  btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

function fromBase64URL(text: string): string | null {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return null
  }
}
