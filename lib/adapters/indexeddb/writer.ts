// Writes documents to IndexedDB. What arrives while a transaction is under way goes into the next one together. Within it
// each call reads what is stored, decides, and writes documents, entries of indexes, and the journal; a call that is
// refused writes nothing, and leaves the others alone.
import type { Commit, CommitResult, TransactionRead } from '../contract.ts'
import { decideTransaction } from '../decide.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import { applyUpdate } from '../field-guards.ts'
import { addWrite, EntryChanges } from '../indexes/entry-changes.ts'
import type { CompiledIndex } from '../indexes/index-keys.ts'
import type { Refusal } from '../indexes/refusals.ts'
import { nextRing, type StoredWithRing } from '../ring.ts'
import type { Catalog, StoredIndex } from './catalog.ts'
import { done, type Access, type Connection } from './database.ts'
import { LostAnswer, RequestFailure } from './errors.ts'
import { writeEntry, type JournalEntry } from './journal.ts'
import { keyOf, placeOf, rangeOf, readItems, type Key } from './keys.ts'
import { endOfPrefix } from '../indexes/value-key.ts'

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
  /** Whether the writes of a call are begun and not ended. */
  isWriting = false

  constructor(access: Access, writableOf: (collection: string) => Writable, journalLength: number) {
    this.access = access
    this.writableOf = writableOf
    this.journalLength = journalLength
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
    const refused = await this.writeEntries(prepared)
    if (refused !== null) return decided.with(refused.at, refused.refusal)
    for (const each of prepared) this.put(each)
    this.isWriting = false
    return decided
  }

  private prepare(commit: Commit, stored: StoredWithRing | null, result: Committed): Prepared {
    const { codec } = this.writableOf(commit.collection)
    const { version, commitId } = result
    const place = placeOf(commit.id)
    const key = keyOf(commit.collection, place)
    const doc =
      commit.kind === 'delete'
        ? null
        : commit.kind === 'insert'
          ? commit.next
          : applyUpdate(stored?.doc ?? {}, commit, codec.leaves)
    const shape = commit.kind === 'delete' ? undefined : commit.shape
    const head = {
      version,
      ring: nextRing(stored, commitId),
      ...(shape !== undefined && { shape }),
    }
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
    writeEntry(this.access, entry, this.journalLength)
  }

  /** Writes the entries of indexes, or none if an index refuses one of the documents. */
  private async writeEntries(
    prepared: readonly Prepared[],
  ): Promise<{ readonly at: number; readonly refusal: Refusal } | null> {
    const taken = await this.readTaken(prepared)
    const changes = new EntryChanges((index, values) => taken.get(index)?.get(values) ?? [])
    const tags = new Map<CompiledIndex, string>()
    const arrays = new Map<CompiledIndex, number>()
    for (const [at, { commit, place, before, doc }] of prepared.entries()) {
      const { codec } = this.writableOf(commit.collection)
      const concerned = this.concernedBy(commit)
      if (concerned.length === 0) continue
      for (const { index, tag } of concerned) tags.set(index, tag)
      const old = before === undefined ? null : codec.decode(before).doc
      const refusal = addWrite(
        changes,
        concerned.map(({ index }) => index),
        { id: place, before: old, after: doc },
        (index, keys) => arrays.set(index, (arrays.get(index) ?? 0) | keys.arrays),
      )
      if (refusal !== null) return { at, refusal }
    }
    this.isWriting = true
    const entries = this.access.store('entries')
    for (const { index, key, id } of changes.list()) {
      const place: Key = [tags.get(index) as string, key]
      if (id === null) entries.delete(place)
      else entries.put(id, place)
    }
    this.learn(arrays)
    return null
  }

  private concernedBy(commit: Commit): readonly StoredIndex[] {
    const indexes = this.indexes.get(commit.collection) ?? []
    if (commit.kind !== 'update') return indexes
    const { touched } = commit.changeSet
    return indexes.filter(({ index }) => touched.some(name => index.dependsOn.has(name)))
  }

  /** Reads the entries that have the unique values of some documents. */
  private async readTaken(
    prepared: readonly Prepared[],
  ): Promise<Map<CompiledIndex, Map<string, readonly (readonly [string, string])[]>>> {
    const taken = new Map<CompiledIndex, Map<string, readonly (readonly [string, string])[]>>()
    const entries = this.access.store('entries')
    const reads = prepared.flatMap(({ commit, doc }) =>
      (doc === null ? [] : this.concernedBy(commit))
        .filter(({ index }) => index.definition.unique === true)
        .flatMap(({ index, tag }) => {
          const own = taken.get(index) ?? new Map<string, readonly (readonly [string, string])[]>()
          taken.set(index, own)
          const keys = index.keysOrNull(doc as object)?.values ?? []
          return keys.map(async values => {
            const range = rangeOf(tag, values, endOfPrefix(values))
            // Each of these documents may give up one of them.
            const limit = prepared.length + 1
            const { places, texts } = await readItems(entries, range, false, limit)
            own.set(
              values,
              places.map((place, i) => [place, texts[i] as string] as const),
            )
          })
        }),
    )
    await Promise.all(reads)
    return taken
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

/** Whether more than the version of the stored document decides about a commit. */
const needsDocument = (commit: Commit): boolean =>
  commit.kind === 'update' && commit.guard.fields !== undefined
