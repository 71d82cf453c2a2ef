// Transactions that are ready together share one of the server, and each has an outcome of its own; reads share queries.
import { createCollection, transaction, type Collection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import type { Commit } from 'cowslip/adapter-contract'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('transaction-groups')
const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
const sent = new Map<string, number>()
watching.on('commandStarted', ({ commandName: name }) => sent.set(name, (sent.get(name) ?? 0) + 1))
const count = (name: string): number => sent.get(name) ?? 0
const adapter = mongodbAdapter(watching.db(db.databaseName))

/** Returns the two collections of accounts and books, with documents. */
async function open(
  name: string,
  size = 64,
): Promise<readonly [accounts: Collection<any>, books: Collection<any>]> {
  const accounts = createCollection<any>(name, { adapter })
  const books = createCollection<any>(`${name}.books`, { adapter })
  const ids = Array.from({ length: size }, (_, _id) => ({ _id, n: 0 }))
  await Promise.all([accounts.insertMany(ids), books.insertMany(ids)])
  sent.clear()
  return [accounts, books]
}

/** Adds to a document of each of two collections, in one transaction. */
const add = async ([one, two]: readonly Collection<any>[], id: number, by: number) => {
  const [a, b] = await Promise.all([one!.get(id), two!.get(id)])
  return transaction(tx => {
    tx.edit(a!, (d: any) => void (d.n += by))
    tx.edit(b!, (d: any) => void (d.n -= by))
  })
}

const sums = async (name: string) => {
  const of = async (c: string) => (await db.collection<any>(c).find().toArray()).map(({ n }) => n)
  return [await of(name), await of(`${name}.books`)] as [number[], number[]]
}

const test = suite('group commit of transactions')

test('64 transactions at once share few of the server', async () => {
  const both = await open('many')
  await Promise.all(Array.from({ length: 64 }, (_, id) => add(both, id, id)))
  assert.ok(count('commitTransaction') <= 8, `${count('commitTransaction')} of the server`)
  assert.ok(count('find') <= 16, `${count('find')} queries`)
  const [a, b] = await sums('many')
  assert.equal([a, b.map(n => -n)], [Array.from({ length: 64 }, (_, i) => i), a])
})

test('one that clashes with another program runs again, and the others stand', async () => {
  const both = await open('clash')
  const held = await Promise.all([3, 4, 5].map(id => both[0].get(id)))
  await db.collection<any>('clash').updateOne({ _id: 4 }, { $set: { n: 100, '_cow.v': 7 } })
  let runs = 0
  const work = held.map((document, i) =>
    transaction(tx => {
      if (i === 1) runs++
      tx.edit(document!, (d: any) => void d.n++)
    }),
  )
  await Promise.all([...work, add(both, 6, 1)])
  assert.is(runs, 2)
  const [a] = await sums('clash')
  assert.equal(a.slice(3, 7), [1, 101, 1, 1])
})

test('one that is refused hears of it, and the others stand', async () => {
  const name = 'refused'
  const accounts = createCollection<any>(name, {
    adapter,
    indexes: [{ fields: { mail: 1 }, unique: true }],
  })
  await accounts.syncIndexes()
  const docs = await accounts.insertMany([1, 2, 3].map(_id => ({ _id, mail: `m${_id}` })))
  const work = docs.map((document, i) =>
    transaction(tx => tx.edit(document, (d: any) => void (d.mail = i === 1 ? 'm3' : `x${i}`))),
  )
  const settled = await Promise.allSettled(work)
  assert.equal(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.is((settled[1] as PromiseRejectedResult).reason.code, 'duplicate')
  const stored = await db.collection<any>(name).find().sort({ _id: 1 }).toArray()
  assert.equal(
    stored.map(({ mail }) => mail),
    ['x0', 'm2', 'x2'],
  )
})

test('of three inserts of one document one is committed', async () => {
  const name = 'same'
  const [first, second, third] = [1, 2, 3].map((n): Commit => {
    const commitId = crypto.randomUUID()
    return { kind: 'insert', collection: name, id: 'd', commitId, next: { _id: 'd', n } }
  }) as [Commit, Commit, Commit]
  const results = await Promise.all([first, second, third].map(c => adapter.transaction!([c], [])))
  const statuses = results.map(([result]) => result!.status).sort()
  assert.equal(statuses.filter(status => status === 'committed').length, 1)
  assert.is(await db.collection(name).countDocuments(), 1)
})

test('one that has an id of no known type is refused alone', async () => {
  const name = 'ids'
  const insert = (id: any): Commit => {
    return {
      kind: 'insert',
      collection: name,
      id,
      commitId: crypto.randomUUID(),
      next: { _id: id },
    }
  }
  const [bad, good] = await Promise.allSettled([
    adapter.transaction!([insert(Symbol('x'))], []),
    adapter.transaction!([insert('fine')], []),
  ])
  assert.is((bad as PromiseRejectedResult).reason.code, 'bad-argument')
  assert.is((good as PromiseFulfilledResult<any>).value[0].status, 'committed')
})

test('reads of single documents share queries, and nobody shares what is read', async () => {
  const [accounts] = await open('reads')
  const ids = Array.from({ length: 200 }, (_, i) => i >> 1)
  const found = await Promise.all(ids.map(id => adapter.load('reads', [id])))
  assert.ok(count('find') <= 8, `${count('find')} queries`)
  found.forEach(([stored], i) => {
    assert.is((stored?.doc as any)?._id, ids[i]! < 64 ? ids[i] : undefined)
  })
  assert.is.not(found[0]![0]?.doc, found[1]![0]?.doc)
  assert.equal(found[0]![0]?.doc, found[1]![0]?.doc)
  const live = await Promise.all(ids.map(id => accounts.get(id)))
  assert.is(live[0], live[1])
  assert.is(live[199], null)
})

test('a read in a closed adapter rejects', async () => {
  const closed = mongodbAdapter(watching.db(db.databaseName))
  const before = closed.load('reads', [1])
  await closed.close()
  for (const ids of [[1], [1, 2]]) {
    const error = await closed.load('reads', ids).catch((error: unknown) => error)
    assert.ok(code('closed')(error))
  }
  // One that was on its way when it was closed settles, one way or the other.
  await before.catch(code('closed'))
})

test('ends', async () => {
  await adapter.close()
  await watching.close()
  await close()
})

test.run()
