import type { CallOptions, Query, StoredDocument } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { Immutable } from '../document/types.ts'
import type { Deadline } from './calls/deadline.ts'
import type { LiveDocument } from './live-document.ts'
import { storageError } from './calls/outcome.ts'
import type { Shelf } from './identity-map.ts'

/**
 * Reads documents of one collection, and moves their live documents to what is stored. What was read is taken
 * in only if it was sent after all that the document has taken in already, and no write of it is under way;
 * else the document is read again, between its writes.
 */
export class Reader<T extends object> {
  private readonly shelf: Shelf<T, LiveDocument<T>>
  private readonly make: (stored: StoredDocument) => LiveDocument<T>
  /** Documents that are to be read again: whoever asks before that has begun shares the answer. */
  private readonly again = new Map<string, Promise<LiveDocument<T> | null>>()

  constructor(shelf: Shelf<T, LiveDocument<T>>, make: (stored: StoredDocument) => LiveDocument<T>) {
    this.shelf = shelf
    this.make = make
  }

  /** The live document of an id; null: nothing is stored. */
  async get(id: unknown, deadline: Deadline): Promise<LiveDocument<T> | null> {
    const key = idKey(id)
    const { recency } = this.shelf
    const sent = recency.begin()
    try {
      const stored = await this.shelf.load(id, { timeoutMS: deadline.left })
      if (this.agrees(key, stored)) return this.shelf.find(key) as LiveDocument<T>
      if (this.counts(key, stored, sent)) return this.takeIn(key, stored, sent)
    } finally {
      recency.end(sent)
    }
    return this.readAgain(key, id)
  }

  /** The live documents that a query finds, as they are read. */
  async *find(query: Query, deadline: Deadline): AsyncGenerator<LiveDocument<T>> {
    const { recency } = this.shelf
    const sent = recency.begin()
    try {
      for await (const stored of this.found(query, { timeoutMS: deadline.left })) {
        const { _id: id } = stored.doc as { _id: unknown }
        const key = idKey(id)
        if (this.agrees(key, stored)) yield this.shelf.find(key) as LiveDocument<T>
        else if (this.counts(key, stored, sent)) yield this.takeIn(key, stored, sent)
        else {
          const document = await this.findAgain(key, id, query)
          if (document !== null) yield document
        }
      }
    } catch (error) {
      throw storageError(error)
    } finally {
      recency.end(sent)
    }
  }

  /** Snapshots of what a query finds. */
  async *states(query: Query, deadline: Deadline): AsyncGenerator<Immutable<T>> {
    try {
      for await (const { doc } of this.found(query, { timeoutMS: deadline.left })) {
        yield this.shelf.ingestRead(doc)
      }
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Whether the live document is just what was read: then it is of no account when that was. */
  private agrees(key: string, stored: StoredDocument | null): boolean {
    return stored !== null && this.shelf.find(key)?.is(stored) === true
  }

  private counts(key: string, stored: StoredDocument | null, sent: number): boolean {
    const { turns, recency, adapter } = this.shelf
    if (turns.busy(key) || !recency.isNews(key, sent)) return false
    if (adapter.capabilities.laggingReads !== true) return true
    // A copy that lags behind shows what was; only what is ahead of what is known is surely news.
    const live = this.shelf.find(key)
    return stored !== null && (live === undefined || stored.version > live.version)
  }

  private takeIn<S extends StoredDocument | null>(
    key: string,
    stored: S,
    sent: number,
  ): LiveDocument<T> | (null & S) {
    this.shelf.recency.learn(key, sent)
    const live = this.shelf.find(key)
    if (stored === null) {
      live?.gone()
      return null as null & S
    }
    if (live !== undefined) {
      live.take(stored)
      return live
    }
    const document = this.make(stored)
    this.shelf.put(document)
    return document
  }

  private readAgain(key: string, id: unknown): Promise<LiveDocument<T> | null> {
    let reading = this.again.get(key)
    if (reading === undefined) {
      reading = this.shelf.turns.run(key, async () => {
        this.again.delete(key)
        const sent = this.shelf.recency.begin()
        try {
          return this.takeIn(key, await this.shelf.load(id, this.shelf.atPrimary), sent)
        } finally {
          this.shelf.recency.end(sent)
        }
      })
      this.again.set(key, reading)
    }
    return reading
  }

  /** Null: the document is gone, or the filter does not mean it any more. */
  private findAgain(key: string, id: unknown, { filter }: Query): Promise<LiveDocument<T> | null> {
    const query = { filter: { $and: [{ _id: id }, { ...filter }] }, limit: 1 }
    return this.shelf.turns.run(key, async () => {
      const sent = this.shelf.recency.begin()
      try {
        for await (const stored of this.found(query, this.shelf.atPrimary)) {
          return this.takeIn(key, stored, sent)
        }
        return null
      } finally {
        this.shelf.recency.end(sent)
      }
    })
  }

  /** What the adapter finds; what it throws is its own. */
  private found(query: Query, options: CallOptions): AsyncIterable<StoredDocument> {
    this.shelf.assertOpen()
    return this.shelf.adapter.find(this.shelf.collection, query, options)
  }
}
