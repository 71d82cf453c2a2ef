// Indexes and pages on a server.
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, ObjectId, UUID } from 'mongodb'
import * as assert from 'uvu/assert'
import { rejects } from '../collection/people.ts'
import { indexed } from '../indexes/index-suite.ts'
import { compareIndexed } from '../query/compare-indexed.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, fresh, close } = await openDatabase('indexes')

indexed('MongoDB', () => mongodbAdapter(fresh()))

const test = suite('indexes on a server')
const open = (indexes: CollectionOptions['indexes'], name = 'own') =>
  createCollection<any>(name, { adapter: mongodbAdapter(db), indexes: indexes ?? [] })

test('random queries with indexes find what they find without', async () => {
  for (const seed of [7, 8]) {
    const { faults, indexed: answers } = await compareIndexed(seed, 300, 80, [
      { name: 'MongoDB', adapter: mongodbAdapter(fresh()), isIndexed: false },
      { name: 'MongoDB with indexes', adapter: mongodbAdapter(fresh()), isIndexed: true },
      { name: 'memory with indexes', adapter: memoryAdapter(), isIndexed: true },
    ])
    assert.equal(faults, [])
    assert.ok(answers > 20, `${answers} answers came by an index`)
  }
})

test('indexes that no definition can express are left alone', async () => {
  const own = db.collection('own')
  await own.createIndex({ text: 'text' })
  await own.createIndex({ at: 1 }, { expireAfterSeconds: 3_600 })
  await own.createIndex({ name: 1 }, { collation: { locale: 'de' } })
  await own.createIndex({ old: 1 })
  const people = open([{ fields: { email: 1 }, unique: true, where: { n: { $gt: 1 } } }])
  assert.equal(await people.syncIndexes(), { made: ['email_1'], dropped: ['old_1'], same: [] })
  assert.equal(await people.syncIndexes(), { made: [], dropped: [], same: ['email_1'] })
  const names = (await own.indexes()).map(({ name }) => name)
  assert.equal(names, ['_id_', 'text_text', 'at_1', 'name_1', 'email_1'])
})

test('a clash has all fields of an index with a name of its own, in a transaction too', async () => {
  const unique = { fields: { 'at.city': 1, name: 1 }, unique: true, name: 'place' } as const
  const people = open([unique], 'named')
  await people.syncIndexes()
  await people.insert({ _id: 1, at: { city: 'x' }, name: 'a' })
  for (const take of [
    () => people.insert({ _id: 2, at: { city: 'x' }, name: 'a' }),
    () => Promise.all([2, 3].map(_id => people.insert({ _id, at: { city: 'x' }, name: 'a' }))),
    () =>
      transaction(tx => {
        tx.insert(people, { _id: 2, n: 1 })
        tx.insert(people, { _id: 3, at: { city: 'x' }, name: 'a' })
      }),
  ]) {
    const error: any = await rejects(take(), 'duplicate')
    assert.equal(error.details.fields, ['at.city', 'name'])
  }
})

test('ids of every kind go through pages', async () => {
  const people = open([], 'ids')
  const ids = [5, 2.5, 7n, 'a', 'b\u0000c', new ObjectId(), new ObjectId(), new UUID(), new UUID()]
  for (const _id of ids) await people.insert({ _id })
  for (const direction of [1, -1] as const) {
    const expected = await people
      .find({}, { sort: { _id: direction } })
      .states()
      .toArray()
    const seen: unknown[] = []
    for (let after: string | null | undefined; after !== null;) {
      const cursor = people.find({}, { sort: { _id: direction } }).states()
      const page: any = await cursor.page({ size: 2, ...(after !== undefined && { after }) })
      seen.push(...page.items)
      after = page.next
    }
    assert.equal(seen, expected)
  }
})

test('a place that somebody made up reaches nothing that the filter does not', async () => {
  const people = open([], 'forged')
  for (const [i, owner] of ['me', 'me', 'other'].entries())
    await people.insert({ _id: i, owner, n: i })
  const forge = (keys: object[]): string => {
    const order = [
      ['n', 1],
      ['_id', 1],
    ].map(([path, direction]) => [path, { $numberInt: String(direction) }])
    return Buffer.from(JSON.stringify([order, keys])).toString('base64url')
  }
  const query = () => people.find({ owner: 'me' }, { sort: { n: 1 } }).states()
  const { next } = await query().page({ size: 1 })
  const decoded: any = JSON.parse(Buffer.from(String(next), 'base64url').toString())
  assert.equal(Buffer.from(forge(decoded[1]), 'base64url').toString(), JSON.stringify(decoded))
  for (const keys of [
    [{ key: { $ne: null } }, { key: { $gt: '' } }],
    [{ key: { $where: '1' } }, { key: { $regularExpression: { pattern: '.', options: '' } } }],
    [{ key: [] }, { key: null }],
    [{}, {}],
    [{ key: { $minKey: 1 } }, { key: { $maxKey: 1 } }],
  ]) {
    const { items } = await query().page({ size: 10, after: forge(keys) })
    assert.ok(items.every(({ owner }: any) => owner === 'me'))
  }
  for (const after of [forge([{ key: 1 }]), Buffer.from('[]').toString('base64url'), '!', '']) {
    await rejects(query().page({ size: 1, after }), 'bad-argument')
  }
})

test('a page reads on from its place by an index that ends in `_id`', async () => {
  const people = open([{ fields: { customer: 1, at: -1, _id: -1 } }], 'paged')
  await people.syncIndexes()
  const docs = Array.from({ length: 300 }, (_, i) => ({ _id: i, customer: i % 3, at: i % 50 }))
  await Promise.all(docs.map(doc => people.insert(doc)))
  const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
  const sent: any[] = []
  watching.on('commandStarted', ({ command }) => sent.push(command))
  const adapter = mongodbAdapter(watching.db(db.databaseName))
  const cursor = createCollection<any>('paged', { adapter }).find(
    { customer: 1 },
    { sort: { at: -1, _id: -1 } },
  )
  const { next } = await cursor.page({ size: 20 })
  sent.length = 0
  await cursor.page({ size: 20, after: next })
  assert.is(sent.length, 1)
  const { filter, sort, limit } = sent[0]
  const plan: any = await db
    .collection('paged')
    .find(filter, { sort, limit })
    .explain('executionStats')
  const { totalKeysExamined, totalDocsExamined } = plan.executionStats
  assert.ok(totalKeysExamined < 60 && totalDocsExamined < 60, `${totalKeysExamined} entries`)
  await watching.close()
})

test('ends', async () => {
  await close()
})

test.run()
