import { createCollection, transaction } from 'cowslip'
import { adapterContract } from 'cowslip/adapter-contract'
import { mongodbAdapter, toMongoUpdate } from 'cowslip/mongodb'
import { MongoClient, ObjectId } from 'mongodb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, fresh, close } = await openDatabase('adapter')

const contract = suite('mongodbAdapter keeps the contract')
for (const { name, run } of adapterContract(() => mongodbAdapter(fresh()))) contract(name, run)
contract.run()

const real = suite('mongodbAdapter on a server')

async function rejects(promise: Promise<unknown>, expected: string): Promise<any> {
  return promise.then(
    () => assert.unreachable(expected),
    error => {
      assert.ok(code(expected)(error))
      return error
    },
  )
}

const people = (name: string, options = {}) =>
  createCollection<any>(name, { adapter: mongodbAdapter(db, options) })

real(
  'a document of 100 levels is stored; one more is refused before anything is sent',
  async () => {
    const nest = (levels: number): unknown => (levels === 0 ? 1 : { v: nest(levels - 1) })
    const docs = people('levels')
    await rejects(docs.insert({ _id: 'deep', v: nest(100) }), 'unsupported-value')
    assert.is(await docs.count(), 0)
    const doc = await docs.insert({ _id: 'deep', v: nest(99) })
    await rejects(
      doc.edit((draft: any) => void (draft.w = nest(100))),
      'unsupported-value',
    )
    await doc.edit((draft: any) => void (draft.w = nest(99)))
    assert.equal((await people('levels').get('deep'))?.state, doc.state)
  },
)

real('what is assigned over a container is sent as what differs', async () => {
  const docs = people('spreads')
  const doc = await docs.insert({
    _id: 'a',
    address: { city: 'London', zip: 'E1' },
    l: [
      { id: 1, n: 1 },
      { id: 2, n: 2 },
    ],
  })
  const change = await doc.edit((draft: any) => {
    draft.address = { ...draft.address, city: 'Paris' }
    draft.l = draft.l.map((x: any) => (x.id === 2 ? { ...x, n: 5 } : x))
  })
  const sent = JSON.stringify(toMongoUpdate(change as never))
  assert.match(sent, /"address.city":"Paris"/)
  assert.not.match(sent, /E1/)
  assert.equal((await people('spreads').get('a'))?.state, doc.state)
})

real('sends one partial update under a guard, and keeps its books apart', async () => {
  const c = people('books')
  const doc = await c.insert({ _id: 'ada', tags: ['math'], address: { city: 'London' } })
  await doc.edit(d => {
    d.address.city = 'Paris'
    d.tags.push('poet')
  })
  assert.equal(doc.state, { _id: 'ada', tags: ['math', 'poet'], address: { city: 'Paris' } })
  const stored = await db.collection<any>('books').findOne({ _id: 'ada' })
  assert.equal(
    [stored._cow.v, stored.tags, stored.address],
    [2, ['math', 'poet'], { city: 'Paris' }],
  )
  assert.is(stored._cow.c.buffer.length, 16)
  const edit = doc.begin()
  edit.draft.tags.push('x')
  const sent = c.explain(edit.changeSet()) as any
  assert.equal(Object.keys(sent.updateOne.update), ['$set', '$push'])
  assert.equal(sent.updateOne.update.$push, { tags: 'x' })
  assert.equal(Object.keys(sent.updateOne.filter), ['_id', '_cow.v', '_cow.c'])
})

real('makes ObjectIds, and the bookkeeping field is refused', async () => {
  const c = people('ids')
  const doc = await c.insert({ name: 'x' })
  assert.instance(doc.id, ObjectId)
  assert.is(await c.get(new ObjectId(String(doc.id))), doc)
  await rejects(
    doc.edit(d => (d._cow = 1)),
    'immutable-field',
  )
  await rejects(c.insert({ _cow: 1 }), 'bad-argument')
  const named = people('named', { bookkeeping: 'meta' })
  const other = await named.insert({ _cow: 'mine' })
  assert.is((await db.collection('named').findOne({}))?.meta.v, 1)
  await rejects(
    other.edit(d => (d.meta = 1)),
    'immutable-field',
  )
})

real('takes over documents without books', async () => {
  await db.collection<any>('plain').insertOne({ _id: 'a', n: 1 })
  const [one, two] = [people('plain'), people('plain')]
  const [mine, theirs] = [(await one.get('a'))!, (await two.get('a'))!]
  assert.is(mine.version, 0)
  await theirs.edit(d => void d.n++)
  await mine.edit(d => void d.n++)
  assert.equal([mine.version, mine.state.n], [2, 3])
})

real('documents without bookkeeping suffer no write skew', async () => {
  await db.collection<any>('skew').insertMany([
    { _id: 'a', on: true },
    { _id: 'b', on: true },
  ])
  /** Turns one off, if the other is on: one of them must stay on. */
  const turnOff = async (id: string, other: string) => {
    const c = people('skew')
    const [mine, theirs] = [(await c.get(id))!, (await c.get(other))!]
    await transaction(tx => {
      if (tx.read(theirs).on) tx.edit(mine, d => (d.on = false))
    })
  }
  await Promise.all([turnOff('a', 'b'), turnOff('b', 'a')])
  assert.is(await db.collection('skew').countDocuments({ on: true }), 1)
  const kept = (await people('skew').findOne({ on: true }))!
  assert.equal([kept.version, Object.keys(kept.state)], [0, ['_id', 'on']])
  await kept.edit(d => (d.on = false))
  assert.is(kept.version, 1)
})

real('a transaction that only reads, and gets no answer, is no success', async () => {
  await people('silent').insert({ _id: 1 })
  const silent = {
    collection: (name: string) => db.collection(name),
    client: {
      startSession: () => ({
        withTransaction: () => Promise.reject(new Error('no answer')),
        endSession: async () => {},
        abortTransaction: async () => {},
      }),
    },
  }
  const c = createCollection<any>('silent', { adapter: mongodbAdapter(silent) })
  const doc = (await c.get(1))!
  await rejects(
    transaction(tx => void tx.read(doc)),
    'unknown',
  )
})

real('names at the top that are no paths', async () => {
  const c = people('odd')
  const doc = await c.insert({ _id: 1, 'a.b': 1, $c: { d: 1 }, '': 2, plain: 1 })
  await doc.edit(d => {
    d['a.b'] = '$plain'
    d.$c.d = { $literal: 1 }
    delete d['']
    d.x = 5
  })
  const again = (await people('odd').get(1))!
  assert.equal(again.state, { _id: 1, 'a.b': '$plain', $c: { d: { $literal: 1 } }, plain: 1, x: 5 })
  assert.is(again.version, 2)
})

real("the server's refusals are told apart, its reason in the cause", async () => {
  await db.createCollection('strict', { validator: { n: { $lt: 10 } } })
  await db.collection('strict').createIndex({ email: 1 }, { unique: true, sparse: true })
  const c = people('strict')
  const doc = await c.insert({ _id: 1, n: 1, email: 'a' })
  const validator = await rejects(
    doc.edit(d => (d.n = 11)),
    'rejected',
  )
  assert.equal([validator.details.reason, validator.cause.code], ['validator', 121])
  const taken = await rejects(c.insert({ _id: 2, n: 1, email: 'a' }), 'duplicate')
  assert.equal(taken.details, { collection: 'strict', id: 2, fields: ['email'] })
  assert.equal((await rejects(c.insert({ _id: 1, n: 1 }), 'duplicate')).details.fields, ['_id'])
  await rejects(
    doc.edit(d => (d.nul = { 'a\0b': 1 })),
    'rejected',
  )
  await rejects(
    doc.edit(d => (d.big = 'x'.repeat(17_000_000))),
    'rejected',
  )
  await doc.edit(d => (d.n = 2))
  assert.equal([doc.state.n, doc.version], [2, 2])
  for (const error of [validator]) assert.not(String(error.message).includes('mongodb://'))
})

real('40 racing commits at one version: one wins, the others are made again', async () => {
  const handles = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const c = people('race')
      if (i === 0) await c.insert({ _id: 'n', n: 0 })
      return c
    }),
  )
  const docs = await Promise.all(handles.map(c => c.get('n')))
  await Promise.all(docs.map(doc => doc!.edit(d => void d.n++)))
  assert.equal([(await people('race').get('n'))!.state.n, docs.length], [40, 40])
})

real('foreign writers: no index path is ever sent', async () => {
  const c = people('foreign', { foreignWriters: true })
  const doc = await c.insert({ _id: 1, items: [{ n: 1 }, { n: 2 }] })
  await db.collection<any>('foreign').updateOne({ _id: 1 }, { $set: { other: 1 } })
  await doc.edit(d => (d.items[1].n = 3))
  const stored = await db.collection<any>('foreign').findOne({ _id: 1 })
  assert.equal([stored.items, stored.other], [[{ n: 1 }, { n: 3 }], 1])
})

real('arrays under keys that every object has are read whole', async () => {
  const doc = {
    _id: 1,
    constructor: [{ a: 1 }],
    toString: [[{ b: 2 }]],
    valueOf: { c: [{ d: 3 }] },
  }
  await people('inherited').insert(doc)
  const text = JSON.stringify(doc)
  assert.is(JSON.stringify((await people('inherited').get(1))!.state), text)
  assert.is(JSON.stringify((await people('inherited').find().toArray())[0]!.state), text)
})

real('what the driver would write as something else is refused, with its path', async () => {
  const c = people('values')
  const bad = [
    new Date(NaN),
    2n ** 64n,
    new Float32Array(2),
    new ArrayBuffer(2),
    /a/u,
    /a/s,
    () => 1,
    Symbol('s'),
  ]
  const doc = await c.insert({ _id: 1, at: { n: 1 } })
  for (const value of bad) {
    const error = await rejects(
      doc.edit(d => (d.at.list = [{ value }])),
      'unsupported-value',
    )
    assert.equal(error.details.path, ['at', 'list', 0, 'value'])
    await rejects(c.insert({ value }), 'unsupported-value')
  }
  assert.equal([doc.version, await c.count()], [1, 1])
})

real("the caller's session and its transaction are the caller's", async () => {
  const plain = people('session')
  await plain.insert({ _id: 1, n: 0 })
  const session = client.startSession()
  try {
    session.startTransaction()
    const within = people('session', { session })
    const doc = (await within.get(1))!
    await doc.edit(d => void d.n++)
    await within.insert({ _id: 2 })
    assert.is((await plain.get(1))!.state.n, 0)
    await session.abortTransaction()
    assert.equal([(await plain.get(1))!.version, await plain.get(2)], [1, null])
  } finally {
    await session.endSession()
  }
})

real('errors hold no values, documents or addresses beyond ids and paths', async () => {
  await db.createCollection('secret', { validator: { n: { $lt: 10 } } })
  await db.collection('secret').createIndex({ email: 1 }, { unique: true, sparse: true })
  const c = people('secret')
  const doc = await c.insert({ _id: 1, n: 1, email: 'SECRET' })
  const errors = [
    await rejects(c.insert({ _id: 2, n: 1, email: 'SECRET' }), 'duplicate'),
    await rejects(
      doc.edit(d => ((d.n = 99), (d.text = 'SECRET'))),
      'rejected',
    ),
    await rejects(c.find({ n: { $nonsense: 'SECRET' } }).toArray(), 'unsupported-query'),
  ]
  for (const { message, details } of errors) {
    assert.not(/SECRET|127\.0\.0\.1|mongodb:/.test(message + JSON.stringify(details)), message)
  }
})

real('shows itself by name', async () => {
  const adapter = mongodbAdapter(db)
  assert.equal(JSON.parse(JSON.stringify(adapter)), {
    database: db.databaseName,
    bookkeeping: '_cow',
  })
  const doc = await createCollection<any>('shown', { adapter }).insert({ _id: 1, at: new Date(0) })
  assert.is(JSON.stringify(doc), '{"_id":1,"at":"1970-01-01T00:00:00.000Z"}')
})

real('refuses bad arguments', () => {
  for (const bad of [null, undefined, 5, {}])
    assert.throws(() => mongodbAdapter(bad as never), code('bad-argument'))
  for (const bookkeeping of ['', '$x', 'a.b', '_id', 5]) {
    assert.throws(() => mongodbAdapter(db, { bookkeeping } as never), code('bad-argument'))
  }
  assert.throws(() => mongodbAdapter(db, null as never), code('bad-argument'))
  assert.throws(() => mongodbAdapter(db, { bookeeping: '_b' } as never), code('bad-argument'))
  const c = createCollection<any>('options', { adapter: mongodbAdapter(db) })
  for (const options of [
    { projection: {} },
    { limit: '2' },
    { limit: -1 },
    { sort: { n: 'asc' } },
  ]) {
    assert.throws(() => c.find({}, options as never), code('bad-argument'))
  }
})

real(
  'writes that nobody acknowledges are refused, those that may be lost are warned about',
  async () => {
    assert.throws(() => mongodbAdapter(db, { writeConcern: { w: 0 } }), code('bad-argument'))
    assert.throws(
      () => mongodbAdapter(client.db('x', { writeConcern: { w: 0 } })),
      code('bad-argument'),
    )
    const warned: string[] = []
    const listen = (warning: Error & { code?: string }) => warned.push(warning.code ?? '')
    process.on('warning', listen)
    mongodbAdapter(db, { writeConcern: { w: 1 } })
    mongodbAdapter(client.db('x', { writeConcern: { w: 1 } }))
    mongodbAdapter(db, { writeConcern: { w: 1, j: true } })
    mongodbAdapter(db, { writeConcern: { w: 'majority' } })
    mongodbAdapter(db)
    await new Promise(resolve => setTimeout(resolve, 10))
    process.off('warning', listen)
    assert.equal(warned, ['COWSLIP_WRITE_CONCERN', 'COWSLIP_WRITE_CONCERN'])
  },
)

real('counts by the server, and a clash costs one read', async () => {
  const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
  const commands: string[] = []
  watching.on('commandStarted', ({ commandName }) => commands.push(commandName))
  const adapter = mongodbAdapter(watching.db(db.databaseName))
  const c = createCollection<any>('counted', { adapter })
  const doc = await c.insert({ _id: 1, n: 0 })
  await c.insert({ _id: 2, n: 5 })
  commands.length = 0
  assert.equal([await c.count(), await c.count({ n: { $gt: 1 } })], [2, 1])
  assert.equal(commands, ['aggregate', 'aggregate'])
  await rejects(c.count({ n: { $nonsense: 1 } }), 'unsupported-query')
  await (await createCollection<any>('counted', { adapter: mongodbAdapter(db) }).get(1))!.edit(
    (d: any) => void (d.n = 10),
  )
  commands.length = 0
  await doc.edit((d: any) => void d.n++)
  assert.equal([doc.state.n, commands], [11, ['update', 'find', 'update']])
  await watching.close()
})

real('ends', close)

real.run()
