// The part of the official driver that the adapter uses, as structural types: the adapter imports no type
// of the driver, so drivers 6 and 7 both fit.

/** Options that every call of the driver takes. */
export interface DriverOptions {
  readonly session?: unknown
  readonly maxTimeMS?: number
  readonly writeConcern?: unknown
  readonly readConcern?: unknown
  readonly readPreference?: unknown
}

/** A `Db` of the driver. */
export interface MongoDatabase {
  readonly client: { startSession(): MongoSession }
  readonly databaseName?: string
  /** The preference for reads without one of their own. */
  readonly readPreference?: unknown
  readonly writeConcern?: unknown
  collection(name: string, options?: object): MongoCollection
  watch?(pipeline: object[], options?: object): MongoChangeStream
}

/** A `ClientSession` of the driver. */
export interface MongoSession {
  withTransaction<R>(act: () => Promise<R>, options?: unknown): Promise<R>
  endSession(): Promise<void>
}

/** A `Collection` of the driver. */
export interface MongoCollection {
  /** Options for decoding; of driver 6 and later. */
  readonly bsonOptions?: object
  insertOne(document: unknown, options?: unknown): Promise<unknown>
  updateOne(
    filter: unknown,
    update: unknown,
    options?: unknown,
  ): Promise<{ readonly matchedCount: number }>
  deleteOne(filter: unknown, options?: unknown): Promise<{ readonly deletedCount: number }>
  findOneAndUpdate(filter: unknown, update: unknown, options?: unknown): Promise<unknown>
  bulkWrite(
    statements: readonly object[],
    options?: object,
  ): Promise<{
    readonly insertedCount: number
    readonly matchedCount: number
    readonly deletedCount: number
  }>
  findOne(filter: unknown, options?: unknown): Promise<unknown>
  countDocuments(filter: unknown, options?: unknown): Promise<number>
  find(filter: unknown, options?: unknown): MongoCursor
  watch(pipeline: object[], options?: object): MongoChangeStream
  indexes(): Promise<unknown[]>
  createIndexes(indexes: object[]): Promise<unknown>
  dropIndex(name: string): Promise<unknown>
}

/** A `ChangeStream` of the driver. */
export interface MongoChangeStream {
  readonly resumeToken: unknown
  next(): Promise<unknown>
  on(event: 'resumeTokenChanged', listener: (token: unknown) => void): unknown
  close(): Promise<void>
}

/** A `FindCursor` of the driver. */
export interface MongoCursor {
  hasNext(): Promise<boolean>
  readBufferedDocuments(): unknown[]
  sort(sort: unknown): this
  skip(skip: number): this
  limit(limit: number): this
  toArray(): Promise<unknown[]>
  explain(verbosity: string): Promise<unknown>
  close(): Promise<void>
}
