// Pages on the server. The place is found by a filter, which may let more through than what follows: with arrays, values
// of other types and absent ones no filter says exactly what the order of the server says. So each document is compared
// with the place once more, and more are read if some do not follow.
import { BSON } from 'mongodb'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { StoredDocument } from '../contract.ts'
import type { PageOptions, Query, StoredPage } from '../contract-queries.ts'
import { KINDS, MISSING, kindOf, type Kind } from '../query/kinds.ts'
import { isNaNumber } from '../query/numbers.ts'
import { compileSort } from '../query/sort.ts'

type Sort = NonNullable<Query['sort']>
type Filter = Readonly<Record<string, unknown>>

/** Runs a query of the adapter. */
type Find = (query: Query) => AsyncIterable<StoredDocument>

/** Reads one page: see `Adapter.page`. */
export async function readPage(
  find: Find,
  query: Query,
  { size, after }: PageOptions,
): Promise<StoredPage> {
  const order = completeOrder(query.sort ?? {})
  const { keyOf, compare } = compileSort(order)
  const place = after === undefined ? null : readToken(order, after)
  const { filter = {} } = query
  const asked: Query = {
    ...query,
    sort: order,
    filter: place === null ? filter : { $and: [filter, filterBehind(order, place)] },
    ...(query.fields && { fields: joinPaths([...query.fields, ...Object.keys(order)]) }),
  }
  for (let limit = size + 1; ; limit *= 4) {
    const items: StoredDocument[] = []
    let read = 0
    for await (const stored of find({ ...asked, limit })) {
      read++
      if (place !== null && compare(keyOf(stored.doc), place) <= 0) continue
      items.push(stored)
      if (items.length > size) break
    }
    if (items.length <= size && read === limit) continue
    if (items.length <= size) return { items, next: null }
    items.pop()
    return { items, next: writeToken(order, keyOf((items.at(-1) as StoredDocument).doc)) }
  }
}

/** Returns an order that ends in `_id`. */
function completeOrder(sort: Sort): Sort {
  if (Object.hasOwn(sort, '_id')) return sort
  return { ...sort, _id: Object.values(sort).at(-1) ?? 1 }
}

/** Returns paths without those that lie below another one: the server refuses both. */
function joinPaths(paths: readonly string[]): string[] {
  const all = [...new Set(paths)]
  return all.filter(path => !all.some(other => path.startsWith(`${other}.`)))
}

/** Stands for an empty array, which sorts before null. */
const EMPTY = { $cowslip: 'empty' }

function writeToken(order: Sort, keys: readonly unknown[]): string {
  const place = keys.map(key => (key === MISSING ? EMPTY : { key }))
  const text = BSON.EJSON.stringify([Object.entries(order), place], { relaxed: false })
  return Buffer.from(text).toString('base64url')
}

function readToken(order: Sort, token: string): readonly unknown[] {
  const [entries, place] = parseToken(token)
  const { fields } = compileSort(order)
  const isSame = BSON.EJSON.stringify(entries) === BSON.EJSON.stringify(Object.entries(order))
  if (!isSame || !Array.isArray(place) || place.length !== fields.length) {
    const remedy = 'Pass `next` of a page of the same query.'
    throw badArgumentError('after', '`next` of a page with the same sort', token, remedy)
  }
  return place.map(({ key = MISSING }: { key?: unknown }) => key)
}

function parseToken(token: string): readonly unknown[] {
  try {
    const text = Buffer.from(token, 'base64url').toString()
    return BSON.EJSON.parse(text, { relaxed: false }) as unknown[]
  } catch {
    return []
  }
}

/** Returns a filter that matches at least what follows a place: beyond it in one field, equal in those before. */
function filterBehind(order: Sort, place: readonly unknown[]): Filter {
  const equal: Filter[] = []
  const ways: Filter[] = []
  const roots = new Set<string>()
  for (const [i, [path, direction]] of Object.entries(order).entries()) {
    const root = path.split('.')[0] as string
    ways.push({ $and: [...equal, filterBeyond(path, place[i], direction, !roots.has(root))] })
    if (path === '_id') break
    roots.add(root)
    equal.push(filterEqual(path, place[i]))
  }
  return { $or: ways }
}

/** The types whose values a filter compares as the order does. */
const COMPARABLE: readonly Kind[] = [
  KINDS.int,
  KINDS.string,
  KINDS.binData,
  KINDS.objectId,
  KINDS.bool,
  KINDS.date,
  KINDS.timestamp,
]

const isComparable = (value: unknown): boolean => {
  if (value === MISSING) return false
  const { rank } = kindOf(value)
  if (rank === KINDS.int.rank && isNaNumber(value)) return false
  return COMPARABLE.some(kind => kind.rank === rank)
}

function filterEqual(path: string, value: unknown): Filter {
  if (isComparable(value)) return { [path]: { $eq: value } }
  // Below an array the order has null where no filter for null matches.
  return value === null && !path.includes('.') ? { [path]: null } : {}
}

/**
 * Returns a filter for values beyond one. `isOwn`: no field before lies in the same array, so that of all elements the
 * first in the order counts; else it may be another one than each field by itself would say.
 */
function filterBeyond(path: string, value: unknown, direction: 1 | -1, isOwn: boolean): Filter {
  if (!isOwn && (value === null || direction === -1)) return {}
  if (value === null && direction === 1) return { [path]: { $ne: null } }
  if (!isComparable(value)) return {}
  const { rank } = kindOf(value)
  const greater = Object.values(KINDS).filter(kind => kind.rank > rank)
  const isOfType = (kinds: readonly Kind[]): Filter => ({
    [path]: { $type: kinds.map(({ code }) => code) },
  })
  // Ascending the least element counts, so there is one that is greater.
  if (direction === 1) return { $or: [{ [path]: { $gt: value } }, isOfType(greater)] }
  // Descending the greatest one counts, so there is none that is not less; the field itself may be an array.
  const others = greater.filter(kind => kind !== KINDS.array)
  return { $nor: [{ [path]: { $gte: value } }, isOfType(others)] }
}
