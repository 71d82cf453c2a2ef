// The MongoDB adapter, on the official driver. Each commit is one conditional operation: the filter has the
// id, the version and the last commit id, and the update sets new ones. If nothing matched, the stored
// document says why. After a lost reply the same operation is sent again, and recognised by its commit id.
import { BSON, ObjectId } from 'mongodb'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { defineView } from '../../document/messages/define-view.ts'
import type {
  Adapter,
  CallOptions,
  CloseOptions,
  Capabilities,
  Commit,
  CommitResult,
  OpenOptions,
  StoredDocument,
  TransactionRead,
} from '../contract.ts'
import type {
  PageOptions,
  Query,
  QueryPlan,
  StoredPage,
  SyncedIndexes,
  SyncIndexesOptions,
} from '../contract-queries.ts'
import type { WatchEvent, WatchOptions } from '../contract-watch.ts'
import { idKey } from '../ids.ts'
import { createBSONLeaf } from '../../document/leaves/bson-leaf.ts'
import type { Leaf } from '../../document/leaves/leaves.ts'
import { AdapterLifetime } from '../adapter-lifetime.ts'
import { parseIndexes } from '../indexes/parse-indexes.ts'
import { MongoAccess } from './access.ts'
import { watchCollections } from './change-stream.ts'
import type { MongoCollection, MongoCursor, MongoDatabase } from './driver.ts'
import { isBadQuery, outcomeOf, mongoError, unsupportedQueryError } from './errors.ts'
import { MongoIndexes, planOf } from './indexes.ts'
import { Loader } from './loader.ts'
import { readPage } from './pages.ts'
import { OwnDeletes } from './own-deletes.ts'
import { checkOptions, checkWriteConcern, type MongoAdapterOptions } from './options.ts'
import { limitTime, maxTimeOf } from './time-limits.ts'
import { runInTransaction, runTransaction, type TransactionContext } from './writes/transaction.ts'
import { Bookkeeper, type BookFields } from './update/bookkeeping.ts'
import { createOperation, type Operation } from './update/operations.ts'
import { TransactionSender } from './writes/transaction-sender.ts'
import { MongoWriter } from './writes/writer.ts'

/**
 * Creates an adapter for MongoDB, on the official driver. Each commit is one partial update, guarded by
 * version and last commit. `db` and its client stay the caller's, and stay open. Throws `bad-argument` for
 * anything but a `Db`.
 */
export function mongodbAdapter(db: MongoDatabase, options: MongoAdapterOptions = {}): Adapter {
  if (typeof Object(db).collection !== 'function')
    throw badArgumentError('db', 'a `Db` of the driver', db)
  const fields = checkOptions(options)
  checkWriteConcern(options.writeConcern ?? db.writeConcern)
  return new MongoAdapter(db, fields, options)
}

class MongoAdapter implements Adapter {
  static {
    defineView('MongoAdapter', this.prototype, ({ access }) => ({
      database: access.db.databaseName,
      bookkeeping: access.books.names.join(' and '),
    }))
  }

  readonly capabilities: Capabilities
  readonly reserved: readonly string[]
  private readonly lifetime = new AdapterLifetime('mongodb adapter')
  private readonly access: MongoAccess
  private readonly writer: MongoWriter
  private readonly transactions: TransactionSender
  private readonly loader: Loader
  private readonly indexes: MongoIndexes
  /** The collections whose documents get a ring of commit ids. */
  private readonly ringed = new Set<string>()
  private readonly ownDeletes = new OwnDeletes()
  /** Ends all watches. */
  private readonly closing = new AbortController()

  constructor(db: MongoDatabase, fields: BookFields, options: MongoAdapterOptions) {
    const books = new Bookkeeper(fields)
    this.access = new MongoAccess(db, books, options, this.lifetime)
    this.writer = new MongoWriter(this.access, commit => this.createOperation(commit))
    this.transactions = new TransactionSender((...all) => this.writeAll(...all))
    this.loader = new Loader(this.access)
    this.indexes = new MongoIndexes(this.access)
    this.reserved = books.names
    const preference = options.readPreference ?? db.readPreference
    this.capabilities = Object.freeze({
      transactions: true,
      watch: 'durable',
      multiProcess: true,
      partialUpdates: true,
      fieldGuards: fields.version === null,
      shapes: true,
      sessions: true,
      maxDepth: 100,
      handsOver: true,
      laggingReads: preference !== undefined && modeOf(preference) !== 'primary',
    })
  }

  async textLeaves(): Promise<readonly Leaf[]> {
    return [createBSONLeaf(BSON.EJSON)]
  }

  open(collection: string, { concurrency = 'version', indexes = [] }: OpenOptions): void {
    this.indexes.note(collection, parseIndexes(indexes))
    if (concurrency !== 'version') this.ringed.add(collection)
  }

  syncIndexes(collection: string, options: SyncIndexesOptions): Promise<SyncedIndexes> {
    return this.lifetime.track(this.indexes.sync(collection, options))
  }

  makeId(): unknown {
    return new ObjectId()
  }

  load(
    collection: string,
    ids: readonly unknown[],
    options: CallOptions = {},
  ): Promise<(StoredDocument | null)[]> {
    return this.loader.load(collection, ids, options)
  }

  async *find(
    collection: string,
    query: Query,
    options: CallOptions = {},
  ): AsyncIterable<StoredDocument> {
    // To MongoDB a limit of 0 means no limit.
    if (query.limit === 0) return
    const documents = this.access.collection(collection)
    const cursor = this.openCursor(documents, query, this.access.readOptions(options))
    try {
      // Batch by batch: an async step of the driver for each document takes longer than decoding it.
      while (await cursor.hasNext()) {
        for (const bytes of cursor.readBufferedDocuments()) {
          yield this.access.decode(bytes, documents)
        }
      }
    } catch (cause) {
      throw isBadQuery(cause) ? unsupportedQueryError(cause) : mongoError(cause, options)
    } finally {
      await cursor.close()
    }
  }

  private openCursor(documents: MongoCollection, query: Query, options: object): MongoCursor {
    const { filter = {}, sort, skip, limit, fields, ...passed } = query
    const projection = fields && Object.fromEntries(fields.map(path => [path, 1]))
    const cursor = documents.find(filter, {
      ...options,
      ...passed,
      ...(projection && { projection: { ...projection, ...this.access.books.projection } }),
    })
    if (sort !== undefined) cursor.sort({ ...sort })
    if (skip !== undefined) cursor.skip(skip)
    if (limit !== undefined) cursor.limit(limit)
    return cursor
  }

  page(collection: string, query: Query, options: PageOptions): Promise<StoredPage> {
    const { size: _, after: __, ...limits } = options
    return readPage(asked => this.find(collection, asked, limits), query, options)
  }

  async explainQuery(
    collection: string,
    query: Query,
    options: CallOptions = {},
  ): Promise<QueryPlan> {
    const { raw: _, ...reading } = this.access.readOptions(options)
    const documents = this.access.collection(collection)
    try {
      const cursor = this.openCursor(documents, query, reading)
      return planOf(await limitTime(cursor.explain('executionStats'), options))
    } catch (cause) {
      throw isBadQuery(cause) ? unsupportedQueryError(cause) : mongoError(cause, options)
    }
  }

  async count(
    collection: string,
    filter: NonNullable<Query['filter']>,
    options: CallOptions = {},
  ): Promise<number> {
    const { raw: _, ...reading } = this.access.readOptions(options)
    const documents = this.access.collection(collection)
    try {
      return await limitTime(documents.countDocuments(filter, reading), options)
    } catch (cause) {
      throw isBadQuery(cause) ? unsupportedQueryError(cause) : mongoError(cause, options)
    }
  }

  commit(commit: Commit, options: CallOptions = {}): Promise<CommitResult> {
    const work = this.writer.write(commit, options)
    return this.lifetime.track(commit.kind === 'delete' ? this.noting([commit], work) : work)
  }

  /** Notes deletes for those who watch, and forgets them if they were not applied. */
  private async noting<R extends CommitResult | readonly CommitResult[]>(
    commits: readonly Commit[],
    work: Promise<R>,
  ): Promise<R> {
    for (const commit of commits) this.ownDeletes.note(commit)
    const results = await work
    const [result] = [results].flat()
    const isApplied = result?.status === 'committed' || result?.status === 'unknown'
    if (!isApplied) for (const commit of commits) this.ownDeletes.forget(commit)
    return results
  }

  transaction(
    commits: readonly Commit[],
    reads: readonly TransactionRead[] = [],
    options: CallOptions = {},
  ): Promise<CommitResult[]> {
    const work = this.transactions.send(commits, reads, options).then(results =>
      results.map((result, i) => {
        const { collection } = commits[i] ?? {}
        return collection === undefined ? result : this.indexes.withAllFields(collection, result)
      }),
    )
    // Within a session of the caller's nobody knows yet whether it is deleted.
    const isKnown = options.session === undefined
    return this.lifetime.track(isKnown ? this.noting(commits, work) : work)
  }

  native(collection: string): unknown {
    return this.access.collection(collection)
  }

  explain(commit: Commit): unknown {
    const operation = this.createOperation(commit)
    if (operation.kind === 'insert') return { insertOne: operation.document }
    const { kind, filter } = operation
    if (kind === 'delete') return { deleteOne: { filter } }
    const { update, arrayFilters, isFree } = operation
    const sent = { filter, update, ...(arrayFilters && { arrayFilters }) }
    return isFree ? { findOneAndUpdate: sent } : { updateOne: sent }
  }

  resolve(commit: Commit, options: CallOptions = {}): Promise<CommitResult> {
    return this.writer.resolve(commit, options)
  }

  watch(options: WatchOptions): AsyncIterable<WatchEvent> {
    this.lifetime.assertOpen()
    const { signal = this.closing.signal } = options
    const either = { ...options, signal: AbortSignal.any([signal, this.closing.signal]) }
    return watchCollections(this.access, this.ownDeletes, either)
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options, () => this.closing.abort())
  }

  private createOperation(commit: Commit): Operation {
    idKey(commit.id)
    const { books, options } = this.access
    const { foreignWriters = false, ring = 0, shardKey = {} } = options
    const hasRing = ring > 0 || this.ringed.has(commit.collection)
    const key = Object.hasOwn(shardKey, commit.collection) ? shardKey[commit.collection] : undefined
    return createOperation(commit, { books, foreignWriters, hasRing, shardKey: key ?? [] })
  }

  private async writeAll(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
    options: CallOptions,
  ): Promise<CommitResult[]> {
    const { access } = this
    if (access.options.session !== undefined) {
      const remedy = 'Use an adapter without one, for transactions begin a session of their own.'
      throw badArgumentError('options.session', 'no session', access.options.session, remedy)
    }
    for (const { collection } of [...commits, ...reads]) access.collection(collection)
    const { maxTimeMS: limit } = maxTimeOf(options)
    const sending: TransactionContext = {
      db: access.db,
      books: access.books,
      options: {
        ...access.writeOptions({}),
        ...(limit !== undefined && { maxCommitTimeMS: limit }),
      },
      limits: maxTimeOf(options),
      collection: name => access.collection(name),
      createOperation: commit => this.createOperation(commit),
    }
    const { session } = options
    if (session !== undefined) {
      return limitTime(runInTransaction(sending, session, commits, reads), options)
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
}

/** Returns the mode of a read preference, which is a text or an instance of the driver's class. */
function modeOf(preference: unknown): unknown {
  return typeof preference === 'string' ? preference : (preference as { mode?: unknown }).mode
}
