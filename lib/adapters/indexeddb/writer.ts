// Writes documents to IndexedDB. What arrives while a transaction is under way goes into the next one together. Within it
// each call reads what is stored, decides, and writes documents, entries of indexes, and the journal; a call that is
// refused writes nothing, and leaves the others alone.
import type { Commit, CommitResult, TransactionRead } from '../contract.ts'
import { decideTransaction } from '../decide.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import type { CompiledIndex } from '../indexes/index-keys.ts'
import { nextRing, type StoredWithRing } from '../ring.ts'
import { documentAfter, needsDocument, shapeOf } from '../written-document.ts'
import type { Catalog, StoredIndex } from './catalog.ts'
import { done, type Access, type Connection } from './database.ts'
import { LostAnswer, RequestFailure } from './errors.ts'
import { concernedBy, IndexWrites, type IndexedWrite } from './index-writes.ts'
import { readLast, writeEntries, type JournalEntry } from './journal.ts'
import { keyOf, placeOf, type Key } from './keys.ts'

/** A collection as the writer needs it. */
export interface Writable {
  readonly codec: DocumentCodec
  readonly catalog: Catalog
}

/** Commits that are written together or not at all. */
interface Unit {
  readonly commits: readonly Commit[]
  readonly reads: readonly TransactionRead[]
  readonly resolve: (results: CommitResult[]) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { readonly results: CommitResult[] } | { readonly error: unknown }

type Committed = Extract<CommitResult, { status: 'committed' }>

/** A write that is decided. A document and text of null: it is deleted. */
interface Prepared {
  readonly commit: Commit
  readonly key: Key
  readonly place: string
  readonly before: string | undefined
  readonly doc: object | null
  readonly text: string | null
  readonly entry: JournalEntry
}

/** The greatest number of calls in one transaction. */
const MAX_UNITS = 500

/** Writes to one database. */
export class Writer {
  private readonly connection: Connection
  private readonly writableOf: (collection: string) => Writable
  private readonly journalLength: number
  /** Called after a transaction that has written something. */
  private readonly onWritten: () => void
  private waiting: Unit[] = []
  private isAtWork = false

  constructor(
    connection: Connection,
    writableOf: (collection: string) => Writable,
    journalLength: number,
    onWritten: () => void,
  ) {
    this.connection = connection
    this.writableOf = writableOf
    this.journalLength = journalLength
    this.onWritten = onWritten
  }

  /** Writes commits and checks reads: all, or none. */
  write(commits: readonly Commit[], reads: readonly TransactionRead[]): Promise<CommitResult[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ commits, reads, resolve, reject })
      if (!this.isAtWork) void this.work()
    })
  }

  private async work(): Promise<void> {
    this.isAtWork = true
    while (this.waiting.length > 0) {
      // Others that are written in the same turn come along.
      await Promise.resolve()
      await this.send(this.waiting.splice(0, MAX_UNITS))
    }
    this.isAtWork = false
  }

  private async send(units: readonly Unit[]): Promise<void> {
    let outcomes: readonly Outcome[]
    try {
      outcomes = await this.connection.write(access => this.runAll(access, units))
    } catch (error) {
      if (units.length > 1 && !(error instanceof LostAnswer)) {
        // One of them may be at fault, such as one that is too large for what is left of the storage.
        for (const unit of units) await this.send([unit])
        return
      }
      for (const unit of units) fail(unit, error)
      return
    }
    const hasWritten = outcomes.some(
      outcome =>
        'results' in outcome && outcome.results.some(({ status }) => status === 'committed'),
    )
    if (hasWritten) this.onWritten()
    for (const [i, { resolve, reject }] of units.entries()) {
      const outcome = outcomes[i] as Outcome
      if ('results' in outcome) resolve(outcome.results)
      else reject(outcome.error)
    }
  }

  private async runAll(access: Access, units: readonly Unit[]): Promise<Outcome[]> {
    const task = new WriteTask(access, this.writableOf, this.journalLength)
    await task.readDocuments(units.flatMap(({ commits, reads }) => [...commits, ...reads]))
    await task.begin(units.flatMap(({ commits }) => commits))
    const outcomes: Outcome[] = []
    for (const { commits, reads } of units) {
      try {
        outcomes.push({ results: await task.run(commits, reads) })
      } catch (error) {
        // What has been written in part must not be committed: then each is tried alone.
        if (task.isWriting || error instanceof RequestFailure) throw error
        outcomes.push({ error })
      }
    }
    task.end()
    return outcomes
  }
}

function fail({ commits, resolve, reject }: Unit, error: unknown): void {
  if (!(error instanceof LostAnswer)) reject(error)
  else {
    const ids = commits.length === 0 ? [''] : commits.map(({ commitId }) => commitId)
    resolve(ids.map(commitId => ({ status: 'unknown', commitId, error })))
  }
}

/** The writes of one transaction, with the documents as they are within it. */
class WriteTask {
  private readonly access: Access
  private readonly writableOf: (collection: string) => Writable
  private readonly journalLength: number
  private readonly texts = new Map<string, string | undefined>()
  private readonly indexes = new Map<string, readonly StoredIndex[]>()
  private readonly indexWrites: IndexWrites
  /** The number of the last write in the journal, and the writes that follow it. */
  private last = 0
  private readonly told: JournalEntry[] = []
  /** Whether the writes of a call are begun and not ended. */
  isWriting = false

  constructor(access: Access, writableOf: (collection: string) => Writable, journalLength: number) {
    this.access = access
    this.writableOf = writableOf
    this.journalLength = journalLength
    this.indexWrites = new IndexWrites(access)
  }

  /** Reads all documents that will be looked at, and the indexes of their collections. */
  async readDocuments(
    all: readonly { readonly collection: string; readonly id: unknown }[],
  ): Promise<void> {
    const documents = this.access.store('documents')
    const keys = new Map(
      all.map(each => [nameOfCommit(each), keyOf(each.collection, placeOf(each.id))]),
    )
    await Promise.all([
      ...[...keys].map(async ([name, key]) => {
        this.texts.set(name, await done(documents.get(key) as IDBRequest<string | undefined>))
      }),
      ...[...new Set(all.map(({ collection }) => collection))].map(async collection => {
        this.indexes.set(collection, await this.writableOf(collection).catalog.ensure(this.access))
      }),
    ])
  }

  /** Decides and writes commits: all, or none. Throws for a value that cannot be kept; then nothing is written. */
  async run(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
  ): Promise<CommitResult[]> {
    const needed = new Set(commits.filter(needsDocument).map(nameOfCommit))
    const stored = (collection: string, id: unknown): StoredWithRing | null => {
      const name = nameOfCommit({ collection, id })
      const text = this.texts.get(name)
      if (text === undefined) return null
      const { codec } = this.writableOf(collection)
      return needed.has(name) ? codec.decode(text) : { doc: {}, ...codec.readHead(text) }
    }
    const leavesOf = (name: string) => this.writableOf(name).codec.leaves
    const decided = decideTransaction(stored, commits, reads, leavesOf)
    if (decided.some(({ status }) => status !== 'committed')) return decided
    const prepared = commits.map((commit, i) =>
      this.prepare(commit, stored(commit.collection, commit.id), decided[i] as Committed),
    )
    const writes = prepared.map(each => this.toIndexedWrite(each))
    await this.indexWrites.read(writes, prepared.length + 1)
    const apply = this.indexWrites.prepare(writes)
    if (typeof apply !== 'function') return decided.with(apply.at, apply.refusal)
    this.isWriting = true
    this.learn(apply())
    for (const each of prepared) this.put(each)
    this.isWriting = false
    return decided
  }

  /** Reads for all calls together what their unique values and the journal need. */
  async begin(commits: readonly Commit[]): Promise<void> {
    const writes = commits.flatMap(commit => {
      if (commit.kind === 'delete') return []
      const indexes = concernedBy(commit, this.indexes.get(commit.collection) ?? [])
      // Under a guard of fields another document may come out: that one is read for later.
      return [{ after: commit.next, indexes }]
    })
    const [last] = await Promise.all([
      readLast(this.access),
      this.indexWrites.read(writes, commits.length + 1),
    ])
    this.last = last
  }

  /** Writes the journal, once all calls have run. */
  end(): void {
    writeEntries(this.access, this.last, this.told, this.journalLength)
  }

  private toIndexedWrite({ commit, place, before, doc }: Prepared): IndexedWrite {
    const indexes = concernedBy(commit, this.indexes.get(commit.collection) ?? [])
    const isNew = before === undefined || indexes.length === 0
    const { codec } = this.writableOf(commit.collection)
    return { id: place, before: isNew ? null : codec.decode(before).doc, after: doc, indexes }
  }

  private prepare(commit: Commit, stored: StoredWithRing | null, result: Committed): Prepared {
    const { codec } = this.writableOf(commit.collection)
    const { version, commitId } = result
    const place = placeOf(commit.id)
    const key = keyOf(commit.collection, place)
    const doc = documentAfter(stored, commit, codec.leaves)
    const head = { version, ring: nextRing(stored, commitId), ...shapeOf(commit) }
    const text = doc === null ? null : codec.encode(doc, head)
    const told = commit.kind === 'delete' ? 0 : version
    const entry = [commit.collection, codec.encodeId(commit.id), told, commitId] as const
    return { commit, key, place, before: this.texts.get(nameOfCommit(commit)), doc, text, entry }
  }

  private put({ commit, key, text, entry }: Prepared): void {
    const documents = this.access.store('documents')
    if (text === null) documents.delete(key)
    else documents.put(text, key)
    this.texts.set(nameOfCommit(commit), text ?? undefined)
    this.told.push(entry)
  }

  /** Notes which fields of indexes have been arrays. */
  private learn(arrays: ReadonlyMap<CompiledIndex, number>): void {
    for (const [collection, indexes] of this.indexes) {
      const next = indexes.map(stored => {
        const bits = stored.arrays | (arrays.get(stored.index) ?? 0)
        return bits === stored.arrays ? stored : { ...stored, arrays: bits }
      })
      if (!next.some((stored, i) => stored !== indexes[i])) continue
      this.indexes.set(collection, next)
      this.writableOf(collection).catalog.write(this.access, next)
    }
  }
}

/** Returns a text that is equal for the same document only. */
const nameOfCommit = ({
  collection,
  id,
}: {
  readonly collection: string
  readonly id: unknown
}): string => keyOf(collection, placeOf(id)).join('\0')
