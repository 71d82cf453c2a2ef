// The options of the MongoDB adapter, and their check.
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { RING_LENGTH } from '../ring.ts'
import type { BookFields } from './update/bookkeeping.ts'

/** Options of `mongodbAdapter`. */
export interface MongoAdapterOptions {
  /**
   * The field that holds version and last commit id of a document; `_cow` by default. With `{ version, field }` the version
   * stands in a field that another program raises too, such as `__v` of Mongoose with `optimisticConcurrency`: then both
   * notice what the other wrote. It takes `concurrency: 'version'`.
   */
  readonly bookkeeping?: string | { readonly version: string; readonly field?: string }
  /**
   * The shard keys of sharded collections, by the name of the collection: paths of fields. Their values go into the filter
   * of each write, and edits of them are refused with `immutable-field`.
   */
  readonly shardKey?: Readonly<Record<string, readonly string[]>>
  /**
   * The number of commit ids that a document keeps: 16, or 0, the default. With them the outcome of a write whose answer
   * was lost is known even if others have written since. Documents of collections with a `concurrency` other than
   * `version` always keep 16.
   */
  readonly ring?: 0 | 16
  /** Whether other programs write the same documents: see `MongoUpdateOptions`. */
  readonly foreignWriters?: boolean
  /** The write concern of every write; that of the database by default. */
  readonly writeConcern?: unknown
  readonly readConcern?: unknown
  readonly readPreference?: unknown
  /** A session of the caller's, used for every call. A transaction on it is the caller's to commit. */
  readonly session?: unknown
  /** The time spent on finding out an unknown outcome, in milliseconds; 30,000 by default. */
  readonly resolveMS?: number
}

const OPTIONS: readonly (keyof MongoAdapterOptions)[] = [
  'bookkeeping',
  'shardKey',
  'ring',
  'foreignWriters',
  'writeConcern',
  'readConcern',
  'readPreference',
  'session',
  'resolveMS',
]

/** Returns the fields of the bookkeeping. Throws `bad-argument` for unknown options, and for names that no path can hold. */
export function checkOptions(options: MongoAdapterOptions): BookFields {
  checkKnownOptions(options, OPTIONS)
  const { bookkeeping = '_cow', ring = 0 } = options
  if (ring !== 0 && ring !== RING_LENGTH)
    throw badArgumentError('ring', `0 or ${RING_LENGTH}`, ring)
  if (options.shardKey !== undefined) checkShardKeys(options.shardKey)
  const { field = '_cow', version = null }: { field?: unknown; version?: unknown } =
    typeof bookkeeping === 'string' ? { field: bookkeeping } : Object(bookkeeping)
  const isKnown = typeof bookkeeping === 'string' || isName(version)
  if (isKnown && isName(field) && version !== field)
    return { field: field as string, version: version as string | null }
  throw badArgumentError('bookkeeping', 'names that can stand in a path', bookkeeping)
}

/**
 * Throws `bad-argument` for writes that nobody acknowledges, and warns of those that a fail-over or a crash may take back
 * after they were acknowledged.
 */
export function checkWriteConcern(concern: unknown): void {
  const { w, j, journal } = Object(concern) as { w?: unknown; j?: unknown; journal?: unknown }
  if (w === 0) {
    throw badArgumentError('writeConcern', 'writes that the server acknowledges', concern)
  }
  if (w !== 1 || j === true || journal === true) return
  process.emitWarning(
    'With the write concern { w: 1 } MongoDB acknowledges writes that a crash or a fail-over takes back. Take ' +
      "{ w: 'majority' }, the server's default.",
    { type: 'CowslipWarning', code: 'COWSLIP_WRITE_CONCERN' },
  )
}

const isName = (name: unknown): boolean =>
  typeof name === 'string' && name !== '_id' && /^[^.$\0][^.\0]*$/.test(name)

function checkShardKeys(keys: unknown): void {
  const lists = typeof keys === 'object' && keys !== null ? Object.values(keys) : [null]
  for (const list of lists as unknown[]) {
    const isList =
      Array.isArray(list) && list.every(path => typeof path === 'string' && path !== '')
    if (!isList) throw badArgumentError('shardKey', 'lists of paths by collection', keys)
  }
}
