// Load a document, change two fields, save, one after another, w:majority; on a real server.
import { defineConfig, MikroORM } from '@mikro-orm/mongodb'
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { BSON, MongoClient } from 'mongodb'
import mongoose from 'mongoose'
import { createMikroEntity, createMongooseSchema } from './mongodb-models.ts'

/** One way to load, change and save documents. */
export interface Saver {
  /** Loads the document, sets two fields, saves. */
  save(id: string, n: number): Promise<unknown>
  load(id: string): Promise<unknown>
  /** Bytes of the commands that it sends for one save, reads left out. */
  readonly commandBytes: () => number
  close(): Promise<void>
}

const PART = 'x'.repeat(40)

/** Some 8.5 KB for 1 part, some 96 KB for 11: fields of text, nested objects, and an array of them. */
export function document(_id: string, parts: number): Record<string, unknown> {
  const made: Record<string, unknown> = {
    _id,
    count: 0,
    meta: { city: 'London', visits: 0, tags: [PART, PART] },
  }
  for (let i = 0; i < 30; i++)
    made[`field${i}`] = i % 3 === 0 ? { a: PART, b: { c: i, d: PART } } : `${PART} ${i}`
  made.items = Array.from({ length: 60 * parts }, (_, id) => ({
    id,
    name: PART,
    price: id / 4,
    sub: { on: true },
  }))
  return made
}

const COLLECTION = 'documents'

/** Sums up the writing commands of a client. */
function watch(client: { on(event: any, listener: (event: any) => void): unknown }): () => number {
  let bytes = 0
  client.on(
    'commandStarted',
    ({ commandName, command }: { commandName: string; command: BSON.Document }) => {
      const write = ['update', 'findAndModify', 'insert'].includes(commandName)
      // What the session adds is everybody's.
      const { lsid: _, $clusterTime: __, txnNumber: ___, ...own } = command
      if (write) bytes += BSON.calculateObjectSize(own)
    },
  )
  return () => {
    const sum = bytes
    bytes = 0
    return sum
  }
}

const OPTIONS = { w: 'majority', monitorCommands: true } as const

async function connect(url: string): Promise<MongoClient> {
  return new MongoClient(url, OPTIONS).connect()
}

export const SAVERS: Record<string, (url: string, database: string) => Promise<Saver>> = {
  async 'driver $set'(url, database) {
    const client = await connect(url)
    const c = client.db(database).collection<any>(COLLECTION)
    return {
      async save(_id, n) {
        await c.findOne({ _id })
        await c.updateOne({ _id }, { $set: { count: n, 'meta.visits': n } })
      },
      load: _id => c.findOne({ _id }),
      commandBytes: watch(client),
      close: () => client.close(),
    }
  },
  async 'driver guarded $set'(url, database) {
    const client = await connect(url)
    const c = client.db(database).collection<any>(COLLECTION)
    return {
      async save(_id, n) {
        const found = await c.findOne({ _id })
        const { v, c: last } = found._cow ?? {}
        const guard =
          v === undefined ? { _cow: { $exists: false } } : { '_cow.v': v, '_cow.c': last }
        const books = { v: (v ?? 0) + 1, c: crypto.getRandomValues(new Uint8Array(16)) }
        const $set = { count: n, 'meta.visits': n, _cow: books }
        const { matchedCount } = await c.updateOne({ _id, ...guard }, { $set })
        if (matchedCount !== 1) throw new Error('stale')
      },
      load: _id => c.findOne({ _id }),
      commandBytes: watch(client),
      close: () => client.close(),
    }
  },
  async Cowslip(url, database) {
    const client = await connect(url)
    const adapter = mongodbAdapter(client.db(database))
    // A collection anew for each: nothing is taken from what is live already.
    const load = async (id: string) => {
      const doc = await createCollection<any>(COLLECTION, { adapter }).get(id)
      if (doc === null) throw new Error('missing')
      return doc
    }
    return {
      async save(id, n) {
        const doc = await load(id)
        await doc.edit(draft => {
          draft.count = n
          draft.meta.visits = n
        })
      },
      load,
      commandBytes: watch(client),
      close: () => client.close(),
    }
  },
  async Mongoose(url, database) {
    const connection = await mongoose
      .createConnection(url, { ...OPTIONS, dbName: database })
      .asPromise()
    const Model = connection.model('Doc', createMongooseSchema(), COLLECTION)
    return {
      async save(id, n) {
        const doc: any = await Model.findById(id)
        doc.count = n
        doc.meta.visits = n
        await doc.save()
      },
      load: id => Model.findById(id),
      commandBytes: watch(connection.getClient()),
      close: () => connection.close(),
    }
  },
  async MikroORM(url, database) {
    const orm = await MikroORM.init(
      defineConfig({
        entities: [createMikroEntity(COLLECTION)],
        clientUrl: url,
        dbName: database,
        driverOptions: OPTIONS,
        debug: false,
      }),
    )
    return {
      async save(id, n) {
        const em = orm.em.fork()
        const doc = await em.findOneOrFail('Doc', { _id: id } as any)
        doc.count = n
        doc.meta.visits = n
        await em.flush()
      },
      load: id => orm.em.fork().findOneOrFail('Doc', { _id: id } as any),
      commandBytes: watch(orm.em.getConnection().getClient()),
      close: () => orm.close(),
    }
  },
}
