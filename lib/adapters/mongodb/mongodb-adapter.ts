import { BSON, ObjectId } from 'mongodb'
import { partsOf } from '../../changes/change-set.ts'
import { mapOp } from '../../changes/ops/map-op.ts'
import type { Dictionary } from '../../document/containers.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { defineDisplay } from '../../document/messages/inspect.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type {
  Adapter,
  CallOptions,
  CloseOptions,
  Capabilities,
  Commit,
  CommitResult,
  Query,
  StoredDocument,
  TransactionRead,
} from '../contract.ts'
import { idKey } from '../ids.ts'
import { AdapterLifetime } from '../adapter-lifetime.ts'
import { createGuardFilter, packId, toStoredDocument, type Bookkeeping } from './bookkeeping.ts'
import { checkValues } from './check-values.ts'
import type { DriverOptions, MongoCollection, MongoDatabase } from './driver.ts'
import { isBadQuery, outcomeOf, mongoError, unsupportedQueryError } from './errors.ts'
import { limitTime, maxTimeOf } from './time-limits.ts'
import { runTransaction, type TransactionContext } from './transaction.ts'
import { createUpdate, type MongoOperators, type MongoUpdate } from './to-mongo-update.ts'

/** Options of `mongodbAdapter`. */
export interface MongoAdapterOptions {
  /** The field that holds version and last commit of a document; `_cow` by default. */
  readonly bookkeeping?: string
  /** Whether other programs write the same documents: see `MongoUpdateOptions`. */
  readonly foreignWriters?: boolean
  /** Of every write; the database's own by default. */
  readonly writeConcern?: unknown
  readonly readConcern?: unknown
  readonly readPreference?: unknown
  /** A session of the caller's, for every call; its transaction, if there is one, is the caller's too. */
  readonly session?: unknown
  /** How long an unknown outcome is asked after, in milliseconds; 30,000 by default. */
  readonly resolveMS?: number
}

const OPTIONS: readonly (keyof MongoAdapterOptions)[] = [
  'bookkeeping',
  'foreignWriters',
  'writeConcern',
  'readConcern',
  'readPreference',
  'session',
  'resolveMS',
]

/**
 * Documents in MongoDB, on the official driver: each commit is one partial update, under a guard of
 * version and last commit. `db` and its client are the caller's, and stay open. Throws `bad-argument`
 * for what is no `Db`.
 */
export function mongodbAdapter(db: MongoDatabase, options: MongoAdapterOptions = {}): Adapter {
  if (typeof Object(db).collection !== 'function')
    throw badArgumentError('db', 'a `Db` of the driver', db)
  checkKnownOptions(options, OPTIONS)
  const { bookkeeping = '_cow' } = options
  if (
    typeof bookkeeping !== 'string' ||
    !/^[^.$\0][^.\0]*$/.test(bookkeeping) ||
    bookkeeping === '_id'
  ) {
    throw badArgumentError('bookkeeping', 'a name that can stand in a path', bookkeeping)
  }
  return new MongoAdapter(db, bookkeeping, options)
}

/** The least time, in milliseconds, that each retry of a write of unknown outcome waits for its answer. */
const MIN_RESOLVE_TIMEOUT_MS = 5_000

class MongoAdapter implements Adapter {
  static {
    defineDisplay('MongoAdapter', this.prototype, ({ db, field }) => ({
      database: db.databaseName,
      bookkeeping: field,
    }))
  }

  readonly capabilities: Capabilities
  readonly reserved: readonly string[]
  private readonly db: MongoDatabase
  private readonly field: string
  private readonly options: MongoAdapterOptions
  private readonly collections = new Map<string, MongoCollection>()
  private readonly lifetime = new AdapterLifetime('mongodb adapter')

  constructor(db: MongoDatabase, field: string, options: MongoAdapterOptions) {
    this.db = db
    this.field = field
    this.reserved = Object.freeze([field])
    this.options = options
    const preference = options.readPreference ?? db.readPreference
    this.capabilities = Object.freeze({
      transactions: true,
      watch: 'none',
      multiProcess: true,
      partialUpdates: true,
      maxDepth: 100,
      handsOver: true,
      laggingReads: preference !== undefined && modeOf(preference) !== 'primary',
    })
  }

  makeId(): unknown {
    return new ObjectId()
  }

  async load(
    collection: string,
    ids: readonly unknown[],
    options: CallOptions = {},
  ): Promise<(StoredDocument | null)[]> {
    const keys = ids.map(idKey)
    if (ids.length === 1) {
      const documents = this.getCollection(collection)
      const reading = documents.findOne({ _id: ids[0] }, this.readOptions(options))
      const bytes = await limitTime(reading, options).catch(cause => {
        throw mongoError(cause, options)
      })
      return [bytes ? this.decode(bytes as Uint8Array, documents) : null]
    }
    const found = new Map<string, StoredDocument>()
    for await (const stored of this.find(
      collection,
      { filter: { _id: { $in: [...ids] } } },
      options,
    )) {
      found.set(idKey((stored.doc as Dictionary)._id), stored)
    }
    return keys.map(key => found.get(key) ?? null)
  }

  async *find(
    collection: string,
    query: Query,
    options: CallOptions = {},
  ): AsyncIterable<StoredDocument> {
    const { filter = {}, sort, skip, limit } = query
    const documents = this.getCollection(collection)
    const cursor = documents.find(filter, this.readOptions(options))
    if (sort !== undefined) cursor.sort({ ...sort })
    if (skip !== undefined) cursor.skip(skip)
    // To MongoDB a limit of 0 is none.
    if (limit === 0) return
    if (limit !== undefined) cursor.limit(limit)
    try {
      // Batch by batch: a step of the driver's own for each document takes longer than to read it.
      while (await cursor.hasNext()) {
        for (const bytes of cursor.readBufferedDocuments()) {
          yield this.decode(bytes as Uint8Array, documents)
        }
      }
    } catch (cause) {
      throw isBadQuery(cause) ? unsupportedQueryError(cause) : mongoError(cause, options)
    } finally {
      await cursor.close()
    }
  }

  async count(
    collection: string,
    filter: NonNullable<Query['filter']>,
    options: CallOptions = {},
  ): Promise<number> {
    const { raw: _, ...reading } = this.readOptions(options)
    try {
      return await limitTime(
        this.getCollection(collection).countDocuments(filter, reading),
        options,
      )
    } catch (cause) {
      throw isBadQuery(cause) ? unsupportedQueryError(cause) : mongoError(cause, options)
    }
  }

  commit(commit: Commit, options: CallOptions = {}): Promise<CommitResult> {
    return this.lifetime.track(this.write(commit, options))
  }

  transaction(
    commits: readonly Commit[],
    reads: readonly TransactionRead[] = [],
    options: CallOptions = {},
  ): Promise<CommitResult[]> {
    return this.lifetime.track(this.writeAll(commits, reads, options))
  }

  explain(commit: Commit): unknown {
    if (commit.kind === 'insert') return { insertOne: this.createDocument(commit) }
    const filter = createGuardFilter(commit.id, commit.guard, this.field)
    if (commit.kind === 'delete') return { deleteOne: { filter } }
    return { updateOne: { filter, update: this.createUpdate(commit) } }
  }

  /** Sends the same operation again until something answers, then reads what is there. */
  async resolve(commit: Commit, { timeoutMS = 0 }: CallOptions = {}): Promise<CommitResult> {
    const end = Date.now() + (this.options.resolveMS ?? 30_000)
    // Who has little time does not wait for this.
    const options = { timeoutMS: Math.max(timeoutMS, MIN_RESOLVE_TIMEOUT_MS) }
    for (let pause = 20; ; pause = Math.min(2 * pause, 1_000)) {
      const result = judgeAfterLostReply(await this.sendOnce(commit, options), commit)
      if (result.status !== 'unknown' || Date.now() + pause > end) return result
      await new Promise(resolve => setTimeout(resolve, pause))
    }
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options)
  }

  private async writeAll(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
    options: CallOptions,
  ): Promise<CommitResult[]> {
    if (this.options.session !== undefined) {
      const remedy = 'Use an adapter without one, for transactions begin a session of their own.'
      throw badArgumentError('options.session', 'no session', this.options.session, remedy)
    }
    for (const { collection } of [...commits, ...reads]) this.getCollection(collection)
    const { maxTimeMS: limit } = maxTimeOf(options)
    const sending: TransactionContext = {
      db: this.db,
      field: this.field,
      options: { ...this.writeOptions({}), ...(limit !== undefined && { maxCommitTimeMS: limit }) },
      limits: maxTimeOf(options),
      collection: name => this.getCollection(name),
      send: (commit, options) => this.send(commit, options),
    }
    try {
      return await limitTime(runTransaction(sending, commits, reads), options)
    } catch (error) {
      if (error instanceof CowslipError && error.code !== 'timeout') throw error
      // A transaction that only reads has an outcome too.
      const ids = commits.length === 0 ? [''] : commits.map(({ commitId }) => commitId)
      return ids.map(commitId => outcomeOf(error, commitId))
    }
  }

  private async write(commit: Commit, options: CallOptions): Promise<CommitResult> {
    idKey(commit.id)
    this.getCollection(commit.collection)
    return this.sendOnce(commit, options)
  }

  private async sendOnce(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const { commitId } = commit
    try {
      const applied = await limitTime(this.send(commit, this.writeOptions(options)), options)
      if (applied) return { status: 'committed', version: versionAfter(commit), commitId }
      return await this.explainNoMatch(commit, options)
    } catch (error) {
      if (error instanceof CowslipError && error.code !== 'timeout') throw error
      const outcome = outcomeOf(error, commitId)
      // An insert sent again meets itself.
      if (outcome.status !== 'rejected' || outcome.code !== 'duplicate') return outcome
      const stored = await this.readStored(commit, options).catch(() => null)
      return stored?.commitId === commitId
        ? { status: 'committed', version: stored.version, commitId }
        : outcome
    }
  }

  /** Whether the server found the document in the state that the guard asks for. */
  private async send(commit: Commit, options: object): Promise<boolean> {
    const documents = this.getCollection(commit.collection)
    if (commit.kind === 'insert') {
      await documents.insertOne(this.createDocument(commit), options)
      return true
    }
    const filter = createGuardFilter(commit.id, commit.guard, this.field)
    if (commit.kind === 'delete')
      return (await documents.deleteOne(filter, options)).deletedCount === 1
    return (
      (await documents.updateOne(filter, this.createUpdate(commit), options)).matchedCount === 1
    )
  }

  /** Nothing matched: the document is gone, in another state, or this very commit has landed before. */
  private async explainNoMatch(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const stored = await this.readStored(commit, options)
    if (stored === null) return { status: 'missing' }
    const { commitId } = commit
    const { version } = stored
    if (stored.commitId === commitId) return { status: 'committed', version, commitId }
    // The majority may not have yet what the server has refused it for.
    const isNewer = commit.kind !== 'update' || version > commit.guard.version
    return { status: 'conflict', current: version, ...(isNewer && { stored }) }
  }

  private async readStored(
    { collection, id }: Commit,
    limits: CallOptions,
  ): Promise<StoredDocument | null> {
    const { session } = this.options
    // Within a transaction of the caller's, what it sees is what counts.
    const options =
      session === undefined
        ? { readPreference: 'primary', readConcern: { level: 'majority' } }
        : { session }
    const documents = this.getCollection(collection)
    const reading = documents.findOne({ _id: id }, { raw: true, ...options, ...maxTimeOf(limits) })
    const bytes = await limitTime(reading, limits)
    return bytes ? this.decode(bytes as Uint8Array, documents) : null
  }

  private createDocument({ next, commitId }: Extract<Commit, { kind: 'insert' }>): Dictionary {
    checkValues(next, [])
    return { ...next, [this.field]: this.createBookkeeping(1, commitId) }
  }

  private createUpdate(commit: Extract<Commit, { kind: 'update' }>): MongoUpdate {
    const { op } = partsOf(commit.changeSet)
    const next = commit.next as Dictionary
    const bookkeeping = this.createBookkeeping(versionAfter(commit), commit.commitId)
    // What stays was checked when it came.
    mapOp(op, (value, path) => (checkValues(value, path), value))
    const whole = (): object => ({ ...next, [this.field]: bookkeeping })
    const update = createUpdate(op, next, whole, this.options)
    if (Array.isArray(update)) return update as MongoUpdate
    const { $set, ...others } = (update ?? {}) as MongoOperators
    return { $set: { ...$set, [this.field]: bookkeeping }, ...others }
  }

  private createBookkeeping(v: number, commitId: string): Bookkeeping {
    return { v, c: packId(commitId) }
  }

  private getCollection(name: string): MongoCollection {
    this.lifetime.assertOpen()
    let collection = this.collections.get(name)
    if (collection === undefined) {
      collection = this.db.collection(name)
      this.collections.set(name, collection)
    }
    return collection
  }

  /**
   * From the bytes: where a key is named like something every object has (`constructor`), the driver's
   * own reading leaves the objects of an array undecoded.
   */
  private decode(bytes: Uint8Array, { bsonOptions }: MongoCollection): StoredDocument {
    const { fieldsAsRaw: _, ...options } = Object(bsonOptions) as BSON.DeserializeOptions
    return toStoredDocument(BSON.deserialize(bytes, { ...options, raw: false }), this.field)
  }

  private readOptions(options: CallOptions): DriverOptions & { readonly raw: true } {
    const { readConcern, session } = this.options
    const readPreference = options.primary ? 'primary' : this.options.readPreference
    return {
      raw: true,
      ...maxTimeOf(options),
      ...(session !== undefined && { session }),
      ...(readConcern !== undefined && { readConcern }),
      ...(readPreference !== undefined && { readPreference }),
    }
  }

  private writeOptions(options: CallOptions): DriverOptions {
    const { writeConcern, session } = this.options
    return {
      ...maxTimeOf(options),
      ...(session !== undefined && { session }),
      ...(writeConcern !== undefined && { writeConcern }),
    }
  }
}

/**
 * After a lost reply: a document that a delete does not find is gone, which is what it was to be; one
 * further on than one version may have gone through ours, and nobody can tell.
 */
function judgeAfterLostReply(result: CommitResult, commit: Commit): CommitResult {
  if (result.status === 'missing' && commit.kind === 'delete') {
    return { status: 'committed', version: versionAfter(commit), commitId: commit.commitId }
  }
  if (result.status !== 'conflict' || commit.kind === 'insert' || commit.guard === 'none')
    return result
  const { commitId, guard } = commit
  return (result.current ?? 0) > guard.version + 1 ? { status: 'unknown', commitId } : result
}

/** Of a preference as a text, or of the driver's class. */
function modeOf(preference: unknown): unknown {
  return typeof preference === 'string' ? preference : (preference as { mode?: unknown }).mode
}

function versionAfter(commit: Commit): number {
  return commit.kind === 'insert' || commit.guard === 'none' ? 1 : commit.guard.version + 1
}
