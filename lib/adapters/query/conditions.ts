// What a filter asks of one field, by operator.
import { isPlainObject } from '../../document/containers.ts'
import { bsonType } from '../../document/leaves/bson.ts'
import { KINDS, MISSING, kindOf, type Kind } from './kinds.ts'
import { compareNumbers, isNaNumber, truncate } from './numbers.ts'
import { compareWithin, regexpOf, textOf } from './order.ts'
import { someAt } from './reach.ts'
import { checkFlags, compileRegexp } from './regexp.ts'
import { unsupported } from './unsupported.ts'

/** A compiled test of one field: `at` a path of a document, or `on` one value, as `$elemMatch` does with each element. */
export interface Condition {
  at(document: unknown, path: readonly string[]): boolean
  on(value: unknown): boolean
}

/** A filter for documents, or for elements that are objects. */
export type Matcher = (document: unknown) => boolean

type Test = (value: unknown) => boolean
/** `whole`: arrays count as a whole only. */
const reached = (test: Test, whole: boolean = false): Condition => ({
  at: (document, path) => someAt(document, path, 0, test, whole),
  on: test,
})

const not = (condition: Condition): Condition => ({
  at: (document, path) => !condition.at(document, path),
  on: value => !condition.on(value),
})

const all = (conditions: readonly Condition[]): Condition => ({
  at: (document, path) => conditions.every(condition => condition.at(document, path)),
  on: value => conditions.every(condition => condition.on(value)),
})

const any = (conditions: readonly Condition[]): Condition => ({
  at: (document, path) => conditions.some(condition => condition.at(document, path)),
  on: value => conditions.some(condition => condition.on(value)),
})

const isRegexp = (value: unknown): value is object => kindOf(value) === KINDS.regex
/** Whether it is an object with fields, as in a filter: no instance of a class. */
export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && isPlainObject(value) && bsonType(value) === null

/** Whether an object holds operators, by its first key, as the server has it. */
export function hasOperators(value: unknown): value is Readonly<Record<string, unknown>> {
  return isFields(value) && Object.keys(value)[0]?.startsWith('$') === true
}

/** Compiles the right side of a field in a filter: operators, a regular expression, or a value to equal. */
export function conditionOf(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  if (!hasOperators(value)) return isRegexp(value) ? matching(value) : equal(value)
  return all(
    Object.keys(value).map(name => {
      const operator = OPERATORS.get(name)
      if (operator === undefined) throw unsupported(name, 'no operator of a field that is known')
      return operator(value[name], value, matcherOf)
    }),
  )
}

type Comparison = '$eq' | '$gt' | '$gte' | '$lt' | '$lte'
const FITS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  $eq: order => order === 0,
  $gt: order => order > 0,
  $gte: order => order >= 0,
  $lt: order => order < 0,
  $lte: order => order <= 0,
}

/** Comparison within the type of `value` only, except with the least and the greatest. */
function comparing(name: Comparison, value: unknown): Condition {
  checkValue(name, value)
  const fits = FITS[name]
  const kind = kindOf(value)
  const equality = name !== '$gt' && name !== '$lt'
  if (kind === KINDS.null) {
    return reached(found => equality && (found === null || found === MISSING))
  }
  if (kind.rank === KINDS.int.rank && isNaNumber(value)) {
    return reached(found => equality && kindOf(found).rank === kind.rank && isNaNumber(found))
  }
  return reached(found => {
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
    throw unsupported(name, 'a regular expression has no order')
}

const equal = (value: unknown): Condition => comparing('$eq', value)

const matching = (value: object): Condition => {
  checkFlags(value)
  const { pattern, options } = regexpOf(value)
  return finding(pattern, options)
}

/** A regular expression finds texts, and itself. */
function finding(pattern: string, options: string): Condition {
  const test = compileRegexp(pattern, options)
  const flags = [...options].sort().join('')
  return reached(found => {
    const kind = kindOf(found)
    if (kind.rank === KINDS.string.rank) return test(textOf(found))
    if (kind !== KINDS.regex) return false
    const stored = regexpOf(found as object)
    return stored.pattern === pattern && stored.options === flags
  })
}

const listOf = (name: string, value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as readonly unknown[]
  throw unsupported(name, 'it takes an array')
}

function among(value: unknown): Condition {
  return any(
    listOf('$in', value).map(item => {
      if (hasOperators(item)) throw unsupported('$in', 'no operators among its values')
      return isRegexp(item) ? matching(item) : equal(item)
    }),
  )
}

function containing(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  const items = listOf('$all', value)
  if (items.length === 0) return reached(() => false)
  const isElemMatch = (item: unknown): boolean =>
    isFields(item) && Object.keys(item)[0] === '$elemMatch'
  if (items.some(isElemMatch)) {
    if (!items.every(isElemMatch)) throw unsupported('$all', '$elemMatch beside values')
    return all(items.map(item => conditionOf(item, matcherOf)))
  }
  return all(
    items.map(item => {
      if (hasOperators(item)) throw unsupported('$all', 'no operators among its values')
      return isRegexp(item) ? matching(item) : equal(item)
    }),
  )
}

/** Aliases in `$type` beside the names of types. */
const ALIASES: Readonly<Record<string, readonly Kind[]>> = {
  number: [KINDS.int, KINDS.long, KINDS.double, KINDS.decimal],
}

function ofType(value: unknown): Condition {
  const asked = (Array.isArray(value) ? value : [value]) as readonly unknown[]
  if (asked.length === 0) throw unsupported('$type', 'it takes at least one type')
  const kinds = new Set(asked.flatMap(kindsNamed))
  return reached(found => found !== MISSING && kinds.has(kindOf(found)))
}

/** Types of BSON that no value of ours has: none is found. */
const OTHERS: readonly unknown[] = ['undefined', 'dbPointer', 6, 12]

function kindsNamed(asked: unknown): readonly Kind[] {
  if (OTHERS.includes(asked)) return []
  const isText = typeof asked === 'string'
  const aliases = isText && Object.hasOwn(ALIASES, asked) ? ALIASES[asked] : undefined
  if (aliases !== undefined) return aliases
  const found = Object.values(KINDS).find(
    kind =>
      kind !== KINDS.missing &&
      (isText ? kind.name === asked : isNumber(asked) && compareNumbers(kind.code, asked) === 0),
  )
  if (found === undefined) throw unsupported('$type', 'a type that is none')
  return [found]
}

const isNumber = (value: unknown): boolean => kindOf(value).rank === KINDS.int.rank

function ofSize(value: unknown): Condition {
  const size = isNumber(value) ? truncate(value) : null
  if (size === null || size < 0n || compareNumbers(size, value) !== 0) {
    throw unsupported('$size', 'it takes a count')
  }
  return reached(found => Array.isArray(found) && found.length === Number(size), true)
}

function existing(value: unknown): Condition {
  const there = reached(found => found !== MISSING)
  return isTrue(value) ? there : not(there)
}

/** As the server has it: everything but false, null and 0. */
const isTrue = (value: unknown): boolean =>
  value !== false &&
  value !== null &&
  value !== undefined &&
  !(isNumber(value) && compareNumbers(value, 0) === 0)

function withRemainder(value: unknown): Condition {
  const list = listOf('$mod', value)
  const [divisor, remainder] = list.map(item => (isNumber(item) ? truncate(item) : null))
  if (list.length !== 2 || divisor == null || remainder == null || divisor === 0n) {
    throw unsupported('$mod', 'it takes a divisor that is not 0, and a remainder')
  }
  return reached(found => {
    if (!isNumber(found)) return false
    const whole = truncate(found)
    return whole !== null && whole % divisor === remainder
  })
}

function withElement(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  if (!isFields(value)) throw unsupported('$elemMatch', 'it takes an object')
  const [first] = Object.keys(value)
  const isValue = hasOperators(value) && !['$and', '$or', '$nor'].includes(first as string)
  if (isValue) {
    const condition = conditionOf(value, matcherOf)
    return reached(found => Array.isArray(found) && found.some(item => condition.on(item)), true)
  }
  const matches = matcherOf(value)
  const isContainer = (item: unknown): boolean =>
    kindOf(item) === KINDS.object || kindOf(item) === KINDS.array
  return reached(
    found => Array.isArray(found) && found.some(item => isContainer(item) && matches(item)),
    true,
  )
}

function matchingPattern(value: unknown, { $options }: { readonly $options?: unknown }): Condition {
  if ($options !== undefined && typeof $options !== 'string') {
    throw unsupported('$options', 'it takes a text')
  }
  if (isRegexp(value)) {
    if ($options === undefined) return matching(value)
    const { pattern, options } = regexpOf(value)
    if (options !== '') throw unsupported('$options', 'the pattern brings its own')
    return finding(pattern, $options)
  }
  if (typeof value !== 'string') {
    throw unsupported('$regex', 'it takes a text or a regular expression')
  }
  return finding(value, $options ?? '')
}

function negated(value: unknown, matcherOf: (filter: unknown) => Matcher): Condition {
  if (isRegexp(value)) return not(matching(value))
  if (!hasOperators(value)) throw unsupported('$not', 'it takes operators or a regular expression')
  return not(conditionOf(value, matcherOf))
}

type Operator = (
  value: unknown,
  beside: Readonly<Record<string, unknown>>,
  matcherOf: (filter: unknown) => Matcher,
) => Condition

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$eq', value => comparing('$eq', value)],
  ['$ne', value => (checkValue('$ne', value), not(equal(value)))],
  ['$gt', value => comparing('$gt', value)],
  ['$gte', value => comparing('$gte', value)],
  ['$lt', value => comparing('$lt', value)],
  ['$lte', value => comparing('$lte', value)],
  ['$in', value => among(value)],
  ['$nin', value => not(among(value))],
  ['$exists', value => existing(value)],
  ['$type', value => ofType(value)],
  ['$size', value => ofSize(value)],
  ['$all', (value, _, matcherOf) => containing(value, matcherOf)],
  ['$elemMatch', (value, _, matcherOf) => withElement(value, matcherOf)],
  ['$mod', value => withRemainder(value)],
  ['$regex', (value, beside) => matchingPattern(value, beside)],
  ['$not', (value, _, matcherOf) => negated(value, matcherOf)],
  [
    '$options',
    (_, beside) => {
      if (!Object.hasOwn(beside, '$regex')) throw unsupported('$options', 'there is no $regex')
      return all([])
    },
  ],
])
