// The MongoDB adapter, on the official driver. Each commit is one conditional operation: the filter has the
// id, the version and the last commit id, and the update sets new ones. If nothing matched, the stored
// document says why. After a lost reply the same operation is sent again, and recognised by its commit id.
import { BSON, ObjectId } from 'mongodb'
import { partsOf } from '../../changes/change-set.ts'
import { mapOp } from '../../changes/ops/map-op.ts'
import type { Dictionary } from '../../document/containers.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { defineDisplay } from '../../document/messages/inspect.ts'
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
import { checkOptions, type MongoAdapterOptions } from './options.ts'
import { limitTime, maxTimeOf } from './time-limits.ts'
import { runTransaction, type TransactionContext } from './transaction.ts'
import { createUpdate, type MongoOperators, type MongoUpdate } from './to-mongo-update.ts'

/**
 * Creates an adapter for MongoDB, on the official driver. Each commit is one partial update, guarded by
 * version and last commit. `db` and its client stay the caller's, and stay open. Throws `bad-argument` for
 * anything but a `Db`.
 */
export function mongodbAdapter(db: MongoDatabase, options: MongoAdapterOptions = {}): Adapter {
  if (typeof Object(db).collection !== 'function')
    throw badArgumentError('db', 'a `Db` of the driver', db)
  return new MongoAdapter(db, checkOptions(options), options)
}

/** The shortest time that one retry of a write of unknown outcome waits for its answer, in milliseconds. */
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
    // To MongoDB a limit of 0 means no limit.
    if (limit === 0) return
    if (limit !== undefined) cursor.limit(limit)
    try {
      // Batch by batch: an async step of the driver for each document takes longer than decoding it.
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

  /** Sends the same operation again until the server answers, then reads what is stored. */
  async resolve(commit: Commit, { timeoutMS = 0 }: CallOptions = {}): Promise<CommitResult> {
    const end = Date.now() + (this.options.resolveMS ?? 30_000)
    // A short limit of the caller must not end this.
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
      // A transaction that only reads has one result too.
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
      // An insert that is sent again meets itself.
      if (outcome.status !== 'rejected' || outcome.code !== 'duplicate') return outcome
      const stored = await this.readStored(commit, options).catch(() => null)
      return stored?.commitId === commitId
        ? { status: 'committed', version: stored.version, commitId }
        : outcome
    }
  }

  /** Sends a commit. Returns whether the server found the document in the state of the guard. */
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

  /** Reads why nothing matched: the document is gone, in another state, or this commit was applied before. */
  private async explainNoMatch(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const stored = await this.readStored(commit, options)
    if (stored === null) return { status: 'missing' }
    const { commitId } = commit
    const { version } = stored
    if (stored.commitId === commitId) return { status: 'committed', version, commitId }
    // A majority read may not show yet what the server refused the write for.
    const isNewer = commit.kind !== 'update' || version > commit.guard.version
    return { status: 'conflict', current: version, ...(isNewer && { stored }) }
  }

  private async readStored(
    { collection, id }: Commit,
    limits: CallOptions,
  ): Promise<StoredDocument | null> {
    const { session } = this.options
    // Within the caller's transaction, its own view counts.
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
    // Unchanged values were checked when they were written.
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
   * Decodes a document from its bytes. The driver's own decoding leaves objects of an array raw under a key
   * that every object has, such as `constructor`.
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
 * Judges a result after a lost reply. A document that a delete does not find is deleted, which was the aim.
 * A document more than one version ahead may have gone through our version, and nobody can tell.
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

/** Returns the mode of a read preference, which is a text or an instance of the driver's class. */
function modeOf(preference: unknown): unknown {
  return typeof preference === 'string' ? preference : (preference as { mode?: unknown }).mode
}

function versionAfter(commit: Commit): number {
  return commit.kind === 'insert' || commit.guard === 'none' ? 1 : commit.guard.version + 1
}
