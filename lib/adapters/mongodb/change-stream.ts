// Watches collections by change streams. An event says which document was written, by whom (the books of the document are
// among what changed), and no more: what was written is read by the collection that watches.
//
//   insert, replace   books of the whole document
//   update            books among the changed fields; none: another program wrote, which knows no version
//   delete            nothing: own deletes are known by what was sent (see OwnDeletes)
//   invalidate        the collection was dropped or renamed: `reset`, and the stream goes on behind it
//
// A stream that cannot go on where it ended (its history is lost, a token is not known, an event was too large) begins anew
// with `reset`. Other errors are thrown, and whoever watches calls again with the last token.
import type { Dictionary } from '../../document/containers.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import type { WatchedWrite, WatchEvent, WatchOptions } from '../contract-watch.ts'
import type { MongoAccess } from './access.ts'
import type { MongoChangeStream } from './driver.ts'
import { mongoError } from './errors.ts'
import type { OwnDeletes } from './own-deletes.ts'
import { SilenceLimit } from './time-limits.ts'
import type { Bookkeeper } from './update/bookkeeping.ts'

/** Codes with which a stream cannot go on: history lost, token of another stream, fatal, event too large. */
const RESET_CODES: readonly unknown[] = [286, 260, 280, 10334]
/** Codes with which a token is refused that is none. */
const BAD_TOKEN_CODES: readonly unknown[] = [9, 14, 15, 40647, 50811]
/**
 * The time without any answer after which a stream is given up, in milliseconds. A server answers each second, with a new
 * token if nothing was written. A driver may wait forever for a connection that was cut in the wrong moment.
 */
const SILENCE_MS = 10_000
/** The code of a server without change streams. */
const NOT_A_REPLICA_SET = 40573
/** The reason in the error for such a server. */
const NO_CHANGE_STREAMS = 'no change streams'

/** One event of a stream, as the pipeline leaves it. */
interface StreamEvent {
  readonly _id: unknown
  readonly operationType: string
  readonly ns?: { readonly coll?: string }
  readonly documentKey?: { readonly _id: unknown }
  readonly fullDocument?: Dictionary
  readonly updateDescription?: { readonly updatedFields?: Dictionary }
  readonly version?: unknown
  readonly commitId?: unknown
}

/** Yields what is written to collections: see `Adapter.watch`. */
export async function* watchCollections(
  access: MongoAccess,
  deletes: OwnDeletes,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { collections, signal } = options
  // Null is no token, and none of a moment: nobody knows what was seen.
  let resumeToken: unknown = options.resumeToken ?? undefined
  const start = options.resumeToken === null ? 'reset' : 'begun'
  const isOver = (): boolean => signal?.aborted === true
  deletes.watchers++
  try {
    for (let first: 'begun' | 'reset' = start; !isOver(); first = 'reset') {
      const stream = openStream(access, collections, resumeToken)
      try {
        resumeToken = yield* readStream(stream, first, options, event =>
          readEvent(event, collections, access.books, deletes),
        )
      } catch (error) {
        // The application has closed its client; asking again would never end.
        if (isOver() || isClientClosed(error)) return
        const { code } = error as { code?: unknown }
        if (code === NOT_A_REPLICA_SET) throw noStreamsError(error)
        const isBadToken = resumeToken !== undefined && BAD_TOKEN_CODES.includes(code)
        if (!isBadToken && !RESET_CODES.includes(code)) throw mongoError(error, {})
        resumeToken = undefined
      }
    }
  } finally {
    deletes.watchers--
  }
}

/** Yields the events of one stream. Returns the token behind which it can go on, once it is invalid. */
async function* readStream(
  stream: MongoChangeStream,
  kind: 'begun' | 'reset',
  { resumeToken, signal }: WatchOptions,
  toWrite: (event: StreamEvent) => WatchedWrite | null,
): AsyncGenerator<WatchEvent, unknown> {
  const close = (): void => void stream.close().catch(() => {})
  signal?.addEventListener('abort', close)
  const limit = new SilenceLimit(SILENCE_MS)
  stream.on('resumeTokenChanged', () => limit.noteAnswer())
  try {
    let coming = stream.next() as Promise<StreamEvent>
    coming.catch(() => {})
    const token = await limit.race(begin(stream, coming))
    yield { kind, resumeToken: resumeToken ?? token }
    for (;;) {
      const event = await limit.race(coming)
      if (event.operationType === 'invalidate') return event._id
      const write = toWrite(event)
      if (write !== null) yield { ...write, resumeToken: event._id }
      coming = stream.next() as Promise<StreamEvent>
    }
  } finally {
    signal?.removeEventListener('abort', close)
    close()
  }
}

function openStream(
  access: MongoAccess,
  collections: readonly string[],
  token: unknown,
): MongoChangeStream {
  const { books } = access
  const updated = '$updateDescription.updatedFields'
  const part = (name: 'v' | 'c'): object => ({
    $getField: { field: { $literal: books.path(name) }, input: updated },
  })
  const within = (name: string) => books.names.map(field => [`${name}.${field}`, 1] as const)
  const projection = {
    $project: {
      operationType: 1,
      ns: 1,
      documentKey: 1,
      ...Object.fromEntries(within('fullDocument')),
      ...Object.fromEntries(within('updateDescription.updatedFields')),
      version: part('v'),
      commitId: part('c'),
    },
  }
  const options = token === undefined ? {} : { startAfter: token }
  const [only, ...others] = collections
  if (only !== undefined && others.length === 0) {
    return access.collection(only).watch([projection], options)
  }
  if (access.db.watch === undefined) throw badArgumentError('db', 'a `Db` with `watch`', access.db)
  const match = { $match: { 'ns.coll': { $in: [...collections] } } }
  return access.db.watch([match, projection], options)
}

/**
 * Waits until a stream has begun: every write that is acknowledged from now on will come. Returns its token; null: the
 * first event has come with it already.
 */
async function begin(stream: MongoChangeStream, first: Promise<unknown>): Promise<unknown> {
  const token = new Promise(resolve => stream.on('resumeTokenChanged', resolve))
  return Promise.race([token, first.then(() => null)])
}

/** Returns the write that an event tells of; null: it tells of none. */
function readEvent(
  event: StreamEvent,
  collections: readonly string[],
  books: Bookkeeper,
  deletes: OwnDeletes,
): WatchedWrite | null {
  const { operationType, documentKey } = event
  const collection = event.ns?.coll ?? collections[0] ?? ''
  if (documentKey === undefined) return null
  const { _id: id } = documentKey
  switch (operationType) {
    case 'delete': {
      const commitId = deletes.take(collection, id)
      return { kind: 'delete', collection, id, version: 0, commitId }
    }
    case 'insert':
    case 'replace': {
      const kind = operationType === 'insert' ? 'insert' : 'update'
      return { kind, collection, id, ...booksOf(event.fullDocument ?? {}, books) }
    }
    case 'update': {
      const { version, commitId } = event
      const fields = event.updateDescription?.updatedFields ?? {}
      const own = { [books.names[0] as string]: { v: version, c: commitId } }
      const updated = version === undefined ? fields : { ...fields, ...own }
      return { kind: 'update', collection, id, ...booksOf(updated, books) }
    }
    default:
      return null
  }
}

function booksOf(
  document: Dictionary,
  books: Bookkeeper,
): Pick<WatchedWrite, 'version' | 'commitId'> {
  const { version, commitId } = books.read(document)
  // A program that knows no version says nothing of it.
  return { version: version <= 0 ? null : version, commitId }
}

/** Whether a driver's error says that its client was closed. A stream ends so only there, or when it is closed here. */
function isClientClosed(error: unknown): boolean {
  const { name, message } = error as { name?: unknown; message?: unknown }
  return CLOSED_ERRORS.includes(name) || String(message) === 'ChangeStream is closed'
}

const CLOSED_ERRORS: readonly unknown[] = [
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
]

/** Creates the error for a server that has no change streams. */
function noStreamsError(cause: unknown): CowslipError {
  return new CowslipError(
    'adapter',
    'Expected a replica set or a sharded cluster, for change streams. Received a server that is neither. Start it as a ' +
      'replica set (one member will do), or do not listen: documents move when they are read.',
    { reason: NO_CHANGE_STREAMS },
    cause,
  )
}
