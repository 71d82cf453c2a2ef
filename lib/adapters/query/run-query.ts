// Runs a whole query (filter, sort, skip, limit) over documents as they are read.
import { badArgumentError } from '../../document/messages/errors.ts'
import type { StoredDocument } from '../contract.ts'
import type { Query } from '../contract-queries.ts'
import { compileFilter } from './filter.ts'
import { compileSort, type CompiledSort } from './sort.ts'
import { unsupportedQueryError } from './unsupported-query-error.ts'

/**
 * Returns the documents that a query asks for, in its order: see {@link compileFilter}. O(n), with a sort
 * O(n log n). Throws `unsupported-query` and `bad-argument`.
 */
export function runQuery(documents: Iterable<StoredDocument>, query: Query): StoredDocument[] {
  return [...pickMatches(documents, query)].filter(stored => stored !== null)
}

/** Facts about the documents that are read. */
interface Read {
  /** Whether they come in the order of the query. Default: false. */
  readonly isSorted?: boolean
  /** Whether a document may be found at all. Default: every one. */
  readonly allows?: (document: object) => boolean
}

/**
 * Yields what a query asks for of the documents that are read, in its order; null where the reading pauses. Without a sort
 * of its own it reads no further than it needs. Throws as {@link runQuery} does.
 */
export function* pickMatches(
  read: Iterable<StoredDocument | null>,
  { filter = {}, sort = {}, skip = 0, limit = Infinity, collation }: Query,
  { isSorted = false, allows = () => true }: Read = {},
): Generator<StoredDocument | null> {
  if (collation !== undefined)
    throw unsupportedQueryError('a collation', 'texts are compared by code point')
  const matches = compileFilter(filter)
  for (const [name, value] of Object.entries({ skip, limit })) {
    if (!(value === Infinity || (Number.isSafeInteger(value) && value >= 0))) {
      throw badArgumentError(name, 'a count', value)
    }
  }
  const order = Object.keys(sort).length === 0 ? null : compileSort(sort)
  if (limit === 0) return
  const isMatch = (doc: object): boolean => matches(doc) && allows(doc)
  if (order !== null && !isSorted) {
    yield* sortMatches(read, isMatch, order, skip, limit)
    return
  }
  let [passed, found] = [0, 0]
  for (const stored of read) {
    if (stored === null) yield null
    else if (isMatch(stored.doc) && passed++ >= skip) {
      yield stored
      if (++found >= limit) return
    }
  }
}

/** The number of documents beyond what is asked for that are held before some are dropped. */
const MAX_SURPLUS = 500

/** Yields the first matches in an order. Holds little more than twice of what is asked for. */
function* sortMatches(
  read: Iterable<StoredDocument | null>,
  isMatch: (document: object) => boolean,
  order: CompiledSort,
  skip: number,
  limit: number,
): Generator<StoredDocument | null> {
  const end = skip + limit
  let found: { readonly stored: StoredDocument; readonly key: readonly unknown[] }[] = []
  const keepFirst = (): void => {
    found.sort((a, b) => order.compare(a.key, b.key))
    if (found.length > end) found = found.slice(0, end)
  }
  for (const stored of read) {
    if (stored === null) yield null
    else if (isMatch(stored.doc)) {
      found.push({ stored, key: order.keyOf(stored.doc) })
      if (found.length >= 2 * end + MAX_SURPLUS) keepFirst()
    }
  }
  keepFirst()
  for (const { stored } of found.slice(skip)) yield stored
}
