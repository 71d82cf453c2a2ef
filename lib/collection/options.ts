// Checks of the options of collections and documents. They run before anything else, so that a typo is an
// error and not a default.
import type { Adapter } from '../adapters/contract.ts'
import { isPlainObject } from '../document/containers.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import {
  checkFunction,
  checkKnownOptions,
  checkSignal,
} from '../document/messages/check-options.ts'
import { EDIT_OPTIONS, checkEditOptions } from '../store/edits/edit-options.ts'
import { checkResolve } from '../changes/conflicts.ts'
import type { CollectionOptions } from './collection-types.ts'
import { checkOwnFields } from './fields/own-fields.ts'
import { checkVersions } from './versions/shapes.ts'
import { checkSchema } from './schema/validate.ts'
import type {
  CallLimits,
  DocumentEditOptions,
  FindOptions,
  GetOptions,
  ManyOptions,
  UndoOptions,
} from './call-types.ts'

const COLLECTION_OPTIONS: readonly string[] = [
  'adapter',
  'schema',
  'leaves',
  'keyed',
  'atomic',
  'timeoutMS',
  'maxPending',
  'concurrency',
  'history',
  'optimistic',
  'resolve',
  'indexes',
  'timestamps',
  'softDelete',
  'computed',
  'beforeCommit',
  'versions',
  'audit',
  'events',
]

/** Throws `bad-argument` for a name or options of a collection that have another shape. */
export function checkCollectionOptions(name: string, options: CollectionOptions): void {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw badArgumentError('name', 'a text that is not empty', name)
  }
  checkKnownOptions(options, COLLECTION_OPTIONS)
  const { adapter } = options
  if (typeof adapter?.commit !== 'function' || typeof adapter.load !== 'function') {
    throw badArgumentError('options.adapter', 'an adapter', adapter)
  }
  checkSchema(options.schema)
  checkTimeout(options.timeoutMS)
  checkMaxPending(options.maxPending)
  checkResolve(options.resolve)
  checkFlag('optimistic', options.optimistic)
  checkConcurrency(options.concurrency, adapter)
  checkIndexes(options.indexes, adapter)
  checkVersions(options.versions, adapter)
  checkFlag('events', options.events)
  checkTrail(options)
  checkFlag('timestamps', options.timestamps)
  checkFlag('softDelete', options.softDelete)
  checkOwnFields(options, adapter.reserved ?? [])
  if (options.beforeCommit !== undefined) checkFunction('beforeCommit', options.beforeCommit)
}

const LIMIT_OPTIONS: readonly string[] = ['signal', 'timeoutMS']
const DOCUMENT_EDIT_OPTIONS: readonly string[] = [
  ...EDIT_OPTIONS,
  ...LIMIT_OPTIONS,
  'ifVersion',
  'optimistic',
]
const FIND_OPTIONS: readonly string[] = [
  'sort',
  'limit',
  'skip',
  'fields',
  'hint',
  'collation',
  'batchSize',
  'maxTimeMS',
  'withDeleted',
  ...LIMIT_OPTIONS,
]

/** Throws `bad-argument` for options of an edit of a document that have another shape. */
export function checkDocumentOptions(options: DocumentEditOptions): void {
  checkEditOptions(options, DOCUMENT_EDIT_OPTIONS)
  checkTimes(options)
  const { ifVersion, optimistic } = options
  checkFlag('optimistic', optimistic)
  if (ifVersion === undefined || (Number.isSafeInteger(ifVersion) && ifVersion >= 0)) return
  throw badArgumentError('ifVersion', 'a version', ifVersion)
}

/** Throws `bad-argument` for anything but a boolean or undefined. */
function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return
  throw badArgumentError(name, 'true or false', value)
}

/** Throws `bad-argument` for a mode that does not exist, or that the adapter does not have. */
function checkConcurrency(mode: unknown, { capabilities }: Adapter): void {
  if (mode === undefined || mode === 'version') return
  if (mode !== 'fields' && mode !== 'none') {
    throw badArgumentError('concurrency', "'version', 'fields' or 'none'", mode)
  }
  if (capabilities.fieldGuards === true) return
  throw badArgumentError('concurrency', "'version', for this adapter has no `fieldGuards`", mode)
}

/** Throws `bad-argument` for an audit or an outbox that cannot be kept in the transaction of each change. */
function checkTrail({ audit, events, adapter, concurrency = 'version' }: CollectionOptions): void {
  if (audit !== undefined) checkKnownOptions(audit, ['who'], 'audit')
  if (audit === undefined && events !== true) return
  const name = audit === undefined ? 'events' : 'audit'
  if (adapter.capabilities.transactions !== true || adapter.transaction === undefined) {
    throw badArgumentError(name, 'nothing, for this adapter has no transactions', audit ?? events)
  }
  if (concurrency === 'version') return
  throw badArgumentError('concurrency', `'version', for a collection with \`${name}\``, concurrency)
}

/** Throws `bad-argument` for indexes where the adapter keeps none; it checks the rest itself. */
function checkIndexes(indexes: unknown, adapter: Adapter): void {
  if (indexes === undefined || adapter.syncIndexes !== undefined) return
  throw badArgumentError('indexes', 'nothing, for this adapter has no `syncIndexes`', indexes)
}

/** Returns the limits of each write of `editMany` and `deleteMany`. Throws `bad-argument`. */
export function checkManyOptions(options: ManyOptions): CallLimits {
  checkKnownOptions(options, [...LIMIT_OPTIONS, 'concurrency', 'onProgress', 'after'])
  checkTimes(options)
  const { concurrency = 100, onProgress, after, ...limits } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw badArgumentError('concurrency', 'a count of at least 1', concurrency)
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw badArgumentError('onProgress', 'a function', onProgress)
  }
  if (after != null && typeof after !== 'string') {
    throw badArgumentError('after', '`after` of a progress', after)
  }
  return limits
}

/** Throws `bad-argument` for options of `undo` and `redo` that have another shape. */
export function checkUndoOptions(options: UndoOptions): void {
  checkKnownOptions(options, [...LIMIT_OPTIONS, 'resolve', 'optimistic'])
  checkTimes(options)
  checkResolve(options.resolve)
  checkFlag('optimistic', options.optimistic)
}

/** Throws `bad-argument` for options of `get` that have another shape. */
export function checkGetOptions(options: GetOptions): void {
  checkKnownOptions(options, [...LIMIT_OPTIONS, 'state', 'fields'])
  checkTimes(options)
  checkFlag('state', options.state)
  if (options.fields !== undefined && options.state !== true) {
    throw badArgumentError('state', 'true, for live documents are whole', options.state)
  }
}

/** Throws `bad-argument` for limits of a call that have another shape. */
export function checkLimits(options: CallLimits): void {
  checkKnownOptions(options, LIMIT_OPTIONS)
  checkTimes(options)
}

function checkTimes({ signal, timeoutMS }: CallLimits): void {
  checkSignal(signal)
  checkTimeout(timeoutMS)
}

/** Throws `bad-argument` for options of a query that have another shape. */
export function checkFindOptions(options: FindOptions): void {
  checkKnownOptions(options, FIND_OPTIONS)
  checkTimes(options)
  const { sort, limit, skip, batchSize, maxTimeMS } = options
  checkFlag('withDeleted', options.withDeleted)
  for (const [name, value] of [
    ['limit', limit],
    ['skip', skip],
    ['batchSize', batchSize],
    ['maxTimeMS', maxTimeMS],
  ] as const) {
    if (value === undefined || value === Infinity) continue
    if (!Number.isSafeInteger(value) || value < 0) throw badArgumentError(name, 'a count', value)
  }
  if (sort === undefined) return
  if (typeof sort !== 'object' || sort === null || !isPlainObject(sort)) {
    throw badArgumentError('sort', 'an object of paths', sort)
  }
  for (const [path, direction] of Object.entries(sort)) {
    if (direction !== 1 && direction !== -1)
      throw badArgumentError(`sort.${path}`, '1 or -1', direction)
  }
}

/** The nesting depth of filters: no MongoDB server accepts a deeper one. */
const MAX_FILTER_LEVELS = 100

/**
 * Throws `bad-argument` for a filter that is no plain object, is nested too deeply, or holds a value that
 * no database holds. `undefined` above all: it would mean null, or nothing at all.
 */
export function checkFilter(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null || !isPlainObject(filter)) {
    throw badArgumentError('filter', 'a plain object', filter)
  }
  checkFilterPart(filter, 'filter', 1)
}

function checkFilterPart(part: object, name: string, level: number): void {
  if (level > MAX_FILTER_LEVELS) {
    throw badArgumentError('filter', `an object of at most ${MAX_FILTER_LEVELS} levels`, part)
  }
  for (const [key, value] of Object.entries(part)) {
    const path = `${name}.${key}`
    if (isUnstorable(value)) throw badArgumentError(path, 'a value that a database holds', value)
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value) || isPlainObject(value))
      checkFilterPart(value as object, path, level + 1)
  }
}

const isUnstorable = (value: unknown): boolean =>
  ['undefined', 'symbol', 'function'].includes(typeof value) ||
  value instanceof Map ||
  value instanceof Set ||
  (value instanceof Date && Number.isNaN(value.getTime()))

/** Throws `bad-argument` for anything but a count of at least 1, or undefined. */
function checkMaxPending(maxPending: unknown): void {
  if (maxPending === undefined || maxPending === Infinity) return
  if (Number.isSafeInteger(maxPending) && (maxPending as number) > 0) return
  throw badArgumentError('maxPending', 'a count of at least 1', maxPending)
}

/** Throws `bad-argument` for anything but a time or undefined. */
function checkTimeout(timeoutMS: unknown): void {
  if (timeoutMS === undefined || (typeof timeoutMS === 'number' && timeoutMS >= 0)) return
  throw badArgumentError('timeoutMS', 'a number of milliseconds', timeoutMS)
}
