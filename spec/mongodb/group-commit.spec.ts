// Writes of many documents share bulk writes, and each has an outcome of its own.
import { createCollection, createStore } from 'cowslip'
import { mongodbAdapter, type MongoAdapterOptions } from 'cowslip/mongodb'
import type { Commit, CommitResult } from 'cowslip/adapter-contract'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('groups')
const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
const sent: { name: string; command: any }[] = []
const BOOKKEEPING = ['hello', 'ping', 'endSessions', 'isMaster']
watching.on('commandStarted', ({ commandName: name, command }) => {
  if (!BOOKKEEPING.includes(name)) sent.push({ name, command })
})
const names = () => sent.map(({ name }) => name)

const open = (name: string, options: MongoAdapterOptions = {}, more: object = {}) => {
  const adapter = mongodbAdapter(watching.db(db.databaseName), options)
  return createCollection<any>(name, { adapter, ...more })
}

/** An update of a document that has `n`, as a collection would send it. */
function updateOf(
  collection: string,
  id: unknown,
  guard: { version: number; commitId: string | null },
  after: Record<string, unknown>,
  before: Record<string, unknown> = { n: 0 },
): Commit {
  const store = createStore<any>({ _id: id, ...before })
  const changeSet = store.edit((draft: any) => void Object.assign(draft, after))!
  const commitId = crypto.randomUUID()
  return { kind: 'update', collection, id, commitId, next: store.state, changeSet, guard }
}

const inserted = async (
  collection: string,
  ids: readonly number[],
  fields: object = {},
): Promise<{ version: number; commitId: string }[]> => {
  const docs = open(collection)
  const made = await Promise.all(ids.map(_id => docs.insert({ _id, n: 0, ...fields })))
  const found = await db.collection<any>(collection).find().sort({ _id: 1 }).toArray()
  assert.is(found.length, made.length)
  const adapter = mongodbAdapter(db)
  const stored = await adapter.load(collection, ids)
  return stored.map(one => ({ version: one!.version, commitId: one!.commitId! }))
}

const test = suite('group commit')

test('64 edits of 64 documents are one command, and each has its change set', async () => {
  const docs = open('many')
  const made = await Promise.all(Array.from({ length: 64 }, (_, n) => docs.insert({ _id: n, n })))
  sent.length = 0
  const changes = await Promise.all(made.map(doc => doc.edit((d: any) => void (d.n += 100))))
  assert.equal(names(), ['update'])
  assert.is(sent[0]?.command.updates.length, 64)
  assert.equal(new Set(changes.map(change => change?.version)), new Set([2]))
  const stored = await db.collection<any>('many').find().sort({ _id: 1 }).toArray()
  assert.equal(
    stored.map(({ n, _cow }) => [n, _cow.v]),
    made.map((_, n) => [n + 100, 2]),
  )
  sent.length = 0
  await made[0]!.edit((d: any) => void d.n++)
  assert.equal(
    [names(), sent[0]?.command.updates.length, sent[0]?.command.updates[0].upsert],
    [['update'], 1, undefined],
  )
})

test('64 racing commits of one version: one is committed, 63 clash', async () => {
  const [guard] = await inserted('racing', [1])
  const adapter = mongodbAdapter(watching.db(db.databaseName))
  sent.length = 0
  const results = await Promise.all(
    Array.from({ length: 64 }, (_, n) =>
      adapter.commit(updateOf('racing', 1, guard!, { n: n + 1 })),
    ),
  )
  const count = (status: string) => results.filter(result => result.status === status).length
  assert.equal([count('committed'), count('conflict')], [1, 63])
  assert.equal(names(), ['update', 'find'])
  const stored = await db.collection<any>('racing').findOne({ _id: 1 })
  assert.is(stored?._cow.v, 2)
})

test('a mixed batch: each has its own result, and nothing is inserted', async () => {
  await db.createCollection('mixed', { validator: { n: { $lt: 100 } } })
  await db.collection('mixed').createIndex({ email: 1 }, { unique: true, sparse: true })
  await open('mixed').insert({ _id: 0, n: 0, email: 'taken' })
  const guards = (await inserted('other', [1])).concat([])
  const docs = open('mixed')
  for (let id = 1; id <= 6; id++) await docs.insert({ _id: id, n: 0 })
  const adapter = mongodbAdapter(watching.db(db.databaseName))
  const stored = await adapter.load('mixed', [1, 2, 3, 4, 5, 6])
  const at = (id: number) => ({ version: 1, commitId: stored[id - 1]!.commitId })
  await docs.delete(3)
  const commits = [
    updateOf('mixed', 1, at(1), { n: 1 }),
    updateOf('mixed', 2, guards[0]!, { n: 1 }),
    updateOf('mixed', 3, at(3), { n: 1 }),
    updateOf('mixed', 4, at(4), { email: 'taken' }),
    updateOf('mixed', 5, at(5), { n: 100 }),
    updateOf('mixed', 6, at(6), { text: 'x'.repeat(16_800_000) }),
    updateOf('mixed', 2, guards[0]!, { n: 100 }),
    updateOf('mixed', 3, at(3), { email: 'taken' }),
  ]
  const results = await Promise.all(commits.map(commit => adapter.commit(commit)))
  const told = (result: CommitResult) =>
    result.status === 'rejected' ? `${result.code}${result.fields ?? ''}` : result.status
  assert.equal(results.map(told), [
    'committed',
    'conflict',
    'missing',
    'duplicateemail',
    'validator',
    'too-large',
    'conflict',
    'missing',
  ])
  const ids = (await db.collection('mixed').find().toArray()).map(({ _id }) => _id as never)
  assert.equal(ids, [0, 1, 2, 4, 5, 6])
})

test('values that the driver cannot write fail alone', async () => {
  const guards = await inserted('poison', [1, 2, 3])
  const adapter = mongodbAdapter(watching.db(db.databaseName))
  const results = await Promise.all([
    adapter.commit(updateOf('poison', 1, guards[0]!, { n: 1 })),
    adapter.commit(updateOf('poison', 2, guards[1]!, { nul: { 'a\0b': 1 } })),
    adapter.commit(updateOf('poison', 3, guards[2]!, { n: 3 })),
  ])
  assert.equal(
    results.map(({ status }) => status),
    ['committed', 'rejected', 'committed'],
  )
  await adapter
    .commit(updateOf('poison', 1, guards[0]!, { at: new Date(NaN) }))
    .then(() => assert.unreachable(), code('unsupported-value'))
})

test('inserts, updates and deletes in one turn', async () => {
  const docs = open('turn')
  const [a, b] = await Promise.all([docs.insert({ _id: 'a', n: 0 }), docs.insert({ _id: 'b' })])
  const work = [
    a.edit((d: any) => void d.n++),
    b.delete(),
    docs.insert({ _id: 'c' }),
    docs.insert({ _id: 'd' }),
  ]
  await Promise.all(work)
  await docs.insert({ _id: 'a' }).then(() => assert.unreachable(), code('duplicate'))
  const stored = await db.collection<any>('turn').find().sort({ _id: 1 }).toArray()
  assert.equal(
    stored.map(({ _id, n }) => [_id, n]),
    [
      ['a', 1],
      ['c', undefined],
      ['d', undefined],
    ],
  )
})

test('a stale commit never brings a deleted document back, nor hits one that was made anew', async () => {
  const guards = await inserted('again', [1, 2])
  const docs = open('again')
  await docs.delete(1)
  await docs.delete(2)
  await docs.insert({ _id: 2, n: 7 })
  const adapter = mongodbAdapter(db)
  const results = await Promise.all(
    guards.map((guard, i) => adapter.commit(updateOf('again', i + 1, guard, { n: 1 }))),
  )
  assert.equal(
    results.map(({ status }) => status),
    ['missing', 'conflict'],
  )
  assert.equal(
    (await db.collection<any>('again').find().toArray()).map(({ _id, n }) => [_id, n]),
    [[2, 7]],
  )
})

test('what a write concern does not acknowledge is not committed', async () => {
  const guards = await inserted('concern', [1, 2])
  const adapter = mongodbAdapter(db, { writeConcern: { w: 2, wtimeoutMS: 50 } })
  const commits = guards.map((guard, i) => updateOf('concern', i + 1, guard, { n: 1 }))
  const results = await Promise.all(commits.map(commit => adapter.commit(commit)))
  assert.equal(
    results.map(({ status }) => status),
    ['unknown', 'unknown'],
  )
  // It is stored all the same, which the concern of the database acknowledges.
  const settled = await mongodbAdapter(db).resolve!(commits[0]!)
  assert.equal([settled.status, (settled as any).version], ['committed', 2])
})

test('200 edits of one document at once are at most 5 commands, in order', async () => {
  const doc = await open('burst').insert({ _id: 1, list: [] })
  sent.length = 0
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => doc.edit((d: any) => void d.list.push(n))),
  )
  assert.ok(sent.length <= 5, `${sent.length}`)
  const stored = await db.collection<any>('burst').findOne({ _id: 1 })
  assert.equal(
    stored?.list,
    Array.from({ length: 200 }, (_, n) => n),
  )
})

test('1,100 documents in one turn are nine bulk writes; pipelines go alone', async () => {
  const docs = open('large')
  sent.length = 0
  const made = await Promise.all(
    Array.from({ length: 1_100 }, (_, n) => docs.insert({ _id: n, n: 0, 'a.b': 1 })),
  )
  assert.equal(names(), Array(9).fill('insert'))
  sent.length = 0
  await Promise.all(
    made.slice(0, 6).map((doc, i) =>
      doc.edit((d: any) => {
        if (i < 2) d['a.b'] = 2
        else d.n = 1
      }),
    ),
  )
  assert.equal(names().sort(), ['update', 'update', 'update'])
})

test('a server that does not guard bulk writes gets single updates', async () => {
  const real = db.collection('plain-server')
  const calls: string[] = []
  const collection = new Proxy(real, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown
      if (typeof value !== 'function') return value
      return (...args: any[]) => {
        calls.push(String(key))
        // As a server would answer that takes the upsert for an insert.
        if (args[2]?.upsert === true) return Promise.resolve({ matchedCount: 0 })
        return value.apply(target, args) as unknown
      }
    },
  })
  const client = { startSession: () => watching.startSession() }
  const adapter = mongodbAdapter({ collection: () => collection, client })
  const docs = createCollection<any>('plain-server', { adapter })
  const made = await Promise.all([1, 2, 3].map(_id => docs.insert({ _id, n: 0 })))
  await Promise.all(made.map(doc => doc.edit((d: any) => void d.n++)))
  assert.not(calls.includes('bulkWrite'))
  assert.is(calls.filter(name => name === 'deleteOne').length, 2)
  assert.is(await real.countDocuments({ n: 1, '_cow.v': 2 }), 3)
})

test('the ring by option: outcomes are known even where others have written since', async () => {
  assert.throws(() => mongodbAdapter(db, { ring: 5 as never }), code('bad-argument'))
  for (const ring of [0, 16] as const) {
    const adapter = mongodbAdapter(db, { ring })
    const id = `ring${ring}`
    const docs = createCollection<any>('rings', { adapter })
    const doc = await docs.insert({ _id: id, n: 0 })
    const [first] = await adapter.load('rings', [id])
    const lost = updateOf('rings', id, first!, { n: 1 })
    assert.is((await adapter.commit(lost)).status, 'committed')
    await doc.reload()
    await doc.edit((d: any) => void d.n++)
    await doc.edit((d: any) => void d.n++)
    const result = await mongodbAdapter(db, { ring, resolveMS: 100 }).resolve!(lost)
    assert.equal(
      [result.status, (result as any).version],
      ring === 16 ? ['committed', 2] : ['unknown', undefined],
    )
  }
})

test('ends', async () => {
  await watching.close()
  await close()
})

test.run()
