// Reads documents and moves their live documents to what is stored. The difficulty: a read takes time, and
// writes of the same document may be acknowledged meanwhile. So an answer counts only if its read was sent
// after everything that the document has learned; else the document is read again between its writes.
//
//   read sent          t1 ------------------> answer: shows version 4
//   write acknowledged        t2: version 5   t2 > t1, so the answer is old: read again
import type { CallOptions, StoredDocument } from '../adapters/contract.ts'
import type { PageOptions, Query, StoredPage } from '../adapters/contract-queries.ts'
import { idKey } from '../adapters/ids.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Immutable } from '../document/types.ts'
import type { Page } from './call-types.ts'
import type { Deadline } from './calls/deadline.ts'
import type { LiveDocument } from './document/live-document.ts'
import { storageError } from './calls/outcome.ts'
import type { IdentityMap } from './identity-map.ts'
import { pickFields, type FieldTree } from './cursor/pick-fields.ts'

/** Makes of a stored document, which a read sent at `sent` has found, what is shown; null: nothing. */
export type Show<V> = (
  stored: StoredDocument,
  query: Query,
  sent: number,
) => V | null | Promise<V | null>

/** The page that is asked for. */
export type PageRequest = Omit<PageOptions, keyof CallOptions>

/**
 * Reads documents of one collection, and moves their live documents to what is stored. An answer counts
 * only if the read was sent after everything that the document has learned and no write of it is under way;
 * else the document is read again, between its writes.
 */
export class DocumentReader<T extends object> {
  private readonly identityMap: IdentityMap<T, LiveDocument<T>>
  private readonly make: (stored: StoredDocument) => LiveDocument<T>
  /**
   * The documents that are waiting to be read again. Callers that come before the read begins share its
   * answer.
   */
  private readonly rereads = new Map<string, Promise<LiveDocument<T> | null>>()

  constructor(
    identityMap: IdentityMap<T, LiveDocument<T>>,
    make: (stored: StoredDocument) => LiveDocument<T>,
  ) {
    this.identityMap = identityMap
    this.make = make
  }

  /** Returns the live documents of ids, moved to what is stored, in the same order; null: nothing is stored. */
  async getMany(ids: readonly unknown[], deadline: Deadline): Promise<(LiveDocument<T> | null)[]> {
    const { identityMap } = this
    const { readOrder } = identityMap
    const keys = ids.map(idKey)
    const sent = readOrder.beginRead()
    const old: string[] = []
    try {
      const found = await identityMap.loadMany(ids, { timeoutMS: deadline.leftMS })
      keys.forEach((key, i) => {
        const stored = found[i] ?? null
        if (this.isUpToDate(key, stored)) return
        if (this.isNewest(key, stored, sent)) this.moveToRead(key, stored, sent)
        else old.push(key)
      })
    } finally {
      readOrder.endRead(sent)
    }
    const read = async (key: string, i: number) =>
      old.includes(key) ? this.readAgain(key, ids[i]) : this.findStored(key)
    return Promise.all(keys.map(read))
  }

  private findStored(key: string): LiveDocument<T> | null {
    const live = this.identityMap.find(key)
    return live?.status === 'stored' ? live : null
  }

  /** Shows what a query finds as live documents, in their state of now. */
  readonly asLive: Show<LiveDocument<T>> = (stored, query, sent) => this.takeIn(stored, query, sent)

  /** Shows what a query finds as snapshots; of the fields of `tree` alone, unless it is null. */
  asStates(tree: FieldTree | null): Show<Immutable<T>> {
    const { identityMap } = this
    if (tree === null) return stored => identityMap.readState(stored)
    if (!identityMap.readsWhole(tree))
      return ({ doc }) => identityMap.ingestRead(pickFields(doc, tree))
    return stored => identityMap.ingestRead(pickFields(identityMap.readState(stored), tree))
  }

  /** Yields what a query finds, as it is read. */
  async *each<V>(query: Query, show: Show<V>, deadline: Deadline): AsyncGenerator<V> {
    const { readOrder } = this.identityMap
    const sent = readOrder.beginRead()
    try {
      for await (const stored of this.query(query, { timeoutMS: deadline.leftMS })) {
        const shown = await show(stored, query, sent)
        if (shown !== null) yield shown
      }
    } catch (error) {
      throw storageError(error)
    } finally {
      readOrder.endRead(sent)
    }
  }

  /** Returns all that a query finds: as `each`, without a step of its own for each document. */
  async all<V>(query: Query, show: Show<V>, deadline: Deadline): Promise<V[]> {
    const { readOrder } = this.identityMap
    const sent = readOrder.beginRead()
    const found: V[] = []
    try {
      for await (const stored of this.query(query, { timeoutMS: deadline.leftMS })) {
        const showing = show(stored, query, sent)
        const shown = showing instanceof Promise ? await showing : showing
        if (shown !== null) found.push(shown)
      }
    } catch (error) {
      throw storageError(error)
    } finally {
      readOrder.endRead(sent)
    }
    return found
  }

  /** Counts the documents that a filter matches. */
  async count(filter: NonNullable<Query['filter']>, { leftMS }: Deadline): Promise<number> {
    this.identityMap.assertOpen()
    const { adapter, collection } = this.identityMap
    const limits = { timeoutMS: leftMS }
    try {
      if (adapter.count !== undefined) return await adapter.count(collection, filter, limits)
      let found = 0
      for await (const _ of this.query({ filter }, limits)) found++
      return found
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Returns one page of what a query finds. */
  async page<V>(
    query: Query,
    show: Show<V>,
    request: PageRequest,
    deadline: Deadline,
  ): Promise<Page<V>> {
    const { readOrder } = this.identityMap
    const sent = readOrder.beginRead()
    try {
      const { items, next } = await this.readPage(query, request, deadline)
      const shown = await Promise.all(items.map(async stored => show(stored, query, sent)))
      return { items: shown.filter(item => item !== null) as V[], next }
    } finally {
      readOrder.endRead(sent)
    }
  }

  /** Reads one page as it is stored. */
  async readPage(query: Query, request: PageRequest, deadline: Deadline): Promise<StoredPage> {
    this.identityMap.assertOpen()
    const { adapter, collection } = this.identityMap
    if (adapter.page === undefined) {
      throw badArgumentError('adapter', 'an adapter that has `page`', adapter)
    }
    try {
      return await adapter.page(collection, query, { ...request, timeoutMS: deadline.leftMS })
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Returns the live document of what a query found. Null: it is no longer there, or no longer matches. */
  private takeIn(
    stored: StoredDocument,
    query: Query,
    sent: number,
  ): LiveDocument<T> | null | Promise<LiveDocument<T> | null> {
    const { _id: id } = stored.doc as { _id: unknown }
    const key = idKey(id)
    if (this.isUpToDate(key, stored)) return this.identityMap.find(key) as LiveDocument<T>
    if (this.isNewest(key, stored, sent)) return this.moveToRead(key, stored, sent)
    return this.findAgain(id, query)
  }

  /**
   * Whether the live document already shows what was read. Then it does not matter when the read was sent.
   */
  private isUpToDate(key: string, stored: StoredDocument | null): boolean {
    return stored !== null && this.identityMap.find(key)?.isSameAs(stored) === true
  }

  private isNewest(key: string, stored: StoredDocument | null, sent: number): boolean {
    const { sendQueue, readOrder, adapter } = this.identityMap
    if (sendQueue.isBusy(key) || !readOrder.isNewest(key, sent)) return false
    if (adapter.capabilities.laggingReads !== true) return true
    // A lagging copy shows an old state: only a version ahead of the known one is surely new.
    const live = this.identityMap.find(key)
    return stored !== null && (live === undefined || stored.version > live.version)
  }

  private moveToRead<S extends StoredDocument | null>(
    key: string,
    stored: S,
    sent: number,
  ): LiveDocument<T> | (null & S) {
    this.identityMap.readOrder.note(key, sent)
    const live = this.identityMap.find(key)
    if (stored === null) {
      live?.markDeleted()
      return null as null & S
    }
    if (live !== undefined) {
      live.moveToStored(stored)
      return live
    }
    const document = this.make(stored)
    this.identityMap.setLive(document)
    return document
  }

  private readAgain(key: string, id: unknown): Promise<LiveDocument<T> | null> {
    let reading = this.rereads.get(key)
    if (reading === undefined) {
      reading = this.identityMap.sendQueue.run(key, async () => {
        this.rereads.delete(key)
        const sent = this.identityMap.readOrder.beginRead()
        try {
          return this.moveToRead(
            key,
            await this.identityMap.load(id, this.identityMap.atPrimary),
            sent,
          )
        } finally {
          this.identityMap.readOrder.endRead(sent)
        }
      })
      this.rereads.set(key, reading)
    }
    return reading
  }

  /** Reads a document again with the filter. Null: it is deleted, or the filter no longer matches it. */
  findAgain(id: unknown, query: Query): Promise<LiveDocument<T> | null> {
    const key = idKey(id)
    return this.identityMap.sendQueue.run(key, async () => {
      const sent = this.identityMap.readOrder.beginRead()
      try {
        const stored = await this.readMatching(id, query)
        return stored && this.moveToRead(key, stored, sent)
      } finally {
        this.identityMap.readOrder.endRead(sent)
      }
    })
  }

  /** Reads what is stored of a document, if the filter matches it. */
  async readMatching(id: unknown, { filter }: Query): Promise<StoredDocument | null> {
    const query = { filter: { $and: [{ _id: { $eq: id } }, { ...filter }] }, limit: 1 }
    for await (const stored of this.query(query, this.identityMap.atPrimary)) return stored
    return null
  }

  /** Runs a query on the adapter. Its errors are translated by the callers. */
  private query(query: Query, options: CallOptions): AsyncIterable<StoredDocument> {
    this.identityMap.assertOpen()
    return this.identityMap.adapter.find(this.identityMap.collection, query, options)
  }
}
