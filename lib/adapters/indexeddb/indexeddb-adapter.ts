// The IndexedDB adapter: documents in the browser's own storage, for several tabs. Writes go to the Writer, which adds
// each to the journal that the watchers of all tabs read.
import { checkBSON, createBSONLeaf, type EJSON } from '../../document/leaves/bson-leaf.ts'
import type { Leaf } from '../../document/leaves/leaves.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { defineView } from '../../document/messages/define-view.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { AdapterLifetime } from '../adapter-lifetime.ts'
import type {
  Adapter,
  CallOptions,
  Capabilities,
  CloseOptions,
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
import { DocumentCodec } from '../encoding/document-codec.ts'
import { parseIndexes } from '../indexes/parse-indexes.ts'
import { QueryRun, readPage } from '../indexes/run-plan.ts'
import { isFields } from '../query/conditions.ts'
import { resolveCommit } from '../resolve-commit.ts'
import { Catalog, type StoredIndex } from './catalog.ts'
import { Connection, done } from './database.ts'
import { StoredDocuments } from './document-source.ts'
import { keyOf, placeOf, rangeOf } from './keys.ts'
import { JournalWatch } from './watch.ts'
import { Writer, type Writable } from './writer.ts'

/** Options of `indexedDBAdapter`. */
export interface IndexedDBOptions {
  /** The name of the database; created if need be. All tabs of one origin share it. */
  readonly name: string
  /**
   * `strict`: a commit is on the disk when it is acknowledged. `relaxed`: the operating system has it, and writes it soon;
   * a crash of the machine may lose it, one of the browser does not. Default: `relaxed`.
   */
  readonly durability?: 'strict' | 'relaxed'
  /** The package whose classes are read: `import * as bson from 'bson'`. Without it values of BSON are refused. */
  readonly bson?: { readonly EJSON: EJSON }
  /**
   * The length of the journal that `watch` reads: the last `entries` writes of all tabs are kept (2,000 by default). A tab
   * that slept longer is told to read everything again.
   */
  readonly journal?: { readonly entries?: number }
}

/**
 * Creates an adapter that keeps documents in IndexedDB, in a browser or one of its workers. Several tabs may have the
 * database open: commits are atomic, live documents in one tab show the edits of the others, and indexes are shared.
 * Values keep their types, those of BSON too with the option `bson`; a value that could not be read again is refused.
 * Filters mean what they mean to MongoDB. Commits that are made together share a transaction. Throws `bad-argument`;
 * calls reject with `adapter` where the browser keeps nothing, or no more.
 */
export function indexedDBAdapter(options: IndexedDBOptions): Adapter {
  checkKnownOptions(options, ['name', 'durability', 'bson', 'journal'])
  const { name, durability = 'relaxed', bson, journal = {} } = options
  if (typeof name !== 'string' || name === '') throw badArgumentError('name', 'a text', name)
  if (durability !== 'strict' && durability !== 'relaxed') {
    throw badArgumentError('durability', '`strict` or `relaxed`', durability)
  }
  checkBSON(bson)
  checkKnownOptions(journal, ['entries'], 'journal')
  const { entries = 2_000 } = journal
  if (!Number.isSafeInteger(entries) || entries < 1) {
    throw badArgumentError('journal.entries', 'a whole number, at least 1', entries)
  }
  return new IndexedDBAdapter(new Connection(name, durability), bson?.EJSON ?? null, entries)
}

class IndexedDBAdapter implements Adapter {
  static {
    defineView('IndexedDBAdapter', this.prototype, ({ connection }) => ({ name: connection.name }))
  }

  readonly capabilities: Capabilities = Object.freeze({
    transactions: true,
    watch: 'durable',
    multiProcess: true,
    partialUpdates: false,
    fieldGuards: true,
    shapes: true,
    handsOver: true,
  })
  private readonly connection: Connection
  private readonly ejson: EJSON | null
  private readonly collections = new Map<string, Writable>()
  private readonly lifetime = new AdapterLifetime('IndexedDB adapter')
  private readonly writer: Writer
  private readonly journal: JournalWatch

  constructor(connection: Connection, ejson: EJSON | null, journalLength: number) {
    this.connection = connection
    this.ejson = ejson
    const openedOf = (name: string): Writable => this.openedOf(name)
    this.journal = new JournalWatch(connection, name => openedOf(name).codec)
    this.writer = new Writer(connection, openedOf, journalLength, () => this.journal.tell())
  }

  open(collection: string, { leaves, indexes = [] }: OpenOptions): void {
    const codec = new DocumentCodec(leaves, this.ejson)
    const catalog = new Catalog(collection, codec, parseIndexes(indexes))
    this.collections.set(collection, { codec, catalog })
  }

  async textLeaves(): Promise<readonly Leaf[]> {
    return this.ejson === null ? [] : [createBSONLeaf(this.ejson)]
  }

  async load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    this.lifetime.assertOpen()
    const keys = ids.map(id => keyOf(collection, placeOf(id)))
    const { codec } = this.openedOf(collection)
    const reading = this.connection.read(({ store }) => {
      const documents = store('documents')
      return Promise.all(
        keys.map(key => done(documents.get(key) as IDBRequest<string | undefined>)),
      )
    })
    const texts = await this.lifetime.track(reading)
    return texts.map(text => (text === undefined ? null : codec.decode(text)))
  }

  async *find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    const { documents, indexes } = await this.read(collection)
    for (const stored of new QueryRun(documents, indexes, query).run()) {
      if (stored === null) await documents.ready()
      else yield stored
    }
  }

  count(collection: string, filter: NonNullable<Query['filter']>): Promise<number> {
    return this.lifetime.track(this.countMatches(collection, filter))
  }

  private async countMatches(
    collection: string,
    filter: NonNullable<Query['filter']>,
  ): Promise<number> {
    const { documents, indexes } = await this.read(collection)
    const run = new QueryRun(documents, indexes, { filter })
    if (isFields(filter) && Object.keys(filter).length === 0) {
      const everything = rangeOf(collection, '', null) as IDBKeyRange
      return this.connection.read(({ store }) => done(store('documents').count(everything)))
    }
    let count = 0
    for (const stored of run.run()) {
      if (stored !== null) count++
      else await documents.ready()
    }
    return count
  }

  page(collection: string, query: Query, options: PageOptions): Promise<StoredPage> {
    return this.lifetime.track(this.readPage(collection, query, options))
  }

  private async readPage(
    collection: string,
    query: Query,
    options: PageOptions,
  ): Promise<StoredPage> {
    const { documents, indexes } = await this.read(collection)
    const steps = readPage(documents, indexes, query, options)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await documents.ready()
    }
  }

  async explainQuery(collection: string, query: Query): Promise<QueryPlan> {
    const { documents, indexes } = await this.read(collection)
    const run = new QueryRun(documents, indexes, query)
    for (const stored of run.run()) if (stored === null) await documents.ready()
    return run.describe()
  }

  async syncIndexes(
    collection: string,
    { indexes, onProgress }: SyncIndexesOptions,
  ): Promise<SyncedIndexes> {
    this.lifetime.assertOpen()
    const definitions = parseIndexes(indexes)
    const { catalog } = this.openedOf(collection)
    const { names, problem } = await this.lifetime.track(
      this.connection.write(access => catalog.sync(access, definitions, onProgress)),
    )
    if (problem !== null) throw problem
    return names
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const [result] = await this.transaction([commit])
    return result as CommitResult
  }

  commitMany(commits: readonly Commit[]): Promise<CommitResult[]> {
    return Promise.all(
      commits.map(commit =>
        this.commit(commit).catch((error: Error): CommitResult => ({
          status: 'rejected',
          code: 'adapter',
          error,
        })),
      ),
    )
  }

  transaction(
    commits: readonly Commit[],
    reads: readonly TransactionRead[] = [],
  ): Promise<CommitResult[]> {
    return this.lifetime.track(this.write(commits, reads))
  }

  private async write(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
  ): Promise<CommitResult[]> {
    this.lifetime.assertOpen()
    // An id that nothing can have as its key fails here, and not the others that are written with it.
    for (const { id } of [...commits, ...reads]) placeOf(id)
    return this.writer.write(commits, reads)
  }

  explain(commit: Commit): unknown {
    return commit
  }

  resolve(commit: Commit, options?: CallOptions): Promise<CommitResult> {
    return resolveCommit(this, commit, options)
  }

  watch(options: WatchOptions): AsyncIterable<WatchEvent> {
    this.lifetime.assertOpen()
    return this.journal.watch(options)
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options, () => {
      this.journal.close()
      return this.connection.close()
    })
  }

  private openedOf(collection: string): Writable {
    if (!this.collections.has(collection)) this.open(collection, { leaves: [] })
    return this.collections.get(collection) as Writable
  }

  /** Returns the documents of a collection, and the indexes that queries may use: those that it lacks are made. */
  private async read(
    collection: string,
  ): Promise<{ documents: StoredDocuments; indexes: readonly StoredIndex[] }> {
    this.lifetime.assertOpen()
    const { connection } = this
    const opened = this.openedOf(collection)
    const { catalog } = opened
    const { stored, lacking } = await connection.read(access => catalog.look(access))
    const indexes =
      lacking.length === 0 ? stored : await connection.write(access => catalog.ensure(access))
    return {
      documents: new StoredDocuments(connection, collection, opened, indexes),
      indexes: indexes.filter(({ problem }) => problem?.kind !== 'arrays'),
    }
  }
}
