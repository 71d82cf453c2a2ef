// Compiles filters in MongoDB's language for adapters that hold documents themselves (memory, LMDB, and
// those of users). A random program compares the results with a real server (spec/query).
import { badArgumentError } from '../../document/messages/errors.ts'
import { compileCondition, isFields, type Matcher } from './conditions.ts'
import { unsupportedQueryError } from './unsupported-query-error.ts'

/**
 * Compiles a filter in MongoDB's language into a test of documents. It means what it means to the server:
 * comparison by BSON type, arrays by element, null and missing, field order of whole objects. The operators
 * are `$eq $ne $gt $gte $lt $lte $in $nin $exists $type $size $all $elemMatch $mod $regex $not $and $or
 * $nor`. Throws `unsupported-query` for anything else, and `bad-argument` for anything but a plain object.
 */
export function compileFilter(filter: unknown): (document: object) => boolean {
  if (!isFields(filter)) throw badArgumentError('filter', 'a plain object', filter)
  return compileMatcher(filter)
}

function compileMatcher(filter: unknown): Matcher {
  if (!isFields(filter)) throw unsupportedQueryError('a filter', 'it is no object')
  const parts = Object.keys(filter).map(key => compilePart(key, filter[key]))
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  return document => parts.every(matches => matches(document))
}

function compilePart(key: string, value: unknown): Matcher {
  if (key.startsWith('$')) return compileLogical(key, value)
  const condition = compileCondition(value, compileMatcher)
  const path = key.split('.')
  return document => condition.at(document, path)
}

function compileLogical(name: string, value: unknown): Matcher {
  if (!Object.hasOwn(LOGIC, name))
    throw unsupportedQueryError(name, 'no operator of a filter that is known')
  if (!Array.isArray(value) || value.length === 0)
    throw unsupportedQueryError(name, 'it takes a list of filters')
  return (LOGIC[name] as (typeof LOGIC)[string])(value.map(compileMatcher))
}

const LOGIC: Readonly<Record<string, (matchers: readonly Matcher[]) => Matcher>> = {
  $and: matchers => document => matchers.every(matches => matches(document)),
  $or: matchers => document => matchers.some(matches => matches(document)),
  $nor: matchers => document => !matchers.some(matches => matches(document)),
}
