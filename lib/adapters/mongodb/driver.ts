// What is used of the official driver, typed structurally: any of its versions will do.

/** The options that every call takes. */
export interface CallOptions {
  readonly session?: unknown
  readonly writeConcern?: unknown
  readonly readConcern?: unknown
  readonly readPreference?: unknown
}

/** A `Db` of the driver. */
export interface MongoDatabase {
  readonly client: { startSession(): MongoSession }
  collection(name: string, options?: object): MongoCollection
}

/** A `ClientSession` of the driver. */
export interface MongoSession {
  withTransaction<R>(act: () => Promise<R>, options?: any): Promise<R>
  endSession(): Promise<void>
}

/** A `Collection` of the driver. */
export interface MongoCollection {
  /** How it reads values; of driver 6 and later. */
  readonly bsonOptions?: object
  insertOne(document: any, options?: any): Promise<unknown>
  updateOne(filter: any, update: any, options?: any): Promise<{ readonly matchedCount: number }>
  deleteOne(filter: any, options?: any): Promise<{ readonly deletedCount: number }>
  findOne(filter: any, options?: any): Promise<any>
  find(filter: any, options?: any): MongoCursor
}

/** A `FindCursor` of the driver. */
export interface MongoCursor extends AsyncIterable<any> {
  sort(sort: any): this
  skip(skip: number): this
  limit(limit: number): this
  toArray(): Promise<any[]>
  close(): Promise<void>
}
