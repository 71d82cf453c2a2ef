// The models of the documents for Mongoose and MikroORM.
import { EntitySchema } from '@mikro-orm/mongodb'
import mongoose from 'mongoose'

/** Fields of texts and of small objects, beside `meta` and `items`. */
const NAMES: readonly string[] = Array.from({ length: 30 }, (_, i) => `field${i}`)

/** Returns the schema of Mongoose. */
export function createMongooseSchema(): mongoose.Schema {
  const item = new mongoose.Schema(
    { id: Number, name: String, price: Number, sub: { on: Boolean } },
    { _id: false },
  )
  const fields = Object.fromEntries(
    NAMES.map((name, i) => [
      name,
      i % 3 === 0 ? { a: String, b: { c: Number, d: String } } : String,
    ]),
  )
  const meta = { city: String, visits: Number, tags: [String] }
  return new mongoose.Schema(
    { _id: String, count: Number, meta, items: [item], ...fields } as any,
    { optimisticConcurrency: true },
  )
}

/** Returns the entity of MikroORM, with a version. */
export function createMikroEntity(collection: string) {
  const properties: Record<string, object> = {
    _id: { type: 'string', primary: true },
    count: { type: 'number' },
    version: { type: 'number', version: true, nullable: true },
  }
  for (const name of ['meta', 'items', ...NAMES]) properties[name] = { type: 'json' }
  return new EntitySchema({ name: 'Doc', collection, properties } as any)
}
