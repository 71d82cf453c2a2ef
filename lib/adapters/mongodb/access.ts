// The server as the parts of the adapter see it: the driver's collections, documents decoded, and the options of calls.
import { BSON } from 'mongodb'
import type { CallOptions, StoredDocument } from '../contract.ts'
import type { AdapterLifetime } from '../adapter-lifetime.ts'
import { idKey } from '../ids.ts'
import type { DriverOptions, MongoCollection, MongoDatabase } from './driver.ts'
import type { MongoAdapterOptions } from './options.ts'
import { limitTime, maxTimeOf } from './time-limits.ts'
import type { Bookkeeper, Books } from './update/bookkeeping.ts'

/** The server, with the options of one adapter. */
export class MongoAccess {
  readonly db: MongoDatabase
  readonly books: Bookkeeper
  readonly options: MongoAdapterOptions
  private readonly lifetime: AdapterLifetime
  private readonly collections = new Map<string, MongoCollection>()

  constructor(
    db: MongoDatabase,
    books: Bookkeeper,
    options: MongoAdapterOptions,
    lifetime: AdapterLifetime,
  ) {
    this.db = db
    this.books = books
    this.options = options
    this.lifetime = lifetime
  }

  /** Returns the driver's collection. Throws `closed`. */
  collection(name: string): MongoCollection {
    this.lifetime.assertOpen()
    let collection = this.collections.get(name)
    if (collection === undefined) {
      collection = this.db.collection(name)
      this.collections.set(name, collection)
    }
    return collection
  }

  /**
   * Decodes a document from its bytes. The driver's own decoding leaves objects of an array raw under a key
   * that every object has, such as `constructor`.
   */
  decode(bytes: unknown, { bsonOptions }: MongoCollection): StoredDocument {
    const { fieldsAsRaw: _, ...options } = Object(bsonOptions) as BSON.DeserializeOptions
    const document = BSON.deserialize(bytes as Uint8Array, { ...options, raw: false })
    return this.books.toStored(document)
  }

  readOptions(options: CallOptions): DriverOptions & { readonly raw: true } {
    // Within a transaction of the caller's its own options count.
    if (options.session !== undefined) {
      return { raw: true, ...maxTimeOf(options), session: options.session }
    }
    const { readConcern, session } = this.options
    const readPreference = options.primary ? 'primary' : this.options.readPreference
    return {
      raw: true,
      ...maxTimeOf(options),
      ...(session !== undefined && { session }),
      ...(readConcern !== undefined && { readConcern }),
      ...(readPreference !== undefined && { readPreference }),
    }
  }

  writeOptions(options: CallOptions): DriverOptions {
    const { writeConcern, session } = this.options
    return {
      ...maxTimeOf(options),
      ...(session !== undefined && { session }),
      ...(writeConcern !== undefined && { writeConcern }),
    }
  }

  /**
   * Reads what is stored after a write, by key of the id: from the primary, and by default no state that a fail-over may
   * take back.
   * Within the caller's transaction its own view counts.
   */
  async readStored(
    collection: string,
    ids: readonly unknown[],
    limits: CallOptions,
    level: 'majority' | 'local' = 'majority',
  ): Promise<Map<string, StoredDocument>> {
    const documents = this.collection(collection)
    const options = { raw: true, ...this.safeRead(level), ...maxTimeOf(limits) }
    // A cursor costs more than the read of one.
    const reading =
      ids.length === 1
        ? documents.findOne({ _id: ids[0] }, options).then(found => (found ? [found] : []))
        : documents.find({ _id: { $in: [...ids] } }, options).toArray()
    const found = (await limitTime(reading, limits)).map(bytes => this.decode(bytes, documents))
    return new Map(found.map(stored => [idKey((stored.doc as { _id?: unknown })._id), stored]))
  }

  /** Reads the books of documents likewise. */
  async readBooks(
    collection: string,
    ids: readonly unknown[],
    limits: CallOptions,
  ): Promise<Map<string, Books>> {
    const options = {
      projection: this.books.projection,
      ...this.safeRead('majority'),
      ...maxTimeOf(limits),
    }
    const reading = this.collection(collection)
      .find({ _id: { $in: [...ids] } }, options)
      .toArray() as Promise<{ _id: unknown }[]>
    const found = await limitTime(reading, limits)
    return new Map(found.map(document => [idKey(document._id), this.books.read({ ...document })]))
  }

  private safeRead(level: 'majority' | 'local'): object {
    const { session } = this.options
    return session === undefined
      ? { readPreference: 'primary', readConcern: { level } }
      : { session }
  }
}
