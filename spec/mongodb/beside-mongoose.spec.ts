// Documents that Mongoose writes too, on a real server.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import mongoose from 'mongoose'
import * as assert from 'uvu/assert'
import { pause, until } from '../collection/watch-suite.ts'
import { code, suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('mongoose')
const url = process.env.COWSLIP_MONGODB_URL ?? ''
const connection = await mongoose.createConnection(url, { dbName: db.databaseName }).asPromise()

const item = new mongoose.Schema({ sku: String, qty: Number })
const fields = { _id: String, n: Number, m: Number, items: [item], tags: [String] }
const Versioned = connection.model(
  'Versioned',
  new mongoose.Schema(fields, { optimisticConcurrency: true }),
  'versioned',
)
const Plain = connection.model('Plain', new mongoose.Schema(fields), 'plain')

const versioned = (ring: 0 | 16 = 0) => {
  const adapter = mongodbAdapter(db, { bookkeeping: { version: '__v', field: '_cow' }, ring })
  return createCollection<any>('versioned', { adapter })
}

const test = suite('beside Mongoose, with `optimisticConcurrency`')

test('`__v` is the version: 0 is a version, absent is absent; both fields are left out of the state', async () => {
  await Versioned.create({ _id: 'zero', n: 1 })
  const docs = versioned()
  const doc = (await docs.get('zero'))!
  assert.equal([doc.version, Object.keys(doc.state).sort()], [0, ['_id', 'items', 'n', 'tags']])
  await doc.edit((d: any) => void d.n++)
  const raw = await db.collection<any>('versioned').findOne({ _id: 'zero' })
  assert.equal([doc.version, raw.__v, raw._cow.v, raw.n], [1, 1, 1, 2])

  await db.collection<any>('versioned').insertOne({ _id: 'absent', n: 1 })
  const absent = (await docs.get('absent'))!
  await db.collection<any>('versioned').updateOne({ _id: 'absent' }, { $set: { __v: 0, n: 5 } })
  await absent.edit((d: any) => void d.n++)
  assert.equal([absent.state.n, absent.version], [6, 1], 'an absent version is not 0')
  await db.collection<any>('versioned').insertOne({ _id: 'none', n: 1 })
  for (let n = 2; n < 5; n++) {
    const again = (await versioned().get('none'))!
    await again.edit((d: any) => void d.n++, { timeoutMS: 3_000 })
    assert.equal([again.state.n, again.version], [n, n - 2])
  }
  const fresh = await docs.insert({ _id: 'new', n: 1 })
  assert.equal([fresh.version, (await Versioned.findById('new'))?.__v], [1, 1])
  for (const name of ['__v', '_cow']) {
    await docs
      .insert({ _id: 'x', [name]: 1 })
      .then(() => assert.unreachable(), code('bad-argument'))
    await doc
      .edit((d: any) => (d[name] = 1))
      .then(() => assert.unreachable(), code('immutable-field'))
  }
})

test('each notices what the other wrote', async () => {
  await Versioned.create({ _id: 'both', n: 0, m: 0 })
  const doc = (await versioned().get('both'))!
  let clashes = 0
  doc.on('conflict', () => void clashes++)
  const theirs = (await Versioned.findById('both'))!
  await doc.edit((d: any) => void d.n++)
  theirs.n = 7
  await theirs.save().then(
    () => assert.unreachable(),
    error => assert.is(error.name, 'VersionError'),
  )
  const again = (await Versioned.findById('both'))!
  again.m = 5
  await again.save()
  await doc.edit((d: any) => void (d.n += d.m + 1))
  assert.equal([doc.state.n, doc.version, clashes], [7, 3, 1])
})

test('a commit is recognised though Mongoose has written since, at the version that it made', async () => {
  for (const ring of [0, 16] as const) {
    const _id = `lost${ring}`
    await Versioned.create({ _id, n: 0, m: 0 })
    const adapter = mongodbAdapter(db, { bookkeeping: { version: '__v' }, ring, resolveMS: 200 })
    let sent: any
    const docs = createCollection<any>('versioned', {
      adapter: Object.create(adapter, {
        commit: { value: (commit: any) => ((sent = commit), adapter.commit(commit)) },
      }),
    })
    const doc = (await docs.get(_id))!
    await doc.edit((d: any) => void d.n++)
    for (let i = 0; i < 2; i++) {
      const theirs = (await Versioned.findById(_id))!
      theirs.m = i + 1
      await theirs.save()
    }
    const [stored] = await adapter.load('versioned', [_id])
    assert.equal([stored!.version, stored!.commitId], [3, null])
    const settled = await adapter.resolve!(sent)
    assert.equal([settled.status, (settled as any).version], ['committed', 1])
  }
})

test('writers of both kinds lose nothing', async () => {
  await Versioned.create({ _id: 'sum', n: 0, items: [{ sku: 'a', qty: 0 }] })
  const docs = [versioned(), versioned(16)]
  const ours = async (i: number) => {
    const doc = (await docs[i % 2]!.get('sum'))!
    await doc.edit((d: any) => void (d.n++, d.items[0].qty++))
  }
  const theirs = async () => {
    for (;;) {
      const doc = (await Versioned.findById('sum'))!
      doc.n = (doc.n ?? 0) + 1
      doc.items[0]!.qty = (doc.items[0]!.qty ?? 0) + 1
      try {
        return await doc.save()
      } catch (error) {
        assert.is((error as Error).name, 'VersionError')
      }
    }
  }
  await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? theirs() : ours(i))))
  const stored = await Versioned.findById('sum')
  assert.equal([stored?.n, stored?.items[0]?.qty], [40, 40])
  // Edits that wait are one update.
  assert.ok((stored?.__v ?? 0) > 10)
})

test('what Mongoose saves and updates arrives by itself, an own write is told once', async () => {
  await Versioned.create({ _id: 'watched', n: 0, m: 0 })
  const docs = versioned()
  const doc = (await docs.get('watched'))!
  const seen: unknown[] = []
  doc.subscribe((change, { state }: any) => seen.push([change.origin, state.n, doc.version]))
  await pause(150)
  await doc.edit((d: any) => void d.n++)
  const theirs = (await Versioned.findById('watched'))!
  theirs.n = 10
  await theirs.save()
  await until(() => seen.length === 2, 'the save')
  await Versioned.updateOne({ _id: 'watched' }, { n: 20 })
  await until(() => seen.length === 3, 'the update')
  assert.equal(seen, [
    ['local', 1, 1],
    ['remote', 10, 2],
    ['remote', 20, 2],
  ])
  await docs.close()
})

test('names of the fields, and modes that this does not go with', async () => {
  for (const bookkeeping of [
    {},
    { version: '' },
    { version: 'a.b' },
    { version: 'x', field: 'x' },
    5,
  ]) {
    assert.throws(() => mongodbAdapter(db, { bookkeeping } as never), code('bad-argument'))
  }
  const adapter = mongodbAdapter(db, { bookkeeping: { version: '__v' } })
  assert.throws(
    () => createCollection('v', { adapter, concurrency: 'fields' }),
    code('bad-argument'),
  )
})

test.run()

const other = suite('beside Mongoose, with other schemas')

other(
  '`fields`: neither loses what the other wrote, sub-documents are found by their `_id`',
  async () => {
    await Plain.create({ _id: 'p', n: 0, items: [{ sku: 'a', qty: 0 }], tags: ['x'] })
    const docs = createCollection<any>('plain', {
      adapter: mongodbAdapter(db),
      concurrency: 'fields',
    })
    const doc = (await docs.get('p'))!
    const work = Array.from({ length: 30 }, async (_, i) => {
      await pause((i * 7) % 40)
      if (i % 3 === 0) {
        await Plain.updateOne(
          { _id: 'p' },
          {
            $inc: { n: 1 },
            $push: { items: { $each: [{ sku: `new${i}`, qty: 0 }], $position: 0 } },
          },
        )
      } else if (i % 3 === 1) await Plain.updateOne({ _id: 'p' }, { $push: { tags: `t${i}` } })
      else {
        await doc.edit((d: any) => {
          d.n++
          d.items.find((e: any) => e.sku === 'a').qty++
        })
      }
    })
    await Promise.all(work)
    const stored = (await Plain.findById('p'))!
    assert.equal([stored.n, stored.items.length, stored.tags.length], [20, 11, 11])
    for (const { sku, qty } of stored.items) assert.is(qty, sku === 'a' ? 10 : 0)
    assert.ok((await db.collection<any>('plain').findOne({ _id: 'p' }))._cow.v > 0)
  },
)

other('ends', async () => {
  await connection.close()
  await close()
})

other.run()
