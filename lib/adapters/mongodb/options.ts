// The options of the MongoDB adapter, and their check.
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { RING_LENGTH } from '../ring.ts'

/** Options of `mongodbAdapter`. */
export interface MongoAdapterOptions {
  /** The field that holds version and last commit id of a document; `_cow` by default. */
  readonly bookkeeping?: string
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
  'ring',
  'foreignWriters',
  'writeConcern',
  'readConcern',
  'readPreference',
  'session',
  'resolveMS',
]

/** Returns the name of the bookkeeping field. Throws `bad-argument` for unknown options, and for a name that no path can hold. */
export function checkOptions(options: MongoAdapterOptions): string {
  checkKnownOptions(options, OPTIONS)
  const { bookkeeping = '_cow', ring = 0 } = options
  if (ring !== 0 && ring !== RING_LENGTH)
    throw badArgumentError('ring', `0 or ${RING_LENGTH}`, ring)
  const isName = typeof bookkeeping === 'string' && /^[^.$\0][^.\0]*$/.test(bookkeeping)
  if (isName && bookkeeping !== '_id') return bookkeeping
  throw badArgumentError('bookkeeping', 'a name that can stand in a path', bookkeeping)
}
