// The LMDB adapter: documents on this machine's disk, for several processes. A single write uses LMDB's
// compare-and-swap on the version of an entry (`replaceEntry`); a transaction runs in one write
// transaction, which shuts out other writers. Reads are snapshots of LMDB and never wait.
import { open } from 'lmdb'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { defineDisplay } from '../../document/messages/inspect.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type { Leaf } from '../../document/leaves/leaves.ts'
import type {
  Adapter,
  Capabilities,
  CloseOptions,
  Commit,
  CommitResult,
  Query,
  StoredDocument,
  TransactionRead,
} from '../contract.ts'
import { decide, decideTransaction } from '../decide.ts'
import { idKey } from '../ids.ts'
import { AdapterLifetime } from '../adapter-lifetime.ts'
import { isFields } from '../query/conditions.ts'
import { endOf, findIdLookUp, type IdLookUp } from '../query/id-look-up.ts'
import { compareTexts } from '../query/order.ts'
import { runQuery } from '../query/run-query.ts'
import { DocumentCodec, type EJSON } from './document-codec.ts'
import { prepareFolder } from './folder.ts'
import { upgradeLayout, type Database, type Key } from './layout.ts'

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
}

/**
 * The greatest length of a key, in bytes. LMDB accepts 1,978, but a longer key followed by a close has
 * thrown where nobody could catch it.
 */
const MAX_KEY_BYTES = 1_900

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
export function lmdbAdapter(options: LMDBOptions): Adapter {
  checkKnownOptions(options, ['path', 'bson'])
  const { path, bson } = options
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw badArgumentError('path', 'the path of a folder', path)
  }
  if (bson !== undefined && typeof Object(Object(bson).EJSON).deserialize !== 'function') {
    throw badArgumentError('bson', 'the package bson', bson)
  }
  prepareFolder(path)
  return new LMDBAdapter(path, openDatabase(path), bson?.EJSON)
}

function openDatabase(path: string): Database {
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
    upgradeLayout(database, createEntryVersion)
    return database
  } catch (cause) {
    void database?.close()
    throw cause instanceof CowslipError ? cause : lmdbError(cause)
  }
}

/** A text that sorts after the key of every id. */
const AFTER_ALL_IDS = 'z'

class LMDBAdapter implements Adapter {
  static {
    defineDisplay('LMDBAdapter', this.prototype, ({ path }) => ({ path }))
  }

  readonly capabilities: Capabilities = Object.freeze({
    transactions: true,
    watch: 'none',
    multiProcess: true,
    partialUpdates: false,
    handsOver: true,
  })
  private readonly path: string
  private readonly database: Database
  private readonly leaves = new Map<string, readonly Leaf[]>()
  private readonly codecs = new Map<string, DocumentCodec>()
  private readonly lifetime = new AdapterLifetime('lmdb adapter')
  private ejson: EJSON | null | undefined

  constructor(path: string, database: Database, ejson: EJSON | undefined) {
    this.path = path
    this.database = database
    this.ejson = ejson
  }

  open(collection: string, options: { readonly leaves: readonly Leaf[] }): void {
    this.leaves.set(collection, options.leaves)
    this.codecs.delete(collection)
  }

  async load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    const keys = ids.map(id => keyOf(collection, id))
    const codec = await this.getCodec(collection)
    this.readLatest()
    return keys.map(key => {
      const text = this.database.get(key)
      return text === undefined ? null : codec.decode(text)
    })
  }

  async *find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    const codec = await this.getCodec(collection)
    this.readLatest()
    yield* this.runQuery(collection, codec, query)
  }

  async count(collection: string, filter: NonNullable<Query['filter']>): Promise<number> {
    const codec = await this.getCodec(collection)
    this.readLatest()
    if (!isFields(filter) || Object.keys(filter).length > 0) {
      return this.runQuery(collection, codec, { filter }).length
    }
    return this.database.getKeysCount({ start: [collection, ''], end: [collection, AFTER_ALL_IDS] })
  }

  private runQuery(collection: string, codec: DocumentCodec, query: Query): StoredDocument[] {
    const { sort = {} } = query
    const [direction] = Object.keys(sort).length === 1 ? [sort._id] : []
    const documents = this.documents(
      collection,
      codec,
      findIdLookUp(query.filter),
      direction === -1,
    )
    // Entries are sorted by `_id`, and documents that are not needed are not decoded.
    return runQuery(documents, direction === 1 || direction === -1 ? { ...query, sort: {} } : query)
  }

  commit(commit: Commit): Promise<CommitResult> {
    return this.lifetime.track(this.write(commit))
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

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options, () => this.database.close())
  }

  /** Applies a transaction in one write transaction of LMDB's, which shuts out every other writer. */
  private async writeAll(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
  ): Promise<CommitResult[]> {
    const names = [...commits, ...reads].map(({ collection }) => collection)
    for (const name of names) await this.getCodec(name)
    const codecOf = (name: string): DocumentCodec => this.codecs.get(name) as DocumentCodec
    const stored = (collection: string, id: unknown): StoredDocument | null => {
      const text = this.database.get(keyOf(collection, id))
      return text === undefined ? null : { doc: {}, ...codecOf(collection).readHead(text) }
    }
    try {
      return this.database.transactionSync(() => {
        const results = decideTransaction(stored, commits, reads)
        if (results.some(({ status }) => status !== 'committed')) return results
        const texts = commits.map((commit, i) => textOf(commit, results[i], codecOf))
        commits.forEach(({ collection, id }, i) => {
          const key = keyOf(collection, id)
          const text = texts[i]
          if (text == null) this.database.removeSync(key)
          else this.database.putSync(key, text, createEntryVersion())
        })
        return results
      })
    } catch (cause) {
      throw cause instanceof CowslipError ? cause : lmdbError(cause)
    }
  }

  private async write(commit: Commit): Promise<CommitResult> {
    const key = keyOf(commit.collection, commit.id)
    const codec = await this.getCodec(commit.collection)
    for (;;) {
      const entry = this.database.getEntry(key)
      const stored = entry === undefined ? null : { doc: {}, ...codec.readHead(entry.value) }
      const decision = decide(stored, commit)
      if (decision.status !== 'committed') return decision
      const text = commit.kind === 'delete' ? null : codec.encode(commit.next, decision)
      if (await this.replaceEntry(key, entry?.version, text)) return decision
      // Another writer was faster: decide again with what is stored now.
      this.database.resetReadTxn()
    }
  }

  /**
   * Writes `text`, or removes the entry, if the entry still has the version `stamp` (or is still absent).
   * Every write has a random version, so an entry that was removed and added again never passes for the old
   * one.
   */
  private async replaceEntry(
    key: Key,
    stamp: number | undefined,
    text: string | null,
  ): Promise<boolean> {
    const { database } = this
    // Null: only if there is no entry.
    const condition = stamp ?? (null as never)
    try {
      const done =
        text === null
          ? await database.remove(key, condition)
          : await database.put(key, text, createEntryVersion(), condition)
      if (done) await database.flushed
      return done
    } catch (cause) {
      throw lmdbError(await findReason(cause))
    }
  }

  /** Starts a new read snapshot: LMDB reuses the last one for a while. */
  private readLatest(): void {
    this.database.resetReadTxn()
  }

  private *documents(
    collection: string,
    codec: DocumentCodec,
    lookUp: IdLookUp | null,
    reverse: boolean,
  ): Iterable<StoredDocument> {
    if (lookUp !== null && 'keys' in lookUp) {
      const keys = [...lookUp.keys].sort(compareTexts)
      for (const id of reverse ? keys.reverse() : keys) {
        const text = this.database.get([collection, id])
        if (text !== undefined) yield codec.decode(text)
      }
      return
    }
    const start: Key = [collection, lookUp?.from ?? '']
    const end: Key = [collection, lookUp === null ? AFTER_ALL_IDS : endOf(lookUp.to)]
    const range = reverse ? { start: end, end: start, reverse, inclusiveEnd: true } : { start, end }
    for (const { value } of this.database.getRange(range)) yield codec.decode(value)
  }

  /** Returns the codec of a collection. Throws `closed` after `close()`. */
  private async getCodec(collection: string): Promise<DocumentCodec> {
    this.lifetime.assertOpen()
    if (this.ejson === undefined) {
      this.ejson = await findEJSON()
      this.lifetime.assertOpen()
    }
    let codec = this.codecs.get(collection)
    if (codec === undefined) {
      codec = new DocumentCodec(this.leaves.get(collection) ?? [], this.ejson)
      this.codecs.set(collection, codec)
    }
    return codec
  }
}

/**
 * Returns the driver's EJSON, whose classes the program most likely uses, else that of the package `bson`;
 * null: neither is installed.
 */
async function findEJSON(): Promise<EJSON | null> {
  try {
    return (await import('mongodb')).BSON.EJSON
  } catch {
    return import('bson').then(
      bson => bson.EJSON as EJSON,
      () => null,
    )
  }
}

/** Returns the text that a commit leaves behind; null for a delete. */
function textOf(
  commit: Commit,
  result: CommitResult | undefined,
  codecOf: (collection: string) => DocumentCodec,
): string | null {
  if (commit.kind === 'delete' || result?.status !== 'committed') return null
  return codecOf(commit.collection).encode(commit.next, result)
}

/** Random numbers for versions of entries. They are drawn in portions, because each draw has a fixed cost. */
const randoms = new Uint32Array(512)
let randomsUsed = randoms.length

function createEntryVersion(): number {
  if (randomsUsed === randoms.length) {
    crypto.getRandomValues(randoms)
    randomsUsed = 0
  }
  const [high = 0, low = 0] = randoms.subarray(randomsUsed, (randomsUsed += 2))
  return (high & 0xf_ffff) * 2 ** 32 + low + 1
}

const encoder = new TextEncoder()

function keyOf(collection: string, id: unknown): Key {
  const key: Key = [collection, idKey(id)]
  const text = key.join('')
  if (/\p{Surrogate}/u.test(text)) throw badArgumentError('id', 'a well-formed text', id)
  if (encoder.encode(text).length > MAX_KEY_BYTES) {
    throw badArgumentError(
      'id',
      `an id that takes at most ${MAX_KEY_BYTES} bytes with its collection`,
      id,
    )
  }
  return key
}

/**
 * Returns why a commit failed, such as a full disk. LMDB tells it in a second promise, which must be
 * handled.
 */
async function findReason(cause: unknown): Promise<unknown> {
  const { commitError } = Object(cause) as { commitError?: Promise<unknown> }
  if (commitError === undefined) return cause
  const later = new Promise(resolve => setTimeout(resolve, 1_000, cause).unref())
  return Promise.race([commitError.catch((error: unknown) => error), later])
}

function lmdbError(cause: unknown): CowslipError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new CowslipError(
    'adapter',
    `Expected LMDB to reach its file. Received an error: ${reason}. Check the disk and the folder.`,
    { reason },
    cause,
  )
}
