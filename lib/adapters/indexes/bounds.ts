// The part of an index that can match a filter: intervals of keys for each field. An interval may hold more than the
// filter matches, never less: the filter runs on each document that is found.
import { KINDS, MISSING, kindOf } from '../query/kinds.ts'
import { hasOperators, isFields } from '../query/conditions.ts'
import { regexpOf } from '../query/order.ts'
import { encodeValueKey, endOfPrefix, invertKey, markOf, toByteText } from './value-key.ts'

/** The keys from `from` on and before `to`; null: to the end. */
export interface Interval {
  readonly from: string
  readonly to: string | null
  /** Whether all of them are the key of one value. */
  readonly isPoint: boolean
}

/** The intervals of a field, in order; null: everything. */
export type Bounds = readonly Interval[] | null

/** Whether bounds are single values, so that what follows in the index is ordered within each. */
export const arePoints = (bounds: readonly Interval[]): boolean =>
  bounds.every(({ isPoint }) => isPoint)

const range = (from: string, to: string | null): Interval => ({ from, to, isPoint: false })

/** Returns the conditions that a filter, or one within `$and`, has for each path. */
export function conditionsOf(filter: unknown): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>()
  const collect = (part: unknown): void => {
    if (!isFields(part)) return
    for (const [key, condition] of Object.entries(part)) {
      if (key === '$and' && Array.isArray(condition)) condition.forEach(collect)
      if (key.startsWith('$')) continue
      const conditions = found.get(key) ?? []
      found.set(key, [...conditions, ...splitCondition(condition)])
    }
  }
  collect(filter)
  return found
}

/** Returns the operators of a condition one by one. */
function splitCondition(condition: unknown): unknown[] {
  if (!hasOperators(condition)) return [{ $eq: condition }]
  const { $regex, $options, ...others } = condition
  const operators = Object.entries(others).map(([name, value]) => ({ [name]: value }))
  return $regex === undefined ? operators : [...operators, { $regex, $options }]
}

/**
 * Returns the bounds that conditions set together. Different elements of an array may fulfil different conditions, so
 * of a field with arrays only the narrowest counts.
 */
export function boundsOf(conditions: readonly unknown[], hasArrays: boolean): Bounds {
  const each = conditions
    .map(condition => boundsOfCondition(condition as Operator, hasArrays))
    .filter(bounds => bounds !== null)
  if (!hasArrays) return each.reduce<Bounds>(intersect, null)
  const points = each.filter(arePoints)
  const [narrowest] = (points.length > 0 ? points : each).sort((a, b) => a.length - b.length)
  return narrowest ?? null
}

type Operator = Readonly<Record<string, unknown>>

function boundsOfCondition(condition: Operator, hasArrays: boolean): Bounds {
  const [name = ''] = Object.keys(condition)
  const value = condition[name]
  switch (name) {
    case '$eq':
      return boundsOfValue(value, hasArrays)
    case '$in':
      return Array.isArray(value) ? unite(value.map(item => boundsOfItem(item, hasArrays))) : null
    case '$all':
      return Array.isArray(value) && value.length > 0 ? boundsOfItem(value[0], hasArrays) : null
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return boundsOfComparison(name, value, hasArrays)
    case '$regex':
      return boundsOfRegexp(value, condition.$options)
    case '$elemMatch':
      return hasOperators(value) ? boundsOf(splitCondition(value), false) : null
  }
  return null
}

function boundsOfItem(item: unknown, hasArrays: boolean): Bounds {
  if (hasOperators(item)) return null
  if (kindOf(item) === KINDS.regex) return boundsOfRegexp(item, undefined)
  return boundsOfValue(item, hasArrays)
}

const pointOf = (value: unknown): Interval => {
  const from = encodeValueKey(value)
  return { from, to: endOfPrefix(from), isPoint: true }
}

function boundsOfValue(value: unknown, hasArrays: boolean): Bounds {
  const kind = kindOf(value)
  // Below arrays null also means elements without the field, of which there may be no entry.
  if (kind === KINDS.null) return hasArrays ? null : [pointOf(null)]
  if (kind === KINDS.regex) return unite([[pointOf(value)], boundsOfRegexp(value, undefined)])
  if (!Array.isArray(value)) return [pointOf(value)]
  // An array is indexed by element; it may also be an element itself.
  const [first = MISSING] = value as readonly unknown[]
  return unite([[pointOf(first)], [pointOf(value)]])
}

function boundsOfComparison(
  name: '$gt' | '$gte' | '$lt' | '$lte',
  value: unknown,
  hasArrays: boolean,
): Bounds {
  const kind = kindOf(value)
  if (kind === KINDS.null) return boundsOfValue(null, hasArrays)
  // Arrays compare as a whole, and the extreme keys with every type.
  if (Array.isArray(value) || kind === KINDS.minKey || kind === KINDS.maxKey) return null
  const [mark, key] = [markOf(kind), encodeValueKey(value)]
  if (name === '$gt') return [range(endOfPrefix(key) as string, endOfPrefix(mark))]
  if (name === '$gte') return [range(key, endOfPrefix(mark))]
  return [range(mark, name === '$lt' ? key : endOfPrefix(key))]
}

/** The characters that mean themselves in every pattern. */
const PLAIN = /^[\w\s\-,:;/@#%&=~"'<>!\u0080-\uffff]$/

/** Texts that begin as the pattern says, and patterns, which are equal to it. */
function boundsOfRegexp(value: unknown, options: unknown): Bounds {
  const patterns = markOf(KINDS.regex)
  const isObject = typeof value === 'object' && value !== null
  const own = isObject ? regexpOf(value) : { pattern: String(value), options: '' }
  const flags = typeof options === 'string' ? options : own.options
  const texts = markOf(KINDS.string) + toByteText(flags === '' ? literalStart(own.pattern) : '')
  return [range(texts, endOfPrefix(texts)), range(patterns, endOfPrefix(patterns))]
}

/** Returns the plain text with which every match of a pattern begins. */
function literalStart(pattern: string): string {
  if (!pattern.startsWith('^') || pattern.includes('|')) return ''
  let end = 1
  while (end < pattern.length && PLAIN.test(pattern[end] as string)) end++
  // What may be repeated may also be absent.
  if (end < pattern.length && '*?{'.includes(pattern[end] as string)) end--
  // Half a surrogate pair is no text.
  return pattern.slice(1, end).replace(/[\ud800-\udbff]$/, '')
}

function intersect(a: Bounds, b: Bounds): Bounds {
  if (a === null || b === null) return a ?? b
  return a.flatMap(x =>
    b.flatMap(y => {
      const from = x.from < y.from ? y.from : x.from
      const to = isEndBefore(x.to, y.to) ? x.to : y.to
      const isPoint = x.isPoint || y.isPoint
      return to === null || from < to ? [{ from, to, isPoint }] : []
    }),
  )
}

const isEndBefore = (a: string | null, b: string | null): boolean =>
  a !== null && (b === null || a < b)

/** Joins bounds to intervals in order that do not overlap. Null: one of them is everything. */
function unite(each: readonly Bounds[]): Bounds {
  if (each.includes(null)) return null
  const sorted = (each as (readonly Interval[])[])
    .flat()
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  const united: Interval[] = []
  for (const next of sorted) {
    const last = united.at(-1)
    if (last === undefined || (last.to !== null && last.to <= next.from)) united.push(next)
    else if (!(last.isPoint && next.isPoint)) {
      united[united.length - 1] = range(
        last.from,
        isEndBefore(last.to, next.to) ? next.to : last.to,
      )
    }
  }
  return united
}

/** Returns bounds as they stand in a descending field. */
export function invertBounds(bounds: readonly Interval[]): Interval[] {
  return bounds
    .map(({ from, to, isPoint }) => ({
      from: to === null ? '' : (endOfPrefix(invertKey(to)) ?? ''),
      to: endOfPrefix(invertKey(from)),
      isPoint,
    }))
    .reverse()
}
