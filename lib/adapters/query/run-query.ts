// Runs a whole query (filter, sort, skip, limit) over documents in memory.
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
export function runQuery(
  documents: Iterable<StoredDocument>,
  { filter = {}, sort = {}, skip = 0, limit = Infinity, collation }: Query,
): StoredDocument[] {
  if (collation !== undefined)
    throw unsupportedQueryError('a collation', 'texts are compared by code point')
  const matches = compileFilter(filter)
  for (const [name, value] of Object.entries({ skip, limit })) {
    if (!(value === Infinity || (Number.isSafeInteger(value) && value >= 0))) {
      throw badArgumentError(name, 'a count', value)
    }
  }
  if (Object.keys(sort).length > 0)
    return sortMatches(documents, matches, compileSort(sort)).slice(skip, skip + limit)
  const found: StoredDocument[] = []
  if (limit === 0) return found
  let passed = 0
  for (const stored of documents) {
    if (!matches(stored.doc) || passed++ < skip) continue
    found.push(stored)
    // Without a sort the first matches will do.
    if (found.length >= limit) break
  }
  return found
}

function sortMatches(
  documents: Iterable<StoredDocument>,
  matches: (document: object) => boolean,
  order: CompiledSort,
): StoredDocument[] {
  const found: { stored: StoredDocument; key: readonly unknown[] }[] = []
  for (const stored of documents) {
    if (matches(stored.doc)) found.push({ stored, key: order.keyOf(stored.doc) })
  }
  return found.sort((a, b) => order.compare(a.key, b.key)).map(({ stored }) => stored)
}
