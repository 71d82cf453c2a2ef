// Reading on a server: projections, hints, collations, and the driver's own collection.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, type Collection } from 'mongodb'
import * as assert from 'uvu/assert'
import { rejects } from '../collection/people.ts'
import { reading } from '../collection/reading-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, fresh, close } = await openDatabase('reading')

reading('MongoDB', () => mongodbAdapter(fresh()))

const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
const sent: any[] = []
watching.on('commandStarted', ({ command }) => sent.push(command))

const test = suite('reading on a server')
const docs = createCollection<any>('docs', {
  adapter: mongodbAdapter(watching.db(db.databaseName)),
})

test('no more is sent than was asked for', async () => {
  for (const name of ['ada', 'Ada', 'bob'])
    await docs.insert({ _id: name, name, big: 'x'.repeat(999) })
  sent.length = 0
  const found = await docs
    .find({ name: 'bob' }, { fields: ['name', 'a.b'] })
    .states()
    .toArray()
  assert.equal(found, [{ _id: 'bob', name: 'bob' }])
  assert.equal(sent[0].projection, { _id: 1, name: 1, 'a.b': 1, _cow: 1 })
  await docs.getMany(['ada', 'bob'])
  assert.equal(
    [sent[1].find, sent[1].filter, sent.length],
    ['docs', { _id: { $in: ['ada', 'bob'] } }, 2],
  )
})

test('hint, collation, batch size and time limit are passed on', async () => {
  await db.collection('docs').createIndex({ name: 1 })
  sent.length = 0
  const collation = { locale: 'en', strength: 2 }
  const options = { collation, batchSize: 2, maxTimeMS: 5_000, sort: { _id: 1 } } as const
  assert.is((await docs.find({ name: 'ADA' }, options).toArray()).length, 2)
  assert.equal([sent[0].collation, sent[0].batchSize, sent[0].maxTimeMS], [collation, 2, 5_000])
  assert.is((await docs.find({ name: 'bob' }, { hint: { name: 1 } }).toArray()).length, 1)
  assert.equal(sent.at(-1).hint, { name: 1 })
  const error = await rejects(
    docs.find({}, { hint: 'no such index' }).toArray(),
    'unsupported-query',
  )
  assert.is(error.cause.code, 2)
  for (const bad of [{ batchSize: -1 }, { maxTimeMS: '5' }, { fields: ['_cow.v'] }]) {
    assert.throws(() => docs.find({}, bad as never))
  }
})

test('everything else is the driver’s own collection', async () => {
  const native = docs.native as Collection
  const found = await native.aggregate([{ $group: { _id: null, n: { $sum: 1 } } }]).toArray()
  assert.equal(found, [{ _id: null, n: 3 }])
})

test('ends', async () => {
  await watching.close()
  await close()
})

test.run()
