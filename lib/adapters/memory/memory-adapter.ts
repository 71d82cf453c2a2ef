// The memory adapter: documents in this process. It is the shortest complete adapter and the reference for
// the others; specs run the same tests on all of them.
import { ingest, type IngestRules } from '../../document/ingest.ts'
import { defineView } from '../../document/messages/define-view.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { leavesOf, defaultLeaves } from '../../document/leaves/leaves.ts'
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
import type { WatchEvent, WatchOptions } from '../contract-watch.ts'
import type {
  Query,
  PageOptions,
  QueryPlan,
  StoredPage,
  SyncedIndexes,
  SyncIndexesOptions,
} from '../contract-queries.ts'
import { idKey } from '../ids.ts'
import { AdapterLifetime } from '../adapter-lifetime.ts'
import { parseIndexes } from '../indexes/parse-indexes.ts'
import { finish, QueryRun, readPage } from '../indexes/run-plan.ts'
import { IndexedDocuments, type MemoryWrite, type RefusedWrite } from './indexed-documents.ts'
import { decideTransaction } from '../decide.ts'
import { nextRing, withRing } from '../ring.ts'
import { WatchFeed } from '../watch-feed.ts'
import { documentAfter, shapeOf } from '../written-document.ts'

/**
 * Creates an adapter that keeps documents in the memory of this process: for tests, for pages, and as the
 * reference for other adapters. Filters mean what they mean to MongoDB.
 *
 * @example
 * import { memoryAdapter } from 'cowslip/memory'
 * const adapter = memoryAdapter()
 * await adapter.commit({ kind: 'insert', collection: 'people', id: 1, commitId: 'c1', next: { _id: 1 } })
 * await adapter.load('people', [1, 2]) // [{ doc: { _id: 1 }, version: 1, commitId: 'c1' }, null]
 */
export function memoryAdapter(): Adapter {
  return new MemoryAdapter()
}

type Committed = Extract<CommitResult, { status: 'committed' }>

class MemoryAdapter implements Adapter {
  static {
    defineView('MemoryAdapter', this.prototype, ({ collections }) => ({
      collections: [...collections.keys()],
    }))
  }

  readonly capabilities: Capabilities = Object.freeze({
    transactions: true,
    watch: 'process',
    multiProcess: false,
    partialUpdates: false,
    fieldGuards: true,
    shapes: true,
  })
  private readonly collections = new Map<string, IndexedDocuments>()
  private readonly leaves = new Map<string, Leaves>()
  private readonly lifetime = new AdapterLifetime('memory adapter')
  private readonly feed = new WatchFeed()

  open(collection: string, { leaves, indexes = [] }: OpenOptions): void {
    this.leaves.set(collection, leavesOf(leaves))
    this.documents(collection).addIndexes(parseIndexes(indexes))
  }

  async syncIndexes(collection: string, { indexes }: SyncIndexesOptions): Promise<SyncedIndexes> {
    return this.documents(collection).syncIndexes(collection, parseIndexes(indexes))
  }

  async load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    const documents = this.documents(collection)
    return ids.map(id => {
      const stored = documents.get(idKey(id))
      return stored === undefined ? null : this.copyStored(collection, stored)
    })
  }

  async *find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    for (const stored of this.runQuery(collection, query)) yield this.copyStored(collection, stored)
  }

  async count(collection: string, filter: NonNullable<Query['filter']>): Promise<number> {
    return this.runQuery(collection, { filter }).length
  }

  async page(collection: string, query: Query, options: PageOptions): Promise<StoredPage> {
    const documents = this.documents(collection)
    const { items, next } = finish(readPage(documents, documents.usable, query, options))
    return { items: items.map(stored => this.copyStored(collection, stored)), next }
  }

  async explainQuery(collection: string, query: Query): Promise<QueryPlan> {
    const run = this.startQuery(collection, query)
    finish(run.run())
    return run.describe()
  }

  private runQuery(collection: string, query: Query): StoredDocument[] {
    return [...this.startQuery(collection, query).run()].filter(stored => stored !== null)
  }

  private startQuery(collection: string, query: Query): QueryRun {
    const documents = this.documents(collection)
    return new QueryRun(documents, documents.usable, query)
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const [result] = await this.transaction([commit])
    return result as CommitResult
  }

  async transaction(
    commits: readonly Commit[],
    reads: readonly TransactionRead[] = [],
  ): Promise<CommitResult[]> {
    const stored = (collection: string, id: unknown): StoredDocument | null =>
      this.documents(collection).get(idKey(id)) ?? null
    const results = decideTransaction(stored, commits, reads, name => this.ingestRules(name).leaves)
    if (results.some(({ status }) => status !== 'committed')) return results
    // Ingest all before storing any: a value that is refused leaves everything as it was.
    const taken = commits.map((commit, i) =>
      this.ingestCommit(stored(commit.collection, commit.id), commit, results[i] as Committed),
    )
    const refused = this.writeAll(commits, taken)
    if (refused !== null) return results.with(refused.at, refused.refusal)
    commits.forEach(({ kind, collection, id }, i) => {
      const { version, commitId } = results[i] as Committed
      this.feed.publish({
        kind,
        collection,
        id,
        version: kind === 'delete' ? 0 : version,
        commitId,
      })
    })
    return results
  }

  /** Writes what commits leave behind, in all collections or, where an index refuses one of them, in none. */
  private writeAll(
    commits: readonly Commit[],
    taken: readonly (StoredDocument | null)[],
  ): RefusedWrite | null {
    const writes = new Map<string, MemoryWrite[]>()
    commits.forEach(({ collection, id }, at) => {
      const write = { at, key: idKey(id), document: taken[at] ?? null }
      writes.set(collection, [...(writes.get(collection) ?? []), write])
    })
    const prepared = [...writes].map(([name, own]) => this.documents(name).prepare(own))
    const refused = prepared.find(result => typeof result !== 'function')
    if (refused !== undefined) return refused
    for (const apply of prepared) (apply as () => void)()
    return null
  }

  /** Returns the document that a commit leaves behind; null for a delete. */
  private ingestCommit(
    stored: StoredDocument | null,
    commit: Commit,
    { version, commitId }: Committed,
  ): StoredDocument | null {
    const rules = this.ingestRules(commit.collection)
    const next = documentAfter(stored, commit, rules.leaves)
    if (next === null) return null
    const doc = ingest(next, rules, () => []) as object
    const kept = { doc, version, commitId, ...shapeOf(commit) }
    return Object.freeze(withRing(kept, nextRing(stored, commitId)))
  }

  explain(commit: Commit): unknown {
    return commit
  }

  watch(options: WatchOptions): AsyncIterable<WatchEvent> {
    this.lifetime.assertOpen()
    return this.feed.watch(options)
  }

  close(options: CloseOptions = {}): Promise<void> {
    return this.lifetime.close(options, () => this.feed.close())
  }

  private documents(collection: string): IndexedDocuments {
    this.lifetime.assertOpen()
    let documents = this.collections.get(collection)
    if (documents === undefined)
      this.collections.set(collection, (documents = new IndexedDocuments()))
    return documents
  }

  private ingestRules(collection: string): IngestRules {
    const leaves = this.leaves.get(collection) ?? defaultLeaves
    return { leaves, inMemory: false, finishDraft: () => null }
  }

  /** Copies mutable leaves, so that nobody reaches what is stored. */
  private copyStored(collection: string, stored: StoredDocument): StoredDocument {
    const doc = ingest(stored.doc, this.ingestRules(collection), () => []) as object
    if (doc === stored.doc) return stored
    return Object.freeze(withRing({ ...stored, doc }, stored.ring ?? []))
  }
}
