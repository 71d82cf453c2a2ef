// Checks the definitions of indexes, so that every adapter accepts the same ones, and names them.
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { IndexDefinition, NamedIndex, SyncedIndexes } from '../contract-queries.ts'
import { hasOperators, isFields } from '../query/conditions.ts'
import { compileFilter } from '../query/filter.ts'
import { KINDS, kindOf } from '../query/kinds.ts'
import { compareValues } from '../query/order.ts'

/** The operators of `where`: those that MongoDB allows, each of which an element of an array can fulfil alone. */
const WHERE_OPERATORS: ReadonlySet<string> = new Set([
  '$eq',
  '$exists',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$type',
  '$in',
])

const WHERE_CONDITIONS = 'a value, or $eq, $exists: true, $gt, $gte, $lt, $lte, $type or $in'

/** Returns definitions with their names. Throws `bad-argument` for anything that some adapter could not keep. */
export function parseIndexes(indexes: unknown): NamedIndex[] {
  if (!Array.isArray(indexes)) throw badArgumentError('indexes', 'a list of indexes', indexes)
  const parsed = indexes.map((index, i) => parseIndex(index as IndexDefinition, `indexes[${i}]`))
  const names = new Set<string>()
  for (const { name } of parsed) {
    if (names.has(name)) throw badArgumentError('indexes', 'indexes of different names', name)
    names.add(name)
  }
  return parsed
}

function parseIndex(index: IndexDefinition, at: string): NamedIndex {
  if (!isFields(index)) throw badArgumentError(at, 'an object with `fields`', index)
  checkKnownOptions(index, ['fields', 'unique', 'sparse', 'where', 'name'], at)
  const { fields, where, name } = index
  const paths = isFields(fields) ? Object.keys(fields) : []
  if (paths.length === 0 || paths.length > 32) {
    throw badArgumentError(`${at}.fields`, 'an object of 1 to 32 paths', fields)
  }
  for (const path of paths) checkField(path, fields[path], `${at}.fields`)
  if (paths.length === 1 && paths[0] === '_id') {
    throw badArgumentError(`${at}.fields`, 'other fields than `_id`, which has one', fields)
  }
  for (const flag of ['unique', 'sparse'] as const) {
    if (index[flag] !== undefined && typeof index[flag] !== 'boolean') {
      throw badArgumentError(`${at}.${flag}`, 'true or false', index[flag])
    }
  }
  if (name !== undefined && (typeof name !== 'string' || !/^[^\0]{1,120}$/.test(name))) {
    throw badArgumentError(`${at}.name`, 'a text of 1 to 120 characters', name)
  }
  if (where !== undefined) {
    if (index.sparse === true)
      throw badArgumentError(`${at}.sparse`, 'not both it and `where`', true)
    checkWhere(where, `${at}.where`)
  }
  return { ...index, name: name ?? nameOfFields(fields) }
}

/** Returns the name that MongoDB gives an index of these fields. */
export const nameOfFields = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields).flat().join('_')

function checkField(path: string, direction: unknown, at: string): void {
  const isPath = path.split('.').every(part => /^[^$\0][^\0]*$/.test(part) && !/^\d+$/.test(part))
  if (!isPath) throw badArgumentError(at, 'paths of names, none of them a number', path)
  if (direction !== 1 && direction !== -1) {
    throw badArgumentError(`${at}.${path}`, '1 or -1', direction)
  }
}

function checkWhere(where: unknown, at: string): void {
  if (!isFields(where)) throw badArgumentError(at, 'a filter', where)
  for (const [key, condition] of Object.entries(where)) {
    if (key === '$and' && Array.isArray(condition)) {
      for (const part of condition) checkWhere(part, `${at}.$and`)
      continue
    }
    const names = hasOperators(condition) ? Object.keys(condition) : []
    const isAllowed =
      !key.startsWith('$') &&
      kindOf(condition) !== KINDS.regex &&
      names.every(name => WHERE_OPERATORS.has(name)) &&
      (!hasOperators(condition) || condition.$exists === undefined || condition.$exists === true)
    if (!isAllowed) throw badArgumentError(`${at}.${key}`, WHERE_CONDITIONS, condition)
  }
  compileFilter(where)
}

/** Whether two definitions mean the same index, whatever their names. */
function isSameIndex(a: IndexDefinition, b: IndexDefinition): boolean {
  const partsOf = ({ fields, unique = false, sparse = false, where }: IndexDefinition) => [
    Object.entries(fields),
    unique,
    sparse,
    where ?? null,
  ]
  return compareValues(partsOf(a), partsOf(b)) === 0
}

/** Indexes to make and to drop, so that there are those that were asked for. */
export interface IndexDifference {
  readonly made: readonly NamedIndex[]
  readonly dropped: readonly NamedIndex[]
  readonly same: readonly NamedIndex[]
}

/**
 * Compares the indexes that there are with those that are asked for: one that was changed is dropped and made. Those of
 * the names `fresh` were made when the collection was opened, and count as made now.
 */
export function compareIndexes(
  stored: readonly NamedIndex[],
  asked: readonly NamedIndex[],
  fresh: ReadonlySet<string> = new Set(),
): IndexDifference {
  const findIn = (list: readonly NamedIndex[], index: NamedIndex): boolean =>
    list.some(other => other.name === index.name && isSameIndex(other, index))
  return {
    made: asked.filter(index => fresh.has(index.name) || !findIn(stored, index)),
    dropped: stored.filter(index => !findIn(asked, index)),
    same: asked.filter(index => !fresh.has(index.name) && findIn(stored, index)),
  }
}

/** Returns the names of a difference. */
export function namesOf({ made, dropped, same }: IndexDifference): SyncedIndexes {
  const names = (list: readonly NamedIndex[]): string[] => list.map(({ name }) => name)
  return { made: names(made), dropped: names(dropped), same: names(same) }
}
