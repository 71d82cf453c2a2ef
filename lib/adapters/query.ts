// Filters, order and slices for adapters that hold documents themselves.
import sift from 'sift'
import { bsonType } from '../document/bson.ts'
import { isPlainObject } from '../document/containers.ts'
import { CowslipError, badArgument } from '../document/errors.ts'
import { lookUp } from '../document/path.ts'
import type { Query, StoredDocument } from './contract.ts'

/** Its types say what Node's CommonJS loader gives; a bundler gives the function itself. */
const compile = sift.default ?? sift

/** They run code, or take another's language for it. */
const REFUSED: readonly string[] = ['$where', '$function', '$expr', '$accumulator', '$jsonSchema']

/** The documents that a query asks for, in its order. Throws `unsupported-query` and `bad-argument`. */
export function runQuery(documents: Iterable<StoredDocument>, query: Query): StoredDocument[] {
  const { filter = {} } = query
  const matches = compileFilter(filter)
  const { skip = 0, limit = Infinity } = query
  for (const [name, value] of Object.entries({ skip, limit })) {
    if (!(value === Infinity || (Number.isSafeInteger(value) && value >= 0))) {
      throw badArgument(name, 'a count', value)
    }
  }
  const found: StoredDocument[] = []
  const order = query.sort === undefined ? null : comparator(query.sort)
  for (const stored of documents) {
    // Without an order the first ones will do.
    if (order === null && found.length >= skip + limit) break
    if (matches(stored.doc)) found.push(stored)
  }
  if (order !== null) found.sort((a, b) => order(a.doc, b.doc))
  return found.slice(skip, skip + limit)
}

/** A test for MongoDB's filters, by `sift`. */
export function compileFilter(filter: unknown): (document: object) => boolean {
  if (typeof filter !== 'object' || filter === null || !isPlainObject(filter)) {
    throw badArgument('filter', 'a plain object', filter)
  }
  refuse(filter)
  const unsupported = (cause: unknown): CowslipError => {
    const operator = /\$\w+/.exec(String(cause))?.[0] ?? 'a filter'
    return new CowslipError(
      'unsupported-query',
      `Expected a filter that runs in memory. Received one with ${operator}. ${String(cause)}`,
      { operator },
      cause,
    )
  }
  try {
    const test = compile(filter)
    return document => {
      try {
        return test(document)
      } catch (cause) {
        throw unsupported(cause)
      }
    }
  } catch (cause) {
    throw unsupported(cause)
  }
}

function refuse(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  if (!Array.isArray(part) && !isPlainObject(part)) return
  for (const [key, below] of Object.entries(part)) {
    if (REFUSED.includes(key)) {
      throw new CowslipError(
        'unsupported-query',
        `Expected a filter without code. Received one with ${key}. Filter by fields.`,
        { operator: key },
      )
    }
    refuse(below)
  }
}

function comparator(sort: Readonly<Record<string, 1 | -1>>): (a: object, b: object) => number {
  const fields = Object.entries(sort).map(([path, direction]) => {
    if (direction !== 1 && direction !== -1) throw badArgument(`sort.${path}`, '1 or -1', direction)
    return { path: path.split('.'), direction }
  })
  return (a, b) => {
    for (const { path, direction } of fields) {
      const order = compare(lookUp(a, path)?.value, lookUp(b, path)?.value)
      if (order !== 0) return order * direction
    }
    return 0
  }
}

/** The order of types is MongoDB's; within objects and arrays, none. */
function compare(a: unknown, b: unknown): number {
  const [x, y] = [rank(a), rank(b)]
  if (x !== y) return x - y
  const [p, q] = [comparable(a), comparable(b)]
  return p < q ? -1 : p > q ? 1 : 0
}

function rank(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number' || typeof value === 'bigint') return 1
  if (typeof value === 'string') return 2
  if (typeof value === 'boolean') return 7
  if (value instanceof Date) return 8
  switch (bsonType(value as object)) {
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return 1
    case 'ObjectId':
      return 6
    case 'Binary':
      return 5
  }
  return Array.isArray(value) ? 4 : 3
}

function comparable(value: unknown): string | number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string')
    return value
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return Number(value)
  const number = rank(value) === 1 ? Number(String(value)) : NaN
  return Number.isNaN(number) ? String(value) : number
}
