import { badArgument } from '../../document/messages/errors.ts'
import { conditionOf, isFields, type Matcher } from './conditions.ts'
import { unsupported } from './unsupported.ts'

/**
 * A test for documents by a filter in MongoDB's language, which means what it means to the server: comparison by
 * type of BSON, arrays by element, null and missing, field order of whole objects. Known are `$eq $ne $gt $gte $lt
 * $lte $in $nin $exists $type $size $all $elemMatch $mod $regex $not $and $or $nor`. Throws `unsupported-query` for
 * anything else, and `bad-argument` for what is no plain object.
 */
export function compileFilter(filter: unknown): (document: object) => boolean {
  if (!isFields(filter)) throw badArgument('filter', 'a plain object', filter)
  return matcherOf(filter)
}

function matcherOf(filter: unknown): Matcher {
  if (!isFields(filter)) throw unsupported('a filter', 'it is no object')
  const parts = Object.keys(filter).map(key => partOf(key, filter[key]))
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  return document => parts.every(matches => matches(document))
}

function partOf(key: string, value: unknown): Matcher {
  if (key.startsWith('$')) return logical(key, value)
  const condition = conditionOf(value, matcherOf)
  const path = key.split('.')
  return document => condition.at(document, path)
}

function logical(name: string, value: unknown): Matcher {
  if (!Object.hasOwn(LOGIC, name)) throw unsupported(name, 'no operator of a filter that is known')
  if (!Array.isArray(value) || value.length === 0)
    throw unsupported(name, 'it takes a list of filters')
  return (LOGIC[name] as (typeof LOGIC)[string])(value.map(matcherOf))
}

const LOGIC: Readonly<Record<string, (matchers: readonly Matcher[]) => Matcher>> = {
  $and: matchers => document => matchers.every(matches => matches(document)),
  $or: matchers => document => matchers.some(matches => matches(document)),
  $nor: matchers => document => !matchers.some(matches => matches(document)),
}
