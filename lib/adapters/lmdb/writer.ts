// Writes documents to LMDB. A single write uses LMDB's compare-and-swap on the version of an entry; a transaction runs
// in one write transaction, which shuts out other writers. Each write adds an entry to the journal, in the same
// transaction. LMDB joins what is queued in one turn in one transaction with one flush, and says that it is committed
// when it is on the disk (`overlappingSync` is off).
import type { Commit, CommitResult, StoredDocument, TransactionRead } from '../contract.ts'
import { decide, decideTransaction } from '../decide.ts'
import { applyUpdate } from '../field-guards.ts'
import { nextRing, withRing } from '../ring.ts'
import type { DocumentCodec } from './document-codec.ts'
import { findReason, lmdbError } from './errors.ts'
import { JournalWriter, type JournalLimits } from './journal.ts'
import type { JournalEntry } from './journal-order.ts'
import { keyOf, putQuietly, removeQuietly, type Database, type Key } from './layout.ts'

type Committed = Extract<CommitResult, { status: 'committed' }>

/** A stored document, which is decoded only if a guard looks at its fields. */
type Stored = Required<StoredDocument>

/** The version of an entry, by which LMDB compares and swaps, and what is stored there. */
interface Head {
  readonly stamp: number | undefined
  readonly stored: Stored | null
}

/** The number of documents whose heads are remembered. */
const MAX_HEADS = 1_000

/**
 * Remembers what this adapter wrote last, so that it need not be read before the next write. If another process has
 * written since, the version of the entry tells.
 */
class RecentHeads {
  private readonly heads = new Map<string, Head>()

  /** Takes out the head for a commit that needs no more than that. Null: it is not known. */
  take(key: Key, commit: Commit): Head | null {
    const text = key.join('\0')
    const head = this.heads.get(text)
    if (head === undefined) return null
    this.heads.delete(text)
    return needsDocument(commit) ? null : head
  }

  note(key: Key, head: Head): void {
    if (this.heads.size >= MAX_HEADS) this.heads.clear()
    this.heads.set(key.join('\0'), head)
  }
}

const headOf = ({ version, commitId }: Committed, ring: readonly string[]): Stored =>
  withRing({ doc: {}, version, commitId }, ring)

const needsDocument = (commit: Commit): boolean =>
  commit.kind === 'update' && commit.guard.fields !== undefined

/** Writes to one LMDB store. */
export class Writer {
  private database: Database
  private readonly codecOf: (collection: string) => DocumentCodec
  private readonly queued: JournalWriter
  private readonly transactions: JournalWriter
  private readonly heads = new RecentHeads()
  private readonly underWay = new Set<Promise<unknown>>()
  /** Called after writes that were committed, with their collections. */
  onWritten: (collections: ReadonlySet<string>) => void = () => {}

  constructor(
    database: Database,
    codecOf: (collection: string) => DocumentCodec,
    limits: JournalLimits,
  ) {
    this.database = database
    this.codecOf = codecOf
    this.queued = new JournalWriter(database, limits)
    this.transactions = new JournalWriter(database, limits)
  }

  /** Goes on with another database. */
  use(database: Database): void {
    this.database = database
    this.queued.use(database)
    this.transactions.use(database)
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay)
  }

  /** Applies commits, each with its own outcome, in one transaction as far as nobody else interferes. */
  write(commits: readonly Commit[]): Promise<CommitResult[]> {
    const work = this.writeEach(commits)
    this.underWay.add(work)
    const done = (): void => void this.underWay.delete(work)
    work.then(done, done)
    return work
  }

  private async writeEach(commits: readonly Commit[]): Promise<CommitResult[]> {
    // All are queued before the first is awaited.
    const results = await Promise.allSettled(commits.map(commit => this.writeOne(commit)))
    if (results.some(isCommitted)) this.onWritten(collectionsOf(commits))
    return results.map(result => {
      if (result.status === 'fulfilled') return result.value
      if (results.length === 1) throw result.reason
      return { status: 'rejected', code: 'adapter', error: result.reason as Error }
    })
  }

  private async writeOne(commit: Commit): Promise<CommitResult> {
    const key = keyOf(commit.collection, commit.id)
    const codec = this.codecOf(commit.collection)
    for (let isFresh = false; ;) {
      const known = this.heads.take(key, commit)
      const { stamp, stored } = known ?? this.read(key, commit, codec)
      const result = decide(stored, commit, codec.leaves)
      if (result.status !== 'committed') {
        // Another process may have written since, or since the snapshot that was read here.
        if (known === null && isFresh) return result
        isFresh = true
        this.database.resetReadTxn()
        continue
      }
      const ring = nextRing(stored, result.commitId)
      const text = textOf(stored, commit, result, ring, codec)
      const next = createEntryVersion()
      const entry = entryOf(stored, commit, result, codec)
      if (await this.replaceEntry(key, stamp, text, next, entry)) {
        if (text !== null) this.heads.note(key, { stamp: next, stored: headOf(result, ring) })
        return result
      }
      // Another writer was faster: decide again with what is stored now.
      this.database.resetReadTxn()
    }
  }

  private read(key: Key, commit: Commit, codec: DocumentCodec): Head {
    const entry = this.database.getEntry(key)
    if (entry === undefined) return { stamp: undefined, stored: null }
    return { stamp: entry.version, stored: readStored(entry.value, commit, codec) }
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
    next: number,
    entry: JournalEntry,
  ): Promise<boolean> {
    const { database, queued } = this
    const number = queued.takeNumber()
    const write = (): void => {
      if (text === null) removeQuietly(database, key)
      else putQuietly(database, key, text, next)
      queued.write(number, entry, createEntryVersion())
    }
    queued.prune(createEntryVersion)
    try {
      return await (stamp === undefined
        ? database.ifNoExists(key, write)
        : database.ifVersion(key, stamp, write))
    } catch (cause) {
      throw lmdbError(await findReason(cause))
    }
  }

  /** Applies a transaction: all commits or none. */
  async writeAll(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
  ): Promise<CommitResult[]> {
    const { database, codecOf, transactions } = this
    const numbers = commits.map(() => transactions.takeNumber())
    let results: CommitResult[]
    try {
      results = database.transactionSync(() => {
        const before = new Map<string, Stored | null>()
        for (const commit of commits) {
          const key = keyOf(commit.collection, commit.id)
          before.set(key.join('\0'), this.read(key, commit, codecOf(commit.collection)).stored)
        }
        const stored = (collection: string, id: unknown): Stored | null => {
          const key = keyOf(collection, id)
          const known = before.get(key.join('\0'))
          if (known !== undefined) return known
          const text = database.get(key)
          return text === undefined ? null : { doc: {}, ...codecOf(collection).readHead(text) }
        }
        const decided = decideTransaction(stored, commits, reads, name => codecOf(name).leaves)
        if (decided.some(({ status }) => status !== 'committed')) return decided
        // All texts are made before the first is put: a value that is refused leaves everything as it was.
        const writes = commits.map((commit, i) => {
          const { collection, id } = commit
          const found = stored(collection, id)
          const [codec, result] = [codecOf(collection), decided[i] as Committed]
          const ring = nextRing(found, result.commitId)
          const text = textOf(found, commit, result, ring, codec)
          return { key: keyOf(collection, id), text, entry: entryOf(found, commit, result, codec) }
        })
        writes.forEach(({ key, text, entry }, i) => {
          if (text === null) database.removeSync(key)
          else database.putSync(key, text, createEntryVersion())
          transactions.write(numbers[i] as number, entry, createEntryVersion())
        })
        transactions.prune(createEntryVersion)
        return decided
      })
    } catch (cause) {
      throw lmdbError(cause)
    }
    if (results.every(({ status }) => status === 'committed')) {
      this.onWritten(collectionsOf(commits))
    }
    return results
  }
}

const collectionsOf = (commits: readonly Commit[]): ReadonlySet<string> =>
  new Set(commits.map(({ collection }) => collection))

const isCommitted = (result: PromiseSettledResult<CommitResult>): boolean =>
  result.status === 'fulfilled' && result.value.status === 'committed'

function readStored(text: string, commit: Commit, codec: DocumentCodec): Stored {
  return needsDocument(commit) ? codec.decode(text) : { doc: {}, ...codec.readHead(text) }
}

/** Returns the text that a commit leaves behind; null for a delete. */
function textOf(
  stored: Stored | null,
  commit: Commit,
  { version }: Committed,
  ring: readonly string[],
  codec: DocumentCodec,
): string | null {
  if (commit.kind === 'delete') return null
  const next =
    commit.kind === 'insert' ? commit.next : applyUpdate(stored?.doc ?? {}, commit, codec.leaves)
  return codec.encode(next, { version, ring })
}

function entryOf(
  stored: Stored | null,
  { kind, collection, id }: Commit,
  { version, commitId }: Committed,
  codec: DocumentCodec,
): JournalEntry {
  const told = kind === 'delete' ? 0 : version
  return {
    at: Date.now(),
    collection,
    id: codec.encodeId(id),
    version: told,
    commitId,
    before: stored?.commitId ?? null,
  }
}

/** Random numbers for versions of entries. They are drawn in portions, because each draw has a fixed cost. */
const randoms = new Uint32Array(512)
let randomsUsed = randoms.length

/** Creates the version of an entry, by which LMDB compares and swaps. */
export function createEntryVersion(): number {
  if (randomsUsed === randoms.length) {
    crypto.getRandomValues(randoms)
    randomsUsed = 0
  }
  const [high = 0, low = 0] = randoms.subarray(randomsUsed, (randomsUsed += 2))
  return (high & 0xf_ffff) * 2 ** 32 + low + 1
}
