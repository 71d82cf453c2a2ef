// Builds and drops the indexes of an LMDB store in portions, each in a write transaction of its own, between which others
// write. The catalog knows how far they are, so any process that has the collection open goes on where another one has
// ended. Writers keep the entries of an index that is not built yet too.
import { setImmediate } from 'node:timers/promises'
import type { IndexProgress, NamedIndex, SyncedIndexes } from '../../contract-queries.ts'
import { endOfPrefix } from '../../indexes/value-key.ts'
import { compareIndexes, namesOf, type IndexDifference } from '../../indexes/parse-indexes.ts'
import { indexProblemError } from '../../indexes/index-problem.ts'
import type { DocumentCodec } from '../../encoding/document-codec.ts'
import { AFTER_ALL_IDS, type Database, type Key } from '../layout.ts'
import {
  createStoredIndex,
  withKeys,
  type Catalog,
  type Catalogs,
  type StoredIndex,
} from './catalog.ts'
import type { Entries } from './entries.ts'

/** The number of documents or entries in one transaction. */
const PORTION = 250

/** The least time between two calls of `onProgress`, in milliseconds. */
const PROGRESS_MS = 100

/** Hears how far indexes are built. */
export type OnProgress = (progress: IndexProgress) => void

/** Builds and drops indexes. */
export class IndexBuilder {
  private readonly store: () => Database
  private readonly catalogs: Catalogs
  private readonly entries: Entries
  /** Runs a task in a write transaction. */
  private readonly transact: <R>(task: () => R) => Promise<R>
  /** The work under way, by collection. */
  private readonly working = new Map<string, Promise<void>>()
  private readonly listeners = new Map<string, Set<OnProgress>>()
  private readonly fresh = new Map<string, Set<string>>()
  private toldAt = 0

  constructor(
    store: () => Database,
    catalogs: Catalogs,
    entries: Entries,
    transact: <R>(task: () => R) => Promise<R>,
  ) {
    this.store = store
    this.catalogs = catalogs
    this.entries = entries
    this.transact = transact
  }

  /** Adds the indexes whose names are new, builds a first portion, and goes on in the background. */
  async add(
    collection: string,
    definitions: readonly NamedIndex[],
    codec: DocumentCodec,
  ): Promise<void> {
    const { indexes, dropping } = this.catalogs.read(collection, codec)
    const isNew = ({ name }: NamedIndex): boolean =>
      !indexes.some(({ index }) => index.definition.name === name)
    const isAtWork = dropping.length > 0 || indexes.some(({ built }) => built !== null)
    if (!definitions.some(isNew) && !isAtWork) return
    const isDone = await this.transact(() => {
      const catalog = this.catalogs.read(collection, codec)
      const known = catalog.indexes.map(({ index }) => index.definition.name)
      const made = definitions.filter(({ name }) => !known.includes(name)).map(createStoredIndex)
      if (made.length > 0) {
        for (const { index } of made) this.freshOf(collection).add(index.definition.name)
        const next = { ...catalog, indexes: [...catalog.indexes, ...made] }
        this.catalogs.write(collection, next, codec)
      }
      return this.workOn(collection, codec)
    })
    if (!isDone) this.work(collection, codec).catch(() => {})
  }

  /** Brings the indexes into line with `definitions`, and resolves when all is built and dropped. */
  async sync(
    collection: string,
    definitions: readonly NamedIndex[],
    codec: DocumentCodec,
    onProgress?: OnProgress,
  ): Promise<SyncedIndexes> {
    const difference = await this.transact(() => this.bringIntoLine(collection, definitions, codec))
    const listeners = this.listeners.get(collection) ?? new Set<OnProgress>()
    this.listeners.set(collection, listeners)
    if (onProgress !== undefined) listeners.add(onProgress)
    try {
      await this.work(collection, codec)
    } finally {
      if (onProgress !== undefined) listeners.delete(onProgress)
    }
    for (const { index, problem } of this.catalogs.read(collection, codec).indexes) {
      if (problem !== null) throw indexProblemError(collection, index.definition, problem)
    }
    return namesOf(difference)
  }

  /** Returns the names of indexes that were made here since they were last brought into line. */
  private freshOf(collection: string): Set<string> {
    const fresh = this.fresh.get(collection) ?? new Set<string>()
    this.fresh.set(collection, fresh)
    return fresh
  }

  private bringIntoLine(
    collection: string,
    definitions: readonly NamedIndex[],
    codec: DocumentCodec,
  ): IndexDifference {
    const { indexes, dropping } = this.catalogs.read(collection, codec)
    const difference = compareIndexes(
      indexes.map(({ index }) => index.definition),
      definitions,
      this.freshOf(collection),
    )
    this.freshOf(collection).clear()
    // A problem may have been solved meanwhile: then the index is made anew.
    const isOver = ({ index, problem }: StoredIndex): boolean =>
      problem !== null || difference.dropped.includes(index.definition)
    const kept = indexes.filter(index => !isOver(index))
    const names = kept.map(({ index }) => index.definition.name)
    const made = definitions.filter(({ name }) => !names.includes(name)).map(createStoredIndex)
    const catalog: Catalog = {
      indexes: [...kept, ...made],
      dropping: [...dropping, ...indexes.filter(isOver).map(({ tag }) => tag)],
    }
    this.catalogs.write(collection, catalog, codec)
    return difference
  }

  /** Works until all indexes of a collection are built and dropped. Calls at the same time share the work. */
  private work(collection: string, codec: DocumentCodec): Promise<void> {
    const previous = this.working.get(collection) ?? Promise.resolve()
    const work = previous
      .catch(() => {})
      .then(async () => {
        while (!(await this.transact(() => this.workOn(collection, codec)))) {
          this.tellProgress(collection, codec)
          await setImmediate()
        }
      })
      .finally(() => {
        if (this.working.get(collection) === work) this.working.delete(collection)
      })
    this.working.set(collection, work)
    return work
  }

  private tellProgress(collection: string, codec: DocumentCodec): void {
    const listeners = this.listeners.get(collection)
    if (listeners === undefined || listeners.size === 0) return
    // To count is O(documents).
    if (Date.now() - this.toldAt < PROGRESS_MS) return
    this.toldAt = Date.now()
    const count = (end: string): number =>
      this.store().getKeysCount({ start: [collection, ''], end: [collection, end] })
    const total = count(AFTER_ALL_IDS)
    for (const { index, built } of this.catalogs.read(collection, codec).indexes) {
      if (built === null) continue
      const progress = { index: index.definition.name, done: count(built), total }
      for (const tell of listeners) tell(progress)
    }
  }

  /** Does one portion of what is to be done. Returns whether nothing is left. */
  private workOn(collection: string, codec: DocumentCodec): boolean {
    const catalog = this.catalogs.read(collection, codec)
    const [tag] = catalog.dropping
    if (tag !== undefined) {
      if (!this.entries.removeSome(tag, PORTION)) return false
      const next = { ...catalog, dropping: catalog.dropping.slice(1) }
      this.catalogs.write(collection, next, codec)
      return false
    }
    const first = catalog.indexes.find(({ built }) => built !== null)
    if (first === undefined) return true
    this.buildPortion(collection, catalog, first.built as string, codec)
    return false
  }

  /** Indexes the documents behind `from`, for all indexes that have come so far. */
  private buildPortion(
    collection: string,
    catalog: Catalog,
    from: string,
    codec: DocumentCodec,
  ): void {
    const start: Key = [collection, from]
    const end: Key = [collection, AFTER_ALL_IDS]
    const found = [...this.store().getRange({ start, end, limit: PORTION })]
    let building = catalog.indexes.filter(({ built }) => built === from)
    for (const { key, value } of found) {
      if (key[1] === from) continue
      const { doc } = codec.decode(value)
      building = building.map(stored => this.include(stored, key[1], doc, collection, codec))
    }
    const built = found.length < PORTION ? null : (found.at(-1)?.key[1] ?? null)
    const done = building.map(stored => ({ ...stored, built }))
    const indexes = catalog.indexes.map(
      stored => done.find(({ tag }) => tag === stored.tag) ?? stored,
    )
    this.catalogs.write(collection, { ...catalog, indexes }, codec)
  }

  /** Adds the entries of a document to an index. */
  private include(
    stored: StoredIndex,
    id: string,
    doc: object,
    collection: string,
    codec: DocumentCodec,
  ): StoredIndex {
    const { index, tag } = stored
    const { _id } = doc as { readonly _id?: unknown }
    const keys = index.keysOrNull(doc)
    if (keys === null) return { ...stored, problem: { kind: 'arrays', ids: [_id] } }
    let { problem } = stored
    for (const values of keys.values) {
      if (index.definition.unique === true && problem === null) {
        for (const [, other] of this.entries.list(tag, { from: values, to: endOfPrefix(values) })) {
          if (other === id) continue
          const text = this.store().get([collection, other])
          const twin =
            text === undefined ? other : (codec.decode(text).doc as { _id?: unknown })._id
          problem = { kind: 'twins', ids: [twin, _id] }
        }
      }
      this.entries.write(tag, { key: values + keys.id, id })
    }
    return withKeys({ ...stored, problem, isUnique: stored.isUnique && problem === null }, keys)
  }
}
