// Saves of many documents at once, of one document by many clients, and of ten in a transaction; on a real server,
// w:majority. Each contender changes two fields of documents that it holds, and knows the outcome of each save.
import { defineConfig, MikroORM } from '@mikro-orm/mongodb'
import { createCollection, transaction, type Concurrency } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, ObjectId } from 'mongodb'
import mongoose from 'mongoose'
import { createMikroEntity, createMongooseSchema } from './mongodb-models.ts'

/** One way to save. A workload that it does not know is absent. */
export interface Committer {
  /** Saves 64 documents at once. */
  many?(n: number): Promise<unknown>
  /** Saves one document. */
  one?(n: number): Promise<unknown>
  /** 200 saves of one document at once. */
  burst?(n: number): Promise<unknown>
  /** One client's change of the hot document: counts one up. */
  hot?(): Promise<unknown>
  /** Ten documents in a transaction. */
  ten?(n: number): Promise<unknown>
  close(): Promise<void>
}

export const DOCUMENTS = 64
const COLLECTION = 'documents'
const idOf = (i: number): string => `d${i}`
const ids = Array.from({ length: DOCUMENTS }, (_, i) => idOf(i))
const OTHER_ID = new ObjectId()

/** The driver with a guard of version and last commit, as the adapter writes it. */
async function driver(url: string, database: string): Promise<Committer> {
  const client = await new MongoClient(url, { w: 'majority' }).connect()
  const c = client.db(database).collection<any>(COLLECTION)
  type Books = { v: number; c: Uint8Array }
  const books = new Map<string, Books | undefined>()
  for (const { _id, _cow } of await c.find().toArray()) books.set(_id, _cow)
  const guarded = (_id: string, n: number) => {
    const seen = books.get(_id)
    const next = { v: (seen?.v ?? 0) + 1, c: crypto.getRandomValues(new Uint8Array(16)) }
    const guard =
      seen === undefined ? { '_cow.v': { $exists: false } } : { '_cow.v': seen.v, '_cow.c': seen.c }
    const update = { $set: { count: n, 'meta.visits': n, _cow: next } }
    return { filter: { _id, ...guard }, update, next }
  }
  const save = async (_id: string, n: number): Promise<void> => {
    const { filter, update, next } = guarded(_id, n)
    const { matchedCount } = await c.updateOne(filter, update)
    if (matchedCount !== 1) throw new Error('stale')
    books.set(_id, next)
  }
  const bulk = async (all: readonly string[], n: number, session?: any): Promise<void> => {
    const writes = all.map(_id => ({ _id, ...guarded(_id, n) }))
    const statements = writes.map(({ filter, update }) => ({
      updateOne: session
        ? { filter, update }
        : { filter, update: { ...update, $setOnInsert: { _id: OTHER_ID } }, upsert: true },
    }))
    const result = await c.bulkWrite(statements as any, { ordered: false, session })
    if (result.matchedCount !== all.length) throw new Error('stale')
    for (const { _id, next } of writes) books.set(_id, next)
  }
  return {
    many: n => bulk(ids, n),
    one: n => save(idOf(n % DOCUMENTS), n),
    async hot() {
      for (;;) {
        const found = await c.findOne({ _id: 'd0' })
        const { v, c: last } = found._cow ?? {}
        const guard =
          v === undefined ? { '_cow.v': { $exists: false } } : { '_cow.v': v, '_cow.c': last }
        const next = { v: (v ?? 0) + 1, c: crypto.getRandomValues(new Uint8Array(16)) }
        const $set = { count: found.count + 1, _cow: next }
        const { matchedCount } = await c.updateOne({ _id: 'd0', ...guard }, { $set })
        if (matchedCount === 1) return
      }
    },
    async ten(n) {
      const session = client.startSession()
      try {
        await session.withTransaction(() => bulk(ids.slice(0, 10), n, session))
      } finally {
        await session.endSession()
      }
    },
    close: () => client.close(),
  }
}

/** The driver, one guarded update for each document. */
async function singles(url: string, database: string): Promise<Committer> {
  const { one = () => Promise.resolve(), close } = await driver(url, database)
  return {
    many: n => Promise.all(ids.map((_, i) => one(n * DOCUMENTS + i))),
    close,
  }
}

/** The driver's `$inc`, without a guard. */
async function increments(url: string, database: string): Promise<Committer> {
  const client = await new MongoClient(url, { w: 'majority' }).connect()
  const c = client.db(database).collection<any>(COLLECTION)
  return {
    hot: () => c.updateOne({ _id: 'd0' }, { $inc: { count: 1 } }),
    close: () => client.close(),
  }
}

/** Cowslip in one mode of concurrency. */
async function cowslip(
  url: string,
  database: string,
  concurrency: Concurrency = 'version',
): Promise<Committer> {
  const client = await new MongoClient(url, { w: 'majority' }).connect()
  const adapter = mongodbAdapter(client.db(database))
  const c = createCollection<any>(COLLECTION, { adapter, concurrency })
  const docs = (await Promise.all(ids.map(id => c.get(id)))).map(doc => doc!)
  const save = (i: number, n: number): Promise<unknown> =>
    docs[i]!.edit((draft: any) => {
      draft.count = n
      draft.meta.visits = n
    })
  return {
    many: n => Promise.all(ids.map((_, i) => save(i, n))),
    one: n => save(n % DOCUMENTS, n),
    burst: n => Promise.all(Array.from({ length: 200 }, (_, i) => save(0, n * 200 + i))),
    hot: () => docs[0]!.edit((draft: any) => void draft.count++),
    ten: n =>
      transaction(tx => {
        for (const doc of docs.slice(0, 10)) {
          tx.edit(doc, (draft: any) => {
            draft.count = n
            draft.meta.visits = n
          })
        }
      }),
    close: () => client.close(),
  }
}

async function mongooseModel(url: string, database: string) {
  const connection = await mongoose
    .createConnection(url, { w: 'majority', dbName: database })
    .asPromise()
  return { connection, Model: connection.model('Doc', createMongooseSchema(), COLLECTION) }
}

async function mongooseSave(url: string, database: string): Promise<Committer> {
  const { connection, Model } = await mongooseModel(url, database)
  const docs: any[] = await Model.find({ _id: { $in: ids } })
  const set = (doc: any, n: number): any => {
    doc.count = n
    doc.meta.visits = n
    return doc
  }
  return {
    many: n => Promise.all(docs.map(doc => set(doc, n).save())),
    one: n => set(docs[n % DOCUMENTS], n).save(),
    async hot() {
      for (;;) {
        const doc: any = await Model.findById('d0')
        doc.count++
        try {
          return await doc.save()
        } catch (error) {
          if ((error as Error).name !== 'VersionError') throw error
        }
      }
    },
    close: () => connection.close(),
  }
}

async function mongooseBulk(url: string, database: string): Promise<Committer> {
  const { connection, Model } = await mongooseModel(url, database)
  const docs: any[] = await Model.find({ _id: { $in: ids } })
  return {
    many(n) {
      for (const doc of docs) {
        doc.count = n
        doc.meta.visits = n
      }
      return Model.bulkSave(docs)
    },
    close: () => connection.close(),
  }
}

async function mikro(url: string, database: string): Promise<Committer> {
  const orm = await MikroORM.init(
    defineConfig({
      entities: [createMikroEntity(COLLECTION)],
      clientUrl: url,
      dbName: database,
      driverOptions: { w: 'majority' },
      debug: false,
    }),
  )
  const em = orm.em.fork()
  const docs: any[] = await em.find('Doc', { _id: { $in: ids } } as any)
  return {
    many(n) {
      for (const doc of docs) {
        doc.count = n
        doc.meta.visits = n
      }
      return em.flush()
    },
    close: () => orm.close(),
  }
}

export const COMMITTERS: Record<string, (url: string, database: string) => Promise<Committer>> = {
  'driver, guarded': driver,
  'driver, 64 updateOne': singles,
  'driver $inc': increments,
  Cowslip: cowslip,
  'Cowslip, fields': (url, database) => cowslip(url, database, 'fields'),
  'Cowslip, none': (url, database) => cowslip(url, database, 'none'),
  'Mongoose save': mongooseSave,
  'Mongoose bulkSave': mongooseBulk,
  MikroORM: mikro,
}
