// Chooses how a query is run: by ids, by an index, or over all documents. There are no statistics. An index is better
// the more of its first fields are compared with single values, then if the next one is limited, then if it gives the
// order of the sort.
import type { Query } from '../contract-queries.ts'
import { hasOperators, isFields } from '../query/conditions.ts'
import { compileFilter } from '../query/filter.ts'
import { findIdLookUp, type IdLookUp } from '../query/id-look-up.ts'
import { KINDS, kindOf } from '../query/kinds.ts'
import { compareValues } from '../query/order.ts'
import { compileSort, type SortField } from '../query/sort.ts'
import {
  arePoints,
  boundsOf,
  conditionsOf,
  invertBounds,
  type Bounds,
  type Interval,
} from './bounds.ts'
import type { CompiledIndex } from './index-keys.ts'
import { nameOfFields } from './parse-indexes.ts'
import { endOfPrefix } from './value-key.ts'

/** An index that may be used, as it is at the moment. */
export interface UsableIndex {
  readonly index: CompiledIndex
  /** The fields that are arrays in some document, or lie below one, as bits. */
  readonly arrays: number
  /** Whether the order of its entries is that of their values: long ones may have been cut. */
  readonly isExact: boolean
  /** Whether no two documents have the same values. */
  readonly isUnique: boolean
}

/** A part of an index: the keys from `from` on and before `to`; null: to the end. */
export interface KeyRange {
  readonly from: string
  readonly to: string | null
}

/** A plan by an index. */
export interface IndexPlan {
  readonly used: UsableIndex
  /** The number of first fields with one value each, and their keys. */
  readonly points: number
  readonly prefix: string
  /** The parts that are read, in the order of reading. */
  readonly ranges: readonly KeyRange[]
  readonly isReverse: boolean
  /** Whether documents come in the order of the query. */
  readonly isSorted: boolean
  /** Whether each range has at most one entry. */
  readonly isSingle: boolean
}

/** A plan by `_id`, or over all documents. */
export interface DocumentPlan {
  readonly lookUp: IdLookUp | null
  readonly isReverse: boolean
  readonly isSorted: boolean
}

export type Plan = IndexPlan | DocumentPlan

/** The number of ranges that several values in several fields may make. */
const MAX_RANGES = 200

/** Chooses the plan for a query. Throws `bad-argument` for a sort of another shape. */
export function planQuery(query: Query, indexes: readonly UsableIndex[]): Plan {
  const { filter = {}, sort = {}, hint } = query
  const lookUp = findIdLookUp(filter)
  const order = Object.keys(sort).length === 0 ? [] : compileSort(sort).fields
  const [first] = order
  const isById = first === undefined || first.path.join('.') === '_id'
  const byId: DocumentPlan = {
    lookUp,
    isReverse: isById && first?.direction === -1,
    isSorted: isById,
  }
  if (lookUp !== null && 'keys' in lookUp) return byId
  const conditions = conditionsOf(filter)
  const ranked = indexes
    .filter(({ index }) => isComplete(index, conditions))
    .map(used => rank(used, conditions, order))
    .sort(compareRanks)
  const hinted = ranked.find(({ plan }) => plan.used.index.definition.name === nameOfHint(hint))
  if (hinted !== undefined) return hinted.plan
  const [best] = ranked
  if (best === undefined) return byId
  const { points, isLimited, plan } = best
  if (points > 0) return plan
  if (lookUp !== null || isById) return isLimited && lookUp === null ? plan : byId
  return isLimited || plan.isSorted ? plan : byId
}

/** Returns the name that a hint means: a name, or the fields of an index. */
const nameOfHint = (hint: unknown): unknown => (isFields(hint) ? nameOfFields(hint) : hint)

interface Ranked {
  /** The number of first fields that are compared with single values. */
  readonly points: number
  readonly isLimited: boolean
  readonly isUnique: boolean
  readonly plan: IndexPlan
}

function compareRanks(a: Ranked, b: Ranked): number {
  return (
    Number(b.isUnique) - Number(a.isUnique) ||
    b.points - a.points ||
    Number(b.isLimited) - Number(a.isLimited) ||
    Number(b.plan.isSorted) - Number(a.plan.isSorted) ||
    a.plan.used.index.fields.length - b.plan.used.index.fields.length
  )
}

function rank(
  used: UsableIndex,
  conditions: ReadonlyMap<string, readonly unknown[]>,
  order: readonly SortField[],
): Ranked {
  const { index, arrays } = used
  let prefixes: readonly string[] = ['']
  let points = 0
  let rest: Bounds = null
  let isBelowArray = false
  for (const [i, { name, direction }] of index.fields.entries()) {
    const hasArrays = (arrays & (1 << i)) !== 0
    // Entries of one element cannot answer for conditions that two elements fulfil.
    if (hasArrays && isBelowArray) break
    const bounds = boundsOf(conditions.get(name) ?? [], hasArrays)
    if (bounds === null) break
    isBelowArray ||= hasArrays
    const own = direction === 1 ? bounds : invertBounds(bounds)
    if (!arePoints(own) || prefixes.length * own.length > MAX_RANGES) {
      rest = own
      break
    }
    prefixes = prefixes.flatMap(prefix => own.map(({ from }) => prefix + from))
    points++
  }
  const direction = prefixes.length === 1 ? walkOf(used, points, rest, order) : 0
  const isSingle = used.isUnique && points === index.fields.length
  const ranges = prefixes.flatMap(prefix => rangesBelow(prefix, rest))
  return {
    points,
    isLimited: rest !== null,
    isUnique: isSingle,
    plan: {
      used,
      points,
      prefix: prefixes[0] as string,
      ranges: direction === -1 ? ranges.reverse() : ranges,
      isReverse: direction === -1,
      isSingle,
      isSorted: order.length === 0 || direction !== 0,
    },
  }
}

function rangesBelow(prefix: string, bounds: Bounds): KeyRange[] {
  if (bounds === null) return [{ from: prefix, to: endOfPrefix(prefix) }]
  return bounds.map(({ from, to }: Interval) => ({
    from: prefix + from,
    to: to === null ? endOfPrefix(prefix) : prefix + to,
  }))
}

/**
 * Returns the direction in which an index gives the order of a sort, after `points` fields with one value each; 0: it
 * does not.
 */
function walkOf(
  { index, arrays, isExact }: UsableIndex,
  points: number,
  rest: Bounds,
  order: readonly SortField[],
): 1 | -1 | 0 {
  if (!isExact || order.length === 0) return 0
  const { fields, idDirection } = index
  const names = order.map(({ path }) => path.join('.'))
  const isWhole = points === 0 && rest === null
  let walk: 1 | -1 | 0 = 0
  let at = 0
  for (const [i, { direction }] of order.entries()) {
    const name = names[i] as string
    // Fields with one value stand in any order, unless arrays hold others beside it.
    const isFixed = (place: number): boolean => place < points && (arrays & (1 << place)) === 0
    if (fields.some((field, place) => field.name === name && isFixed(place))) continue
    while (at < points && fields[at]?.name !== name) at++
    const field = fields[at]
    const own = field === undefined && name === '_id' ? idDirection : field?.direction
    if (own == null || (field !== undefined && field.name !== name)) return 0
    // The least element of an array counts, of the whole array, which only a walk over everything meets first.
    if (field !== undefined && (arrays & (1 << at)) !== 0 && !(isWhole && at === i)) return 0
    const next = own === direction ? 1 : -1
    if (walk !== 0 && walk !== next) return 0
    walk = next
    if (name === '_id') return walk
    at++
  }
  // `_id` has one value, so there is one document.
  return walk === 0 ? 1 : walk
}

/** Whether an index holds every document that a filter with these conditions matches. */
function isComplete(
  { definition, fields }: CompiledIndex,
  conditions: ReadonlyMap<string, readonly unknown[]>,
): boolean {
  if (definition.sparse !== true && definition.where === undefined) return true
  const conditionsAt = (path: string): readonly unknown[] => conditions.get(path) ?? []
  const needsValue = (path: string): boolean =>
    conditionsAt(path).some(isExists) || (boundsOf(conditionsAt(path), true) ?? []).length > 0
  if (definition.sparse === true && !fields.some(({ name }) => needsValue(name))) return false
  const needed = [...conditionsOf(definition.where ?? {})].flatMap(([path, list]) =>
    list.map(condition => ({ path, condition })),
  )
  return needed.every(
    ({ path, condition }) =>
      conditionsAt(path).some(own => implies(own, condition)) ||
      (isExists(condition) && needsValue(path)),
  )
}

const isExists = (condition: unknown): boolean => isFields(condition) && condition.$exists === true

/** Whether every value that fulfils one condition fulfils another. */
function implies(condition: unknown, other: unknown): boolean {
  if (compareValues(condition, other) === 0) return true
  if (!hasOperators(condition) || !('$eq' in condition)) return false
  const { $eq: value } = condition
  const isPlain = !Array.isArray(value) && ![KINDS.null, KINDS.regex].includes(kindOf(value))
  return isPlain && compileFilter({ value: other })({ value })
}
