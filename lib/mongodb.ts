// MongoDB, on the official driver.
export { toMongoUpdate } from './adapters/mongodb/to-mongo-update.ts'
export type {
  MongoOperators,
  MongoUpdate,
  MongoUpdateOptions,
} from './adapters/mongodb/to-mongo-update.ts'
