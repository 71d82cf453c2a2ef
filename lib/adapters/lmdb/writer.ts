// Writes documents to LMDB. LMDB joins what is queued in one turn in one write transaction with one flush, which shuts
// out other writers, and says that it is committed when it is on the disk (`overlappingSync` is off). The work for each
// call runs within that transaction: it reads what is stored, decides, and writes the document and an entry of the
// journal.
import { CowslipError } from '../../document/messages/errors.ts'
import type { Commit, CommitResult, TransactionRead } from '../contract.ts'
import { decide, decideTransaction } from '../decide.ts'
import { nextRing, type StoredWithRing } from '../ring.ts'
import { documentAfter, needsDocument, shapeOf } from '../written-document.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import { noteWrite } from './end-of-process.ts'
import { findReason, lmdbError } from './errors.ts'
import { JournalWriter, type JournalLimits } from './journal.ts'
import type { JournalEntry } from './journal-order.ts'
import type { Refusal } from '../indexes/refusals.ts'
import type { Catalogs } from './indexes/catalog.ts'
import type { Entries } from './indexes/entries.ts'
import { IndexWrites } from './indexes/index-writes.ts'
import { keyOf, putQuietly, removeQuietly, type Database, type Key } from './layout.ts'

type Committed = Extract<CommitResult, { status: 'committed' }>

/** A stored document, which is decoded only if a guard looks at its fields. */
type Stored = StoredWithRing

/** A write that is decided, with its entry of the journal. */
interface Prepared {
  readonly key: Key
  /** The document that it leaves behind, and its text; null: it is deleted. */
  readonly doc: object | null
  readonly text: string | null
  readonly entry: JournalEntry
}

/** Writes to one LMDB store. */
export class Writer {
  private database: Database
  private readonly codecOf: (collection: string) => DocumentCodec
  private readonly journal: JournalWriter
  private readonly catalogs: Catalogs
  private readonly entries: Entries
  private readonly underWay = new Set<Promise<unknown>>()
  /** Called after writes that were committed, with their collections. */
  onWritten: (collections: ReadonlySet<string>) => void = () => {}

  constructor(
    database: Database,
    codecOf: (collection: string) => DocumentCodec,
    limits: JournalLimits,
    catalogs: Catalogs,
    entries: Entries,
  ) {
    this.database = database
    this.codecOf = codecOf
    this.catalogs = catalogs
    this.entries = entries
    this.journal = new JournalWriter(database, limits)
  }

  /** Goes on with another database. */
  use(database: Database): void {
    this.database = database
    this.journal.use(database)
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay)
  }

  /** Applies commits, each with its own outcome. A single one that cannot be written throws. */
  write(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.run(commits, () => {
      const results = commits.map(commit => {
        try {
          return this.writeOne(commit)
        } catch (error) {
          if (commits.length === 1) throw error
          return { status: 'rejected', code: 'adapter', error: lmdbError(error) } as const
        }
      })
      this.journal.prune()
      return results
    })
  }

  /** Applies a transaction: all commits or none. */
  writeAll(commits: readonly Commit[], reads: readonly TransactionRead[]): Promise<CommitResult[]> {
    return this.run(commits, () => {
      const before = new Map<string, Stored | null>()
      for (const commit of commits) {
        before.set(keyOf(commit.collection, commit.id).join('\0'), this.read(commit))
      }
      const stored = (collection: string, id: unknown): Stored | null => {
        const key = keyOf(collection, id)
        const known = before.get(key.join('\0'))
        if (known !== undefined) return known
        const text = this.database.get(key)
        return text === undefined ? null : { doc: {}, ...this.codecOf(collection).readHead(text) }
      }
      const leavesOf = (name: string) => this.codecOf(name).leaves
      const decided = decideTransaction(stored, commits, reads, leavesOf)
      if (decided.some(({ status }) => status !== 'committed')) return decided
      // All is prepared before the first is put: a value that is refused leaves everything as it was.
      const indexWrites = new IndexWrites(this.catalogs, this.entries)
      const prepared: Prepared[] = []
      for (const [i, commit] of commits.entries()) {
        const found = stored(commit.collection, commit.id)
        const each = this.prepare(commit, found, decided[i] as Committed)
        const refusal = this.addToIndexes(indexWrites, commit, each)
        if (refusal !== null) return decided.with(i, refusal)
        prepared.push(each)
      }
      for (const each of prepared) this.put(each)
      indexWrites.apply()
      this.journal.prune()
      return decided
    })
  }

  private async run(
    commits: readonly Commit[],
    task: () => CommitResult[],
  ): Promise<CommitResult[]> {
    const results = await this.transact(task)
    if (results.some(({ status }) => status === 'committed')) {
      this.onWritten(new Set(commits.map(({ collection }) => collection)))
    }
    return results
  }

  /** Runs a task within a write transaction. Throws `adapter`, and the errors of this library that the task throws. */
  async transact<R>(task: () => R): Promise<R> {
    const work = this.database.transaction(task).catch(async (cause: unknown) => {
      throw cause instanceof CowslipError ? cause : lmdbError(await findReason(cause))
    })
    this.underWay.add(work)
    const noteEnd = noteWrite()
    try {
      return await work
    } finally {
      noteEnd()
      this.underWay.delete(work)
    }
  }

  private writeOne(commit: Commit): CommitResult {
    const stored = this.read(commit)
    const result = decide(stored, commit, this.codecOf(commit.collection).leaves)
    if (result.status !== 'committed') return result
    const prepared = this.prepare(commit, stored, result)
    const indexWrites = new IndexWrites(this.catalogs, this.entries)
    const refusal = this.addToIndexes(indexWrites, commit, prepared)
    if (refusal !== null) return refusal
    this.put(prepared)
    indexWrites.apply()
    return result
  }

  private addToIndexes(
    indexWrites: IndexWrites,
    commit: Commit,
    { key, doc }: Prepared,
  ): Refusal | null {
    const codec = this.codecOf(commit.collection)
    return indexWrites.add({
      collection: commit.collection,
      codec,
      id: key[1],
      before: () => {
        const text = commit.kind === 'insert' ? undefined : this.database.get(key)
        return text === undefined ? null : codec.decode(text).doc
      },
      after: doc,
      touched: () => (commit.kind === 'update' ? commit.changeSet.touched : null),
    })
  }

  private read(commit: Commit): Stored | null {
    const codec = this.codecOf(commit.collection)
    const text = this.database.get(keyOf(commit.collection, commit.id))
    if (text === undefined) return null
    return needsDocument(commit) ? codec.decode(text) : { doc: {}, ...codec.readHead(text) }
  }

  private prepare(commit: Commit, stored: Stored | null, result: Committed): Prepared {
    const codec = this.codecOf(commit.collection)
    const doc = documentAfter(stored, commit, codec.leaves)
    const { version, commitId } = result
    return {
      key: keyOf(commit.collection, commit.id),
      doc,
      text:
        doc && codec.encode(doc, { version, ...shapeOf(commit), ring: nextRing(stored, commitId) }),
      entry: entryOf(stored, commit, result, codec),
    }
  }

  private put({ key, text, entry }: Prepared): void {
    if (text === null) removeQuietly(this.database, key)
    else putQuietly(this.database, key, text)
    this.journal.write(entry)
  }
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
