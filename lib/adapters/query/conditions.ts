// Compiles the condition of one field in a filter: a value, a regular expression, or operators (`{ $gt: 5
// }`). `filter.ts` calls `compileCondition`. Each operator is one function that checks its operand once and
// returns a test.
import { isPlainObject } from '../../document/containers.ts'
import { bsonType } from '../../document/leaves/bson.ts'
import { KINDS, MISSING, kindOf, type Kind } from './kinds.ts'
import { compareNumbers, isNaNumber, truncate } from './numbers.ts'
import { compareWithin, regexpOf, textOf } from './order.ts'
import { matchesAt } from './match-path.ts'
import { checkFlags, compileRegexp } from './regexp.ts'
import { unsupportedQueryError } from './unsupported-query-error.ts'

/**
 * A compiled condition: `at` tests a path of a document, `on` one value, as `$elemMatch` does with each
 * element.
 */
export interface Condition {
  at(document: unknown, path: readonly string[]): boolean
  on(value: unknown): boolean
}

/** A compiled filter for documents, or for elements that are objects. */
export type Matcher = (document: unknown) => boolean

type Test = (value: unknown) => boolean
/** Creates a condition from a test of one value. `whole`: an array counts only as a whole. */
const onField = (test: Test, whole: boolean = false): Condition => ({
  at: (document, path) => matchesAt(document, path, 0, test, whole),
  on: test,
})

const negate = (condition: Condition): Condition => ({
  at: (document, path) => !condition.at(document, path),
  on: value => !condition.on(value),
})

const allOf = (conditions: readonly Condition[]): Condition => ({
  at: (document, path) => conditions.every(condition => condition.at(document, path)),
  on: value => conditions.every(condition => condition.on(value)),
})

const anyOf = (conditions: readonly Condition[]): Condition => ({
  at: (document, path) => conditions.some(condition => condition.at(document, path)),
  on: value => conditions.some(condition => condition.on(value)),
})

const isRegexp = (value: unknown): value is object => kindOf(value) === KINDS.regex
/** Whether a value is an object with fields, as in a filter, and no instance of a class. */
export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && isPlainObject(value) && bsonType(value) === null

/** Whether an object holds operators. MongoDB goes by its first key. */
export function hasOperators(value: unknown): value is Readonly<Record<string, unknown>> {
  return isFields(value) && Object.keys(value)[0]?.startsWith('$') === true
}

/** Compiles the right side of a field: operators, a regular expression, or a value to equal. */
export function compileCondition(
  value: unknown,
  matcherOf: (filter: unknown) => Matcher,
): Condition {
  if (!hasOperators(value))
    return isRegexp(value) ? createRegexpMatch(value) : createEquality(value)
  return allOf(
    Object.keys(value).map(name => {
      const operator = OPERATORS.get(name)
      if (operator === undefined)
        throw unsupportedQueryError(name, 'no operator of a field that is known')
      return operator(value[name], value, matcherOf)
    }),
  )
}

type Comparison = '$eq' | '$gt' | '$gte' | '$lt' | '$lte'
const FITS_ORDER: Readonly<Record<Comparison, (order: number) => boolean>> = {
  $eq: order => order === 0,
  $gt: order => order > 0,
  $gte: order => order >= 0,
  $lt: order => order < 0,
  $lte: order => order <= 0,
}

/**
 * Creates a comparison. Only values of the operand's type compare, except with the least and the greatest
 * key.
 */
function createComparison(name: Comparison, value: unknown): Condition {
  checkValue(name, value)
  const fits = FITS_ORDER[name]
  const kind = kindOf(value)
  const equality = name !== '$gt' && name !== '$lt'
  if (kind === KINDS.null) {
    return onField(found => equality && (found === null || found === MISSING))
  }
  if (kind.rank === KINDS.int.rank && isNaNumber(value)) {
    return onField(found => equality && kindOf(found).rank === kind.rank && isNaNumber(found))
  }
  return onField(found => {
    const other = kindOf(found)
    if (other.rank === kind.rank) {
      if (kind.rank === KINDS.int.rank && isNaNumber(found)) return false
      return fits(compareWithin(kind, found, value))
    }
    return name !== '$eq' && isExtreme(kind) && fits(other.rank - kind.rank)
  })
}

const isExtreme = (kind: Kind): boolean => kind === KINDS.minKey || kind === KINDS.maxKey

function checkValue(name: string, value: unknown): void {
  if (name !== '$eq' && isRegexp(value))
    throw unsupportedQueryError(name, 'a regular expression has no order')
}

const createEquality = (value: unknown): Condition => createComparison('$eq', value)

const createRegexpMatch = (value: object): Condition => {
  checkFlags(value)
  const { pattern, options } = regexpOf(value)
  return createPatternMatch(pattern, options)
}

/** Creates a match of a pattern: it finds texts, and regular expressions that are equal to it. */
function createPatternMatch(pattern: string, options: string): Condition {
  const test = compileRegexp(pattern, options)
  const flags = [...options].sort().join('')
  return onField(found => {
    const kind = kindOf(found)
    if (kind.rank === KINDS.string.rank) return test(textOf(found))
    if (kind !== KINDS.regex) return false
    const stored = regexpOf(found as object)
    return stored.pattern === pattern && stored.options === flags
  })
}

const checkList = (name: string, value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as readonly unknown[]
  throw unsupportedQueryError(name, 'it takes an array')
}

function createIn(value: unknown): Condition {
  return anyOf(
    checkList('$in', value).map(item => {
      if (hasOperators(item)) throw unsupportedQueryError('$in', 'no operators among its values')
      return isRegexp(item) ? createRegexpMatch(item) : createEquality(item)
    }),
  )
}

function createAll(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  const items = checkList('$all', value)
  if (items.length === 0) return onField(() => false)
  const isElemMatch = (item: unknown): boolean =>
    isFields(item) && Object.keys(item)[0] === '$elemMatch'
  if (items.some(isElemMatch)) {
    if (!items.every(isElemMatch)) throw unsupportedQueryError('$all', '$elemMatch beside values')
    return allOf(items.map(item => compileCondition(item, matcherOf)))
  }
  return allOf(
    items.map(item => {
      if (hasOperators(item)) throw unsupportedQueryError('$all', 'no operators among its values')
      return isRegexp(item) ? createRegexpMatch(item) : createEquality(item)
    }),
  )
}

/** Names in `$type` for several types. */
const ALIASES: Readonly<Record<string, readonly Kind[]>> = {
  number: [KINDS.int, KINDS.long, KINDS.double, KINDS.decimal],
}

function createType(value: unknown): Condition {
  const asked = (Array.isArray(value) ? value : [value]) as readonly unknown[]
  if (asked.length === 0) throw unsupportedQueryError('$type', 'it takes at least one type')
  const kinds = new Set(asked.flatMap(findKinds))
  return onField(found => found !== MISSING && kinds.has(kindOf(found)))
}

/** BSON types that no value here has, so nothing is found. */
const TYPES_WITHOUT_VALUES: readonly unknown[] = ['undefined', 'dbPointer', 6, 12]

function findKinds(asked: unknown): readonly Kind[] {
  if (TYPES_WITHOUT_VALUES.includes(asked)) return []
  const isText = typeof asked === 'string'
  const aliases = isText && Object.hasOwn(ALIASES, asked) ? ALIASES[asked] : undefined
  if (aliases !== undefined) return aliases
  const found = Object.values(KINDS).find(
    kind =>
      kind !== KINDS.missing &&
      (isText ? kind.name === asked : isNumber(asked) && compareNumbers(kind.code, asked) === 0),
  )
  if (found === undefined) throw unsupportedQueryError('$type', 'a type that is none')
  return [found]
}

const isNumber = (value: unknown): boolean => kindOf(value).rank === KINDS.int.rank

function createSize(value: unknown): Condition {
  const size = isNumber(value) ? truncate(value) : null
  if (size === null || size < 0n || compareNumbers(size, value) !== 0) {
    throw unsupportedQueryError('$size', 'it takes a count')
  }
  return onField(found => Array.isArray(found) && found.length === Number(size), true)
}

function createExists(value: unknown): Condition {
  const there = onField(found => found !== MISSING)
  return isTruthy(value) ? there : negate(there)
}

/** Whether MongoDB takes a value for true: everything but false, null and 0. */
const isTruthy = (value: unknown): boolean =>
  value !== false &&
  value !== null &&
  value !== undefined &&
  !(isNumber(value) && compareNumbers(value, 0) === 0)

function createMod(value: unknown): Condition {
  const list = checkList('$mod', value)
  const [divisor, remainder] = list.map(item => (isNumber(item) ? truncate(item) : null))
  if (list.length !== 2 || divisor == null || remainder == null || divisor === 0n) {
    throw unsupportedQueryError('$mod', 'it takes a divisor that is not 0, and a remainder')
  }
  return onField(found => {
    if (!isNumber(found)) return false
    const whole = truncate(found)
    return whole !== null && whole % divisor === remainder
  })
}

function createElemMatch(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  if (!isFields(value)) throw unsupportedQueryError('$elemMatch', 'it takes an object')
  const [first] = Object.keys(value)
  const isValue = hasOperators(value) && !['$and', '$or', '$nor'].includes(first as string)
  if (isValue) {
    const condition = compileCondition(value, matcherOf)
    return onField(found => Array.isArray(found) && found.some(item => condition.on(item)), true)
  }
  const matches = matcherOf(value)
  const isContainer = (item: unknown): boolean =>
    kindOf(item) === KINDS.object || kindOf(item) === KINDS.array
  return onField(
    found => Array.isArray(found) && found.some(item => isContainer(item) && matches(item)),
    true,
  )
}

function createRegex(value: unknown, { $options }: { readonly $options?: unknown }): Condition {
  if ($options !== undefined && typeof $options !== 'string') {
    throw unsupportedQueryError('$options', 'it takes a text')
  }
  if (isRegexp(value)) {
    if ($options === undefined) return createRegexpMatch(value)
    const { pattern, options } = regexpOf(value)
    if (options !== '') throw unsupportedQueryError('$options', 'the pattern brings its own')
    return createPatternMatch(pattern, $options)
  }
  if (typeof value !== 'string') {
    throw unsupportedQueryError('$regex', 'it takes a text or a regular expression')
  }
  return createPatternMatch(value, $options ?? '')
}

function createNot(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  if (isRegexp(value)) return negate(createRegexpMatch(value))
  if (!hasOperators(value))
    throw unsupportedQueryError('$not', 'it takes operators or a regular expression')
  return negate(compileCondition(value, matcherOf))
}

type Operator = (
  value: unknown,
  beside: Readonly<Record<string, unknown>>,
  matcherOf: (filter: unknown) => Matcher,
) => Condition

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$eq', value => createComparison('$eq', value)],
  ['$ne', value => (checkValue('$ne', value), negate(createEquality(value)))],
  ['$gt', value => createComparison('$gt', value)],
  ['$gte', value => createComparison('$gte', value)],
  ['$lt', value => createComparison('$lt', value)],
  ['$lte', value => createComparison('$lte', value)],
  ['$in', value => createIn(value)],
  ['$nin', value => negate(createIn(value))],
  ['$exists', value => createExists(value)],
  ['$type', value => createType(value)],
  ['$size', value => createSize(value)],
  ['$all', (value, _, matcherOf) => createAll(value, matcherOf)],
  ['$elemMatch', (value, _, matcherOf) => createElemMatch(value, matcherOf)],
  ['$mod', value => createMod(value)],
  ['$regex', (value, beside) => createRegex(value, beside)],
  ['$not', (value, _, matcherOf) => createNot(value, matcherOf)],
  [
    '$options',
    (_, beside) => {
      if (!Object.hasOwn(beside, '$regex'))
        throw unsupportedQueryError('$options', 'there is no $regex')
      return allOf([])
    },
  ],
])
