// The filter of an update under a guard of fields: expressions that are true exactly where the stored document is as the
// writer saw it. Conditions of a query would be fooled: they look into arrays, take null for absent, and values with `$`
// or patterns for conditions. Expressions compare by type and value; objects are compared key by key, because a server
// may store keys in another order than they were written in.
//
//   { path: ['a', 'b'], has: true, value: 1 }   b of a, which is an object, is 1
//   { path: ['a', 'b'], has: false }            a is an object without b
import { isObject, isPlainObject, type Dictionary } from '../../../document/containers.ts'
import type { FieldGuard } from '../../contract.ts'

type Expression = string | Dictionary

/** Creates the condition that all guarded places are stored as the writer saw them. */
export function createFieldCondition(fields: readonly FieldGuard[]): Dictionary {
  return { $expr: { $and: fields.map(createCondition) } }
}

/**
 * Creates the same condition in the language of queries, which upserts need. Null: a guard is of more than a single value.
 * Parents must be objects, and the value no array, because queries look into arrays.
 */
export function createPlainConditions(fields: readonly FieldGuard[]): Dictionary[] | null {
  const conditions: Dictionary[] = []
  const parents = new Set<string>()
  for (const { path, has, key, keys, ...rest } of fields) {
    const isPlain = key === undefined && keys === undefined && path.every(isPlainName)
    if (!isPlain || (has && !('value' in rest && isPlainValue(rest.value)))) return null
    for (let i = 1; i < path.length; i++) parents.add(path.slice(0, i).join('.'))
    const place = path.join('.')
    if (!has) conditions.push({ [place]: { $exists: false } })
    else if (rest.value === null) conditions.push({ [place]: { $type: 'null' } })
    else conditions.push({ [place]: { $eq: rest.value } })
    if (has) conditions.push({ [place]: NO_ARRAY })
  }
  return [...[...parents].flatMap(isObjectAt), ...conditions]
}

const NO_ARRAY = Object.freeze({ $not: Object.freeze({ $type: 'array' }) })

/** Returns the conditions that an object stands at a path. */
export const isObjectAt = (path: string): Dictionary[] => [
  { [path]: { $type: 'object' } },
  { [path]: NO_ARRAY },
]

const isPlainName = (name: unknown): boolean =>
  typeof name === 'string' && /^[^.$\0][^.\0]*$/.test(name)

const isPlainValue = (value: unknown): boolean =>
  !isObject(value) || !(Array.isArray(value) || isPlainObject(value) || value instanceof RegExp)

function createCondition({ path, has, key, keys, ...rest }: FieldGuard): Dictionary {
  let at: Expression = '$$ROOT'
  for (const [i, segment] of path.slice(0, -1).entries()) at = step(at, segment, key, i)
  const last = path.length - 1
  const value = step(at, path[last] as string | number, key, last)
  if (has && keys !== undefined) return hasKeys(value, keys)
  if (has && 'value' in rest) return isSame(value, rest.value)
  const isThere = { $ne: [{ $type: value }, 'missing'] }
  if (has) return isThere
  // Without a parent the place does not fit.
  const isPlace = typeof path[last] === 'number' || key?.at === last
  const hasParent = { $eq: [{ $type: at }, isPlace ? 'array' : 'object'] }
  return { $and: [hasParent, { $not: [isThere] }] }
}

function step(
  at: Expression,
  segment: string | number,
  key: FieldGuard['key'],
  place: number,
): Expression {
  if (key?.at === place) return elementOf(at, key)
  return typeof segment === 'number' ? placeOf(at, segment) : fieldOf(at, segment)
}

/** The field of an object; missing where there is no object. */
export function fieldOf(object: Expression, name: string): Expression {
  if (object === '$$ROOT' && isPlainName(name)) return `$${name}`
  const field = { $getField: { field: { $literal: name }, input: '$$o' } }
  return ifType('o', object, 'object', field)
}

function placeOf(array: Expression, index: number): Expression {
  return ifType('a', array, 'array', { $arrayElemAt: ['$$a', index] })
}

/** The only element with this key; missing where there is none, or several. */
function elementOf(array: Expression, key: NonNullable<FieldGuard['key']>): Expression {
  const elements = { $filter: { input: '$$a', as: 'e', cond: hasKey('$$e', key) } }
  const only = {
    $let: {
      vars: { found: elements },
      in: {
        $cond: [{ $eq: [{ $size: '$$found' }, 1] }, { $arrayElemAt: ['$$found', 0] }, '$$REMOVE'],
      },
    },
  }
  return ifType('a', array, 'array', only)
}

/** Whether an element of an array has this key. */
export const hasKey = (
  element: Expression,
  { field, value }: Pick<NonNullable<FieldGuard['key']>, 'field' | 'value'>,
): Dictionary => ({ $eq: [fieldOf(element, field), { $literal: value }] })

/** `then` with `value` as the variable `name` if it is of this type; else missing, or `otherwise`. */
export function ifType(
  name: string,
  value: Expression,
  type: 'object' | 'array',
  then: Expression,
  otherwise: unknown = '$$REMOVE',
): Dictionary {
  const isOfType = { $eq: [{ $type: `$$${name}` }, type] }
  return { $let: { vars: { [name]: value }, in: { $cond: [isOfType, then, otherwise] } } }
}

function hasKeys(value: Expression, keys: readonly string[]): Dictionary {
  const stored = { $map: { input: { $objectToArray: '$$o' }, as: 'e', in: '$$e.k' } }
  return ifType(
    'o',
    value,
    'object',
    { $setEquals: [stored, { $literal: keys }] },
    { $literal: false },
  )
}

/** Whether a stored value is this one, whatever the order of keys in it. */
function isSame(stored: Expression, value: unknown): Dictionary {
  if (!isObject(value) || isOrdered(value)) return { $eq: [stored, { $literal: value }] }
  const no = { $literal: false }
  if (Array.isArray(value)) {
    const elements = value.map((item, i) => isSame({ $arrayElemAt: ['$$a', i] }, item))
    const isLong = { $eq: [{ $size: '$$a' }, value.length] }
    return ifType('a', stored, 'array', { $and: [isLong, ...elements] }, no)
  }
  const fields = Object.entries(value).map(([key, item]) => isSame(fieldOf('$$v', key), item))
  const all = { $and: [hasKeys('$$v', Object.keys(value)), ...fields] }
  return ifType('v', stored, 'object', all, no)
}

/** Whether no object in a value has keys in more than one order. */
function isOrdered(value: unknown): boolean {
  if (!isObject(value)) return true
  if (Array.isArray(value)) return value.every(isOrdered)
  if (!isPlainObject(value)) return true
  const keys = Object.keys(value)
  return keys.length === 0 || (keys.length === 1 && isOrdered(value[keys[0] as string]))
}
