// Queries of an LMDB store. They run in steps: while one pauses others run, and the store may be compacted.
import { setImmediate } from 'node:timers/promises'
import type { StoredDocument } from '../../contract.ts'
import type { PageOptions, Query, QueryPlan, StoredPage } from '../../contract-queries.ts'
import { QueryRun, readPage } from '../../indexes/run-plan.ts'
import { isFields } from '../../query/conditions.ts'
import type { DocumentCodec } from '../../encoding/document-codec.ts'
import type { StoredIndex } from '../indexes/catalog.ts'
import { AFTER_ALL_IDS, keyOf, type Key } from '../layout.ts'
import { StoredDocuments, type Store } from './document-source.ts'

/** Runs queries on one LMDB store. */
export class Queries {
  /** Returns the parts of the store, at once if it can be used now. Throws and rejects with `closed`. */
  private readonly store: () => Store | Promise<Store>
  private readonly getCodec: (collection: string) => Promise<DocumentCodec>

  constructor(
    store: () => Store | Promise<Store>,
    getCodec: (collection: string) => Promise<DocumentCodec>,
  ) {
    this.store = store
    this.getCodec = getCodec
  }

  /** Returns the documents of ids: see `Adapter.load`. */
  async load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    const keys = ids.map(id => keyOf(collection, id)[1])
    const { documents } = await this.open(collection)
    return keys.map(key => documents.get(key) ?? null)
  }

  /** Yields the documents that a query finds: see `Adapter.find`. */
  async *find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    const { documents, indexes } = await this.open(collection)
    for (const stored of new QueryRun(documents, indexes, query).run()) {
      if (stored === null) await setImmediate()
      else yield stored
      const waiting = this.refresh(documents)
      if (waiting !== undefined) await waiting
    }
  }

  /** Counts the documents that a filter matches. */
  async count(collection: string, filter: NonNullable<Query['filter']>): Promise<number> {
    const { documents, indexes } = await this.open(collection)
    const run = new QueryRun(documents, indexes, { filter })
    if (isFields(filter) && Object.keys(filter).length === 0) {
      const range = { start: [collection, ''] as Key, end: [collection, AFTER_ALL_IDS] as Key }
      return (await this.store()).database.getKeysCount(range)
    }
    let count = 0
    for (const stored of run.run()) {
      if (stored !== null) count++
      else await this.pause(documents)
    }
    return count
  }

  /** Reads one page: see `Adapter.page`. */
  async page(collection: string, query: Query, options: PageOptions): Promise<StoredPage> {
    const { documents, indexes } = await this.open(collection)
    const steps = readPage(documents, indexes, query, options)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await this.pause(documents)
    }
  }

  /** Runs a query and returns what it read. */
  async explain(collection: string, query: Query): Promise<QueryPlan> {
    const { documents, indexes } = await this.open(collection)
    const run = new QueryRun(documents, indexes, query)
    for (const stored of run.run()) if (stored === null) await this.pause(documents)
    return run.describe()
  }

  private async pause(documents: StoredDocuments): Promise<void> {
    await setImmediate()
    await this.refresh(documents)
  }

  /** Takes the store as it is now: it may have been compacted meanwhile, or closed. */
  private refresh(documents: StoredDocuments): Promise<void> | undefined {
    const store = this.store()
    if (!(store instanceof Promise)) {
      documents.store = store
      return undefined
    }
    return store.then(now => {
      documents.store = now
    })
  }

  /** Returns the documents of a collection as they are now, and the indexes that queries may use. */
  private async open(
    collection: string,
  ): Promise<{ documents: StoredDocuments; indexes: readonly StoredIndex[] }> {
    const codec = await this.getCodec(collection)
    const store = await this.store()
    // LMDB reuses the last read snapshot for a while: begin a new one.
    store.database.resetReadTxn()
    const { indexes } = store.catalogs.read(collection, codec)
    return {
      documents: new StoredDocuments(store, collection, codec, indexes),
      indexes: indexes.filter(({ built, problem }) => built === null && problem?.kind !== 'arrays'),
    }
  }
}
