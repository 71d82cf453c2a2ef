// What is used of the official driver, typed structurally: unknown of its versions will do.

/** The options that every call takes. */
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
  /** Where reads go where nothing else is said. */
  readonly readPreference?: unknown
  collection(name: string, options?: object): MongoCollection
}

/** A `ClientSession` of the driver. */
export interface MongoSession {
  withTransaction<R>(act: () => Promise<R>, options?: unknown): Promise<R>
  endSession(): Promise<void>
}

/** A `Collection` of the driver. */
export interface MongoCollection {
  /** How it reads values; of driver 6 and later. */
  readonly bsonOptions?: object
  insertOne(document: unknown, options?: unknown): Promise<unknown>
  updateOne(
    filter: unknown,
    update: unknown,
    options?: unknown,
  ): Promise<{ readonly matchedCount: number }>
  deleteOne(filter: unknown, options?: unknown): Promise<{ readonly deletedCount: number }>
  findOne(filter: unknown, options?: unknown): Promise<unknown>
  countDocuments(filter: unknown, options?: unknown): Promise<number>
  find(filter: unknown, options?: unknown): MongoCursor
}

/** A `FindCursor` of the driver. */
export interface MongoCursor {
  hasNext(): Promise<boolean>
  readBufferedDocuments(): unknown[]
  sort(sort: unknown): this
  skip(skip: number): this
  limit(limit: number): this
  toArray(): Promise<unknown[]>
  close(): Promise<void>
}
