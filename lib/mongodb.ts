// `cowslip/mongodb`: documents in MongoDB, on the official driver.
export { mongodbAdapter } from './adapters/mongodb/mongodb-adapter.ts'
export type { MongoAdapterOptions } from './adapters/mongodb/options.ts'
export type { MongoCollection, MongoCursor, MongoDatabase } from './adapters/mongodb/driver.ts'
export { toMongoUpdate } from './adapters/mongodb/update/to-mongo-update.ts'
export type {
  MongoOperators,
  MongoUpdate,
  MongoUpdateOptions,
} from './adapters/mongodb/update/to-mongo-update.ts'
