// The LMDB adapter: documents on this machine's disk, for several processes. Writes go to the Writer, which adds each to
// the journal that watchers read. Reads are snapshots of LMDB and never wait.
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { badArgumentError } from '../../document/messages/errors.ts'
import { defineView } from '../../document/messages/define-view.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type {
  Adapter,
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
import { AdapterLifetime } from '../adapter-lifetime.ts'
import { parseIndexes } from '../indexes/parse-indexes.ts'
import type { Store } from './reading/document-source.ts'
import { Queries } from './reading/queries.ts'
import { Catalogs } from './indexes/catalog.ts'
import { Entries } from './indexes/entries.ts'
import { IndexBuilder } from './indexes/index-builder.ts'
import { checkBSON, type EJSON } from '../../document/leaves/bson-leaf.ts'
import type { Leaf } from '../../document/leaves/leaves.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import { prepareFolder } from './folder.ts'
import { OpenCollections } from './open-collections.ts'
import { lmdbError } from './errors.ts'
import { parseJournalLimits, pruneDeadWriters, type JournalLimits } from './journal.ts'
import { upgradeLayout, type Database, type Key } from './layout.ts'
import { Presence } from './presence.ts'
import { JournalWatch } from './watch-journal.ts'
import { Writer } from './writer.ts'

/** Options of `lmdbAdapter`. */
export interface LMDBOptions {
  /** The folder of the store; created if need be. Several processes may have it open. */
  readonly path: string
  /**
   * The package whose classes are read: `import * as bson from 'bson'`, or `BSON` of `mongodb`. By default
   * the classes that `mongodb` exports if it is installed, else the package `bson`. Two builds of one
   * package have different classes.
   */
  readonly bson?: { readonly EJSON: EJSON }
  /**
   * Limits of the journal that `watch` reads: each process keeps its last `entries` writes (10,000 by default), none
   * longer than `keepMS` milliseconds (ten minutes by default). A watcher that falls further behind is told to read
   * everything again.
   */
  readonly journal?: Partial<JournalLimits>
}

/**
 * Creates an adapter that keeps documents in an LMDB store on this machine's disk: ACID, embedded, for
 * several processes. A commit is on the disk when it is acknowledged. Values keep their types, those of
 * BSON too if `mongodb` or `bson` is installed; a value that could not be read again is refused. Filters
 * mean what they mean to MongoDB. Throws `bad-argument` for a path that is no text, and `adapter` for a
 * folder that LMDB cannot open.
 *
 * @example
 * import { mkdtempSync } from 'node:fs'
 * import { createCollection } from 'cowslip'
 * import { lmdbAdapter } from 'cowslip/lmdb'
 * const path = mkdtempSync('build/people-')
 * const adapter = lmdbAdapter({ path })
 * const people = createCollection<{ _id: string; born: Date }>('people', { adapter })
 * await people.insert({ _id: 'grace', born: new Date(0) })
 * await people.close()
 * await adapter.close()
 *
 * const again = lmdbAdapter({ path })
 * const [stored] = await again.load('people', ['grace'])
 * stored?.doc // { _id: 'grace', born: new Date(0) }
 * await again.close()
 */
export function lmdbAdapter(options: LMDBOptions): LMDBAdapter {
  checkKnownOptions(options, ['path', 'bson', 'journal'])
  const { path, bson, journal } = options
  const limits = parseJournalLimits(journal)
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw badArgumentError('path', 'the path of a folder', path)
  }
  checkBSON(bson)
  prepareFolder(path)
  const presence = new Presence(path)
  try {
    return new FolderAdapter(presence, path, openDatabase(path, limits), bson?.EJSON, limits)
  } catch (error) {
    presence.leave()
    throw error
  }
}

function openDatabase(path: string, limits: JournalLimits): Database {
  let database: Database | undefined
  try {
    database = open<string, Key>({
      path,
      noSubdir: false,
      encoding: 'string',
      useVersions: true,
      // With overlapping syncs, writers in several processes lost acknowledged commits.
      overlappingSync: false,
      // With batching, a failed commit rejects a promise of its own that nobody can reach.
      eventTurnBatching: false,
    })
    upgradeLayout(database)
    pruneDeadWriters(database, limits)
    return database
  } catch (cause) {
    void database?.close()
    throw lmdbError(cause)
  }
}

/** An adapter on an LMDB folder. */
export interface LMDBAdapter extends Adapter {
  /**
   * Copies the store, as it is at this moment, to another folder, which must have none; writes may go on. The copy is
   * compact. Rejects with `adapter`.
   */
  backup(path: string): Promise<void>
  /**
   * Gives the space of deleted documents back to the disk, which LMDB keeps for later writes. Calls wait meanwhile.
   * Resolves to the size of the file before and after, in bytes. Rejects with `adapter` if another adapter or process
   * has the folder open.
   */
  compact(): Promise<{ readonly before: number; readonly after: number }>
}

class FolderAdapter implements LMDBAdapter {
  static {
    defineView('LMDBAdapter', this.prototype, ({ path }) => ({ path }))
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
  private readonly path: string
  private readonly presence: Presence
  private readonly limits: JournalLimits
  private database: Database
  /** Settles when the store can be used again; null: it can be used. */
  private pausing: Promise<unknown> | null = null
  private readonly copying = new Set<Promise<void>>()
  private readonly collections: OpenCollections
  private readonly lifetime = new AdapterLifetime('lmdb adapter')
  private readonly catalogs: Catalogs
  private readonly entries: Entries
  private readonly builder: IndexBuilder
  private readonly queries: Queries
  private readonly writer: Writer
  private readonly journal: JournalWatch

  constructor(
    presence: Presence,
    path: string,
    database: Database,
    ejson: EJSON | undefined,
    limits: JournalLimits,
  ) {
    this.presence = presence
    this.limits = limits
    this.path = path
    this.database = database
    const codecOf = (name: string): DocumentCodec => this.collections.codecOf(name)
    this.catalogs = new Catalogs(database)
    this.entries = new Entries(database)
    this.writer = new Writer(database, codecOf, limits, this.catalogs, this.entries)
    const transact = async <R>(task: () => R): Promise<R> => {
      while (this.pausing !== null) await this.pausing
      this.lifetime.assertOpen()
      return this.lifetime.track(this.writer.transact(task))
    }
    const store = (): Store | Promise<Store> => {
      this.lifetime.assertOpen()
      if (this.pausing !== null) return this.pausing.then(store)
      return { database: this.database, entries: this.entries, catalogs: this.catalogs }
    }
    this.queries = new Queries(store, name => this.getCodec(name))
    this.builder = new IndexBuilder(() => this.database, this.catalogs, this.entries, transact)
    this.collections = new OpenCollections(this.builder, ejson)
    this.journal = new JournalWatch(path, database, async name => {
      while (this.pausing !== null) await this.pausing
      return name === null ? null : this.getCodec(name)
    })
    this.writer.onWritten = collections => this.journal.wake(collections)
  }

  open(collection: string, { leaves, indexes = [] }: OpenOptions): void {
    this.collections.note(collection, leaves, parseIndexes(indexes))
  }

  textLeaves(): Promise<readonly Leaf[]> {
    return this.collections.textLeaves()
  }

  load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    return this.queries.load(collection, ids)
  }

  find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    return this.queries.find(collection, query)
  }

  count(collection: string, filter: NonNullable<Query['filter']>): Promise<number> {
    return this.queries.count(collection, filter)
  }

  page(collection: string, query: Query, options: PageOptions): Promise<StoredPage> {
    return this.queries.page(collection, query, options)
  }

  explainQuery(collection: string, query: Query): Promise<QueryPlan> {
    return this.queries.explain(collection, query)
  }

  async syncIndexes(
    collection: string,
    { indexes, onProgress }: SyncIndexesOptions,
  ): Promise<SyncedIndexes> {
    const codec = await this.getCodec(collection)
    return this.builder.sync(collection, parseIndexes(indexes), codec, onProgress)
  }

  private async write(commits: readonly Commit[]): Promise<CommitResult[]> {
    while (!this.isReady(commits)) await this.prepare(commits)
    return this.writer.write(commits)
  }

  private async writeAll(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
  ): Promise<CommitResult[]> {
    const all = [...commits, ...reads]
    while (!this.isReady(all)) await this.prepare(all)
    return this.writer.writeAll(commits, reads)
  }

  /** Whether writes of these collections can begin at this moment. Throws `closed`. */
  private isReady(all: readonly { readonly collection: string }[]): boolean {
    this.lifetime.assertOpen()
    if (this.pausing !== null) return false
    return all.every(({ collection }) => this.collections.isOpen(collection))
  }

  private async prepare(all: readonly { readonly collection: string }[]): Promise<void> {
    for (const { collection } of all) await this.getCodec(collection)
  }

  commit(commit: Commit): Promise<CommitResult> {
    return this.lifetime.track(this.write([commit]).then(([result]) => result as CommitResult))
  }

  commitMany(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.lifetime.track(this.write(commits))
  }

  transaction(
    commits: readonly Commit[],
    reads: readonly TransactionRead[] = [],
  ): Promise<CommitResult[]> {
    return this.lifetime.track(this.writeAll(commits, reads))
  }

  explain(commit: Commit): unknown {
    return commit
  }

  watch(options: WatchOptions): AsyncIterable<WatchEvent> {
    this.lifetime.assertOpen()
    return this.journal.watch(options)
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options, () => {
      this.journal.close()
      this.presence.leave()
      return this.database.close()
    })
  }

  backup(path: string): Promise<void> {
    return this.lifetime.track(this.copyTo(path))
  }

  compact(): Promise<{ readonly before: number; readonly after: number }> {
    return this.lifetime.track(this.presence.runAlone(() => this.pause(() => this.replaceFile())))
  }

  private async copyTo(path: unknown): Promise<void> {
    this.lifetime.assertOpen()
    if (typeof path !== 'string' || path === '' || path.includes('\0')) {
      throw badArgumentError('path', 'the path of a folder', path)
    }
    while (this.pausing !== null) await this.pausing
    prepareFolder(path)
    const copying = this.database.backup(path, true)
    this.copying.add(copying)
    try {
      await copying
    } catch (cause) {
      throw lmdbError(cause)
    } finally {
      this.copying.delete(copying)
    }
  }

  /** Runs a task while no other call uses the store. */
  private async pause<R>(task: () => Promise<R>): Promise<R> {
    this.lifetime.assertOpen()
    while (this.pausing !== null) await this.pausing
    const work = Promise.all([this.writer.settled(), Promise.allSettled(this.copying)]).then(task)
    this.pausing = work.catch(() => {}).then(() => (this.pausing = null))
    return work
  }

  private async replaceFile(): Promise<{ readonly before: number; readonly after: number }> {
    const file = join(this.path, 'data.mdb')
    const copy = join(this.path, 'compacted')
    const before = statSync(file).size
    rmSync(copy, { recursive: true, force: true })
    mkdirSync(copy)
    try {
      await this.database.backup(copy, true)
      await this.database.close()
      try {
        renameSync(join(copy, 'data.mdb'), file)
      } finally {
        this.database = openDatabase(this.path, this.limits)
        this.catalogs.use(this.database)
        this.entries.use(this.database)
        this.writer.use(this.database)
        this.journal.use(this.database)
      }
    } catch (cause) {
      throw lmdbError(cause)
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
    return { before, after: statSync(file).size }
  }

  /** Returns the codec of a collection, whose new indexes are made. Throws `closed` after `close()`. */
  private async getCodec(collection: string): Promise<DocumentCodec> {
    this.lifetime.assertOpen()
    while (this.pausing !== null) await this.pausing
    const codec = await this.collections.open(collection)
    this.lifetime.assertOpen()
    return codec
  }
}
