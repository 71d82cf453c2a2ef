// Finds out whether a filter limits `_id`, so that an adapter reads these documents alone instead of all.
import { idKeyOrNull } from '../ids.ts'
import { hasOperators, isFields } from './conditions.ts'
import { compareTexts } from './order.ts'

/**
 * The candidates of a filter, by id key: a list of keys, or the range from `from` to the keys that begin
 * with `to`. The filter must still be run on each candidate.
 */
export type IdLookUp =
  { readonly keys: readonly string[] } | { readonly from: string; readonly to: string }

/**
 * Finds the ids or the range of ids to which a filter limits `_id`, by itself or within `$and`. Null: the
 * filter sets no limit.
 */
export function findIdLookUp(filter: unknown): IdLookUp | null {
  if (!isFields(filter)) return null
  const found: (IdLookUp | null)[] = Array.isArray(filter.$and) ? filter.$and.map(findIdLookUp) : []
  if (Object.hasOwn(filter, '_id')) found.push(lookUpOfCondition(filter._id))
  return found.reduce(narrow, null)
}

function lookUpOfCondition(condition: unknown): IdLookUp | null {
  if (!hasOperators(condition)) return lookUpOfIds([condition])
  return Object.keys(condition)
    .map(name => lookUpOfOperator(name, condition[name]))
    .reduce(narrow, null)
}

function lookUpOfOperator(name: string, value: unknown): IdLookUp | null {
  switch (name) {
    case '$eq':
      return lookUpOfIds([value])
    case '$in':
      return Array.isArray(value) ? lookUpOfIds(value) : null
  }
  const key = idKeyOrNull(value)
  if (key === null) return null
  // Only ids of one type compare.
  const type = key.charAt(0)
  if (name === '$gt' || name === '$gte') return { from: key, to: type }
  return name === '$lt' || name === '$lte' ? { from: type, to: key } : null
}

function lookUpOfIds(ids: readonly unknown[]): IdLookUp | null {
  const keys = new Set(ids.map(idKeyOrNull))
  return keys.has(null) ? null : { keys: [...keys] as string[] }
}

function narrow(a: IdLookUp | null, b: IdLookUp | null): IdLookUp | null {
  if (a === null || b === null) return a ?? b
  if ('keys' in a) return a
  if ('keys' in b) return b
  const from = compareTexts(a.from, b.from) < 0 ? b.from : a.from
  // A type alone includes all of its keys.
  const to = a.to.length === 1 || (b.to.length > 1 && compareTexts(b.to, a.to) < 0) ? b.to : a.to
  return { from, to }
}

/** Returns the text that sorts after everything that a range includes. */
export const endOf = (to: string): string =>
  // For a type the next one. For a key the key itself, and a few more that the filter passes over.
  to.length === 1 ? String.fromCharCode(to.charCodeAt(0) + 1) : `${to}!`
