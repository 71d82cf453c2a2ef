// Builds the MongoDB update of a change. The adapter calls `createUpdate`, users call `toMongoUpdate` to
// see it. It walks the tree of ops and, at each object and array, takes the shorter of two: the paths below
// it, or the whole value in one `$set`.
//
//   { address: { city: set 'Paris' } }       { $set: { 'address.city': 'Paris' } }
//   { tags: keep 0 x1, insert ['poet'] }     { $push: { tags: 'poet' } }
//   { tags: sorted }                         { $set: { tags: [...] } }
import { partsOf, type ChangeSet } from '../../../changes/change-set.ts'
import { isKeepRun } from '../../../changes/arrays/runs.ts'
import type { ArrayOp, ObjectOp, Op } from '../../../changes/ops/ops.ts'
import { getOwn, setOwn, type Dictionary } from '../../../document/containers.ts'
import { describeValue } from '../../../document/messages/describe.ts'
import { CowslipError, unsupportedValueError } from '../../../document/messages/errors.ts'
import type { FieldGuard } from '../../contract.ts'
import { sizeInBSON } from './bson-size.ts'
import { keysOfElements, type ElementKeys } from './element-keys.ts'

/** Options of `toMongoUpdate`. */
export interface MongoUpdateOptions {
  /**
   * Whether other programs write the same documents without changing the version. With `true` no path holds
   * an index, arrays are written whole, and objects field by field.
   */
  readonly foreignWriters?: boolean
}

/** An update document; or a pipeline, if a name at the top of the document cannot stand in a path. */
export type MongoUpdate =
  MongoOperators | readonly [{ readonly $replaceWith: { readonly $literal: object } }]

/** Paths and values by operator. No path is equal to, above or below another. */
export interface MongoOperators {
  readonly $set?: Readonly<Record<string, unknown>>
  readonly $unset?: Readonly<Record<string, ''>>
  readonly $push?: Readonly<Record<string, unknown>>
  readonly $pop?: Readonly<Record<string, 1 | -1>>
}

/**
 * Returns the smallest correct update for a change: paths of single fields where every segment is safe,
 * else the nearest safe ancestor as a whole. Index paths and array operators are only right under a guard
 * of the version. Null: nothing changed. Throws `needs-base` for a change set made from ops alone.
 * O(changed), and the size of values written whole.
 *
 * @example
 * import { createStore } from 'cowslip'
 * import { toMongoUpdate } from 'cowslip/mongodb'
 * const store = createStore({ name: 'Ada', tags: ['math'], address: { city: 'London', zip: 'N1' } })
 * const change = store.edit(draft => {
 *   draft.address.city = 'Paris'
 *   draft.tags.push('poet')
 * })
 * toMongoUpdate(change) // { $set: { 'address.city': 'Paris' }, $push: { tags: 'poet' } }
 */
export function toMongoUpdate(
  change: ChangeSet,
  options: MongoUpdateOptions = {},
): MongoUpdate | null {
  const { op, values } = partsOf(change)
  if (values === null) {
    throw new CowslipError(
      'needs-base',
      'Expected a change set that knows values. Received one made from ops alone. Apply it to a store, and pass the result.',
      { asked: 'update' },
    )
  }
  return createUpdate(op, Object.fromEntries(values.after), null, options)
}

/**
 * Creates the update of an op. `next` has the touched keys; `whole` returns the document, in case it must
 * be replaced.
 */
export function createUpdate(
  op: ObjectOp,
  next: Dictionary,
  whole: (() => object) | null,
  options: MongoUpdateOptions,
): MongoUpdate | null {
  if (op.keys.size === 0) return null
  if ([...op.keys.keys()].every(isSafeSegment)) {
    const writer = new UpdateWriter({ ...GUARDED, foreign: options.foreignWriters === true })
    writer.writeAll(op, next)
    return writer.operators()
  }
  if (whole === null) {
    throw new CowslipError(
      'unsupported-value',
      'Expected names at the top of a document that can stand in a path (not empty, no dot, no leading ' +
        '$). Received another, which takes the whole document to write. Commit it through a collection.',
      {
        path: [...op.keys.keys()].filter(key => !isSafeSegment(key)),
        received: 'a name that is no path',
      },
    )
  }
  return [{ $replaceWith: { $literal: whole() } }]
}

/** An update that writes no more than its op touched, and the filters for the elements that its paths name. */
export interface FreeUpdate {
  readonly operators: MongoOperators
  readonly arrayFilters: readonly Dictionary[]
}

/**
 * Creates the update of an op beside writers that no version stops. Null: it takes an expression, because a name cannot
 * stand in a path. Edits below elements that `fields` names by key find them by it; other arrays that `fields` guards are
 * as they were seen.
 */
export function createFreeUpdate(
  op: ObjectOp,
  next: Dictionary,
  fields: readonly FieldGuard[],
): FreeUpdate | null {
  const isUnguarded = fields.length === 0
  const free: FreeStyle = {
    keys: keysOfElements(fields),
    areArraysGuarded: !isUnguarded,
    arrayFilters: [],
    isUnsafe: ![...op.keys.keys()].every(isSafeSegment),
  }
  const writer = new UpdateWriter({ foreign: true, free })
  if (!free.isUnsafe) writer.writeAll(op, next)
  return free.isUnsafe ? null : { operators: writer.operators(), arrayFilters: free.arrayFilters }
}

/** Whether a key can be a segment of a dotted path. */
function isSafeSegment(key: string): boolean {
  return key !== '' && !key.includes('.') && !key.includes('\0') && !key.startsWith('$')
}

type Entries = [path: string, value: unknown][]
type Operator = '$set' | '$unset' | '$push' | '$pop'

/** The facts that an update may rely on. */
interface Style {
  /** Whether what was not touched may have changed since: objects are written field by field, arrays whole. */
  readonly foreign: boolean
  readonly free: FreeStyle | null
}

/** The facts that an update under a guard of fields knows, and those that it finds out. */
interface FreeStyle {
  readonly keys: ElementKeys
  readonly areArraysGuarded: boolean
  readonly arrayFilters: Dictionary[]
  /** A name cannot stand in a path. */
  isUnsafe: boolean
}

const GUARDED: Style = { foreign: false, free: null }

class UpdateWriter {
  private readonly style: Style
  private readonly entries = new Map<Operator, Entries>()

  constructor(style: Style) {
    this.style = style
  }

  writeAll(op: ObjectOp, next: Dictionary): void {
    for (const [key, below] of op.keys) this.write(below, key, getOwn(next, key))
  }

  operators(): MongoOperators {
    const operators: Dictionary = {}
    for (const [operator, entries] of this.entries) {
      const paths = {}
      for (const [path, value] of entries) setOwn(paths, path, value)
      operators[operator] = paths
    }
    return operators
  }

  /** Writes an op at `path`. `next` is the value there after the change. */
  write(op: Op, path: string, next: unknown): void {
    switch (op.kind) {
      case 'set':
        return this.add('$set', path, op.value)
      case 'unset':
        return this.add('$unset', path, '')
      case 'object':
        return this.object(op, path, next as Dictionary)
      case 'map':
      case 'members':
        throw unsupportedValueError(
          path.split('.'),
          describeValue(next),
          'MongoDB cannot store it.',
        )
      case 'array':
        return this.array(op, path, next as readonly unknown[])
    }
  }

  private object(op: ObjectOp, path: string, next: Dictionary): void {
    const below = new UpdateWriter(this.style)
    if ([...op.keys.keys()].every(isSafeSegment)) {
      for (const [key, child] of op.keys) below.write(child, `${path}.${key}`, getOwn(next, key))
      if (this.style.foreign || below.size() <= sizeOf('$set', path, next)) return this.take(below)
    }
    if (this.style.free !== null) this.style.free.isUnsafe = true
    this.add('$set', path, next)
  }

  private array(op: ArrayOp, path: string, next: readonly unknown[]): void {
    const { free, foreign } = this.style
    if (free !== null && this.tryKeyed(op, path, next, free)) return
    const whole = sizeOf('$set', path, next)
    const below = new UpdateWriter(GUARDED)
    const isGuarded = !foreign || free?.areArraysGuarded === true
    if (isGuarded && below.tryArray(op, path, next) && below.size() <= whole) {
      return this.take(below)
    }
    this.add('$set', path, next)
  }

  /** Tries to write edits below elements that are found by their keys. */
  private tryKeyed(
    { runs, edits }: ArrayOp,
    path: string,
    next: readonly unknown[],
    free: FreeStyle,
  ): boolean {
    const { keys, arrayFilters } = free
    const keyed = runs === null && edits !== null && keys.ofAll(path.split('.'), edits.keys())
    if (!keyed) return false
    for (const [i, [index, child]] of [...edits].entries()) {
      const { field, value } = keyed[i] as (typeof keyed)[0]
      if (!isSafeSegment(field)) free.isUnsafe = true
      const name = `e${arrayFilters.length}`
      // A query would find the value in an array too.
      const isKey = [{ $eq: value }, { $not: { $type: 'array' } }]
      arrayFilters.push({ $and: isKey.map(condition => ({ [`${name}.${field}`]: condition })) })
      this.write(child, `${path}.$[${name}]`, next[index])
    }
    return true
  }

  /**
   * Tries to write an array as one operator (elements moved) or as paths (elements edited); both at once
   * would conflict in MongoDB.
   */
  private tryArray(op: ArrayOp, path: string, next: readonly unknown[]): boolean {
    if (op.runs === null) {
      for (const [index, below] of op.edits ?? [])
        this.write(below, `${path}.${index}`, next[index])
      return true
    }
    if (op.edits !== null) return false
    const found = findArrayOperator(op)
    if (found !== null) this.add(found[0], path, found[1])
    return found !== null
  }

  private add(operator: Operator, path: string, value: unknown): void {
    const entries = this.entries.get(operator)
    if (entries === undefined) this.entries.set(operator, [[path, value]])
    else entries.push([path, value])
  }

  private take(other: UpdateWriter): void {
    for (const [operator, entries] of other.entries) {
      for (const [path, value] of entries) this.add(operator, path, value)
    }
  }

  private size(): number {
    let size = 0
    for (const [operator, entries] of this.entries) {
      for (const [path, value] of entries) size += sizeOf(operator, path, value)
    }
    return size
  }
}

/**
 * Returns the bytes that an entry takes. `$set` is part of every update, for the version; another operator
 * needs a document of its own.
 */
function sizeOf(operator: Operator, path: string, value: unknown): number {
  return sizeInBSON({ [path]: value }) - 5 + (operator === '$set' ? 0 : operator.length + 7)
}

/** Returns the `$push`, `$pop` or slice that does what the runs say; null: there is none. */
function findArrayOperator({ runs, length }: ArrayOp): ['$push' | '$pop', unknown] | null {
  const [first, second, third, more] = runs ?? []
  if (first === undefined || more !== undefined) return null
  if (isKeepRun(first) && second === undefined) return cutOperator(first.keep, first.count, length)
  if (third === undefined && isKeepRun(first) && second !== undefined && !isKeepRun(second)) {
    return appendOperator(first.keep, first.count, length, second.insert)
  }
  const [before, insert, after] = isKeepRun(first) ? [first, second, third] : [null, first, second]
  if (insert === undefined || isKeepRun(insert) || after === undefined || !isKeepRun(after))
    return null
  const at = before?.count ?? 0
  const all = (before?.keep ?? 0) === 0 && after.keep === at && after.keep + after.count === length
  return all && (third === undefined || before !== null)
    ? ['$push', { $each: insert.insert, $position: at }]
    : null
}

/** Returns the operator for elements removed at one end. */
function cutOperator(
  keep: number,
  count: number,
  length: number,
): ['$push' | '$pop', unknown] | null {
  if (keep === 0 && count === length - 1) return ['$pop', 1]
  if (keep === 1 && count === length - 1) return ['$pop', -1]
  if (keep === 0) return ['$push', { $each: [], $slice: count }]
  return keep + count === length ? ['$push', { $each: [], $slice: -count }] : null
}

/** Returns the operator for values added at the end, and perhaps elements removed at the head. */
function appendOperator(
  keep: number,
  count: number,
  length: number,
  values: readonly unknown[],
): ['$push', unknown] | null {
  if (keep + count !== length) return null
  if (keep > 0) return ['$push', { $each: values, $slice: -(count + values.length) }]
  const [only] = values
  return ['$push', values.length === 1 && !isContainer(only) ? only : { $each: values }]
}

/** Whether a value is an object: `$push` could take it for a modifier. */
const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null
