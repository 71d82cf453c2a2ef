// The modes of `concurrency` on a server, and beside programs that know no version.
import { createCollection, type CollectionOptions } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { Decimal128, ObjectId } from 'mongodb'
import * as assert from 'uvu/assert'
import { modes } from '../collection/concurrency-suite.ts'
import { Random } from '../properties/random.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, fresh, close } = await openDatabase('concurrency')

modes('MongoDB', () => mongodbAdapter(fresh()))

const test = suite('fields beside other programs')
const raw = db.collection<any>('docs')
let ids = 0

/** A live document under `fields`, and what happens to its commits. */
async function held(fields: object, more: Partial<CollectionOptions> = {}) {
  const adapter = mongodbAdapter(db)
  const docs = createCollection<any>('docs', { adapter, concurrency: 'fields', ...more })
  const doc = await docs.insert({ _id: ids++, ...fields })
  let clashes = 0
  doc.on('conflict', () => void clashes++)
  const write = (update: object) => raw.updateOne({ _id: doc.id }, update)
  const stored = async () => {
    const { _cow, ...rest } = await raw.findOne({ _id: doc.id })
    return { rest, books: _cow }
  }
  return { docs, doc, write, stored, clashes: () => clashes }
}

test('what others write elsewhere stays, and what they wrote in the same place clashes', async () => {
  const { doc, write, stored, clashes } = await held({ a: 1, o: { x: 1 }, l: [1] })
  await write({ $set: { 'o.y': 2, b: 5 }, $push: { l: 2 } })
  await doc.edit((d: any) => void (d.o.x = 3))
  const { rest, books } = await stored()
  assert.equal(rest, { _id: doc.id, a: 1, o: { x: 3, y: 2 }, l: [1, 2], b: 5 })
  assert.equal([books.v, books.ring.length, clashes()], [2, 2, 0])
  await doc.edit((d: any) => void d.l.push(9))
  assert.equal([(await stored()).rest.l, clashes()], [[1, 2, 9], 1])
  assert.equal(doc.state.o, { x: 3, y: 2 })
})

test('an element that another program moved is found by its key', async () => {
  const id = new ObjectId()
  const items = [
    { _id: id, qty: 1 },
    { _id: new ObjectId(), qty: 1 },
  ]
  const { doc, write, stored, clashes } = await held({ items })
  const first = { _id: new ObjectId(), qty: 1 }
  await write({ $push: { items: { $each: [first], $position: 0 } } })
  await doc.edit((d: any) => {
    d.items[0].qty = 7
    d.items[1].note = 'second'
  })
  assert.equal(
    (await stored()).rest.items.map(({ qty, note }: any) => [qty, note]),
    [
      [1, undefined],
      [7, undefined],
      [1, 'second'],
    ],
  )
  assert.is(clashes(), 0)
  // Two elements of one key: nobody knows which is meant.
  await write({ $push: { items: { _id: id, qty: 0 } } })
  await doc.edit((d: any) => void d.items.find((e: any) => e._id.equals(id)).qty++)
  assert.is(clashes(), 1)
  assert.equal((await stored()).rest.items.at(1).qty, 8)
})

test('filters are not fooled', async () => {
  /** What is stored instead of `v`, and whether an edit of `v` must clash. */
  const cases: [unknown, unknown, boolean][] = [
    [1, [1], true],
    [1, [[1]], true],
    [null, 'absent', true],
    ['absent', null, true],
    [NaN, NaN, false],
    [NaN, 0, true],
    [/a/i, 'a', true],
    [/a/i, /a/i, false],
    ['$a', '$a', false],
    [{ $gt: 1 }, { $gt: 1 }, false],
    [{ $gt: 1 }, 5, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, false],
    [{ a: 1 }, { a: 1, b: 2 }, true],
    [[{ a: 1, b: { c: 1, d: 2 } }], [{ b: { d: 2, c: 1 }, a: 1 }], false],
    [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }, { a: 1 }], true],
    [[{ a: 1, b: 2 }], { 0: { a: 1, b: 2 } }, true],
    [{ a: [] }, { a: {} }, true],
    [Decimal128.fromString('2.50'), Decimal128.fromString('2.5'), false],
    [new Date(5), new Date(6), true],
    ['', null, true],
    [false, 0, true],
    [0, false, true],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 3), true],
  ]
  const docs = createCollection<any>('docs', { adapter: mongodbAdapter(db), concurrency: 'fields' })
  // Alone an update is filtered by expressions; in a batch first by conditions, if it can be.
  for (const isBatch of [false, true]) {
    const made = await Promise.all(
      cases.flatMap(([seen, now, isClash]) =>
        [false, true].map(async isDeep => {
          const at = (v: unknown) => (v === 'absent' ? {} : { v })
          const doc = await docs.insert({ _id: ids++, ...(isDeep ? { o: at(seen) } : at(seen)) })
          let clashes = 0
          doc.on('conflict', () => void clashes++)
          const path = isDeep ? 'o.v' : 'v'
          const update = now === 'absent' ? { $unset: { [path]: 1 } } : { $set: { [path]: now } }
          await raw.updateOne({ _id: doc.id }, update)
          const edit = () => doc.edit((d: any) => void ((isDeep ? d.o : d).v = 'new'))
          const check = async () => {
            const text = `${JSON.stringify([seen, now])} deep ${isDeep}, batch ${isBatch}`
            assert.is(clashes, isClash ? 1 : 0, text)
            const stored = await raw.findOne({ _id: doc.id })
            assert.is((isDeep ? stored.o : stored).v, 'new', text)
          }
          return { edit, check }
        }),
      ),
    )
    if (isBatch) await Promise.all(made.map(({ edit }) => edit()))
    else for (const { edit } of made) await edit()
    for (const { check } of made) await check()
  }
})

test('a parent that is gone, or something else, clashes', async () => {
  const docs = createCollection<any>('docs', { adapter: mongodbAdapter(db), concurrency: 'fields' })
  for (const isBatch of [false, true]) {
    const edits: (() => Promise<unknown>)[] = []
    const all: any[] = []
    for (const now of [null, 5, 'x', [{ v: 1, deep: { w: 1 } }], [], { deep: [{ w: 1 }] }]) {
      const doc = await docs.insert({ _id: ids++, o: { v: 1, deep: { w: 1 } } })
      doc.on('conflict', () => void all.push(doc.id))
      const update = now === null ? { $unset: { o: 1 } } : { $set: { o: now } }
      await raw.updateOne({ _id: doc.id }, update)
      const edit = () =>
        doc.edit((d: any) => {
          if (d.o?.deep?.w !== undefined) d.o.deep.w++
          else d.seen = true
        })
      edits.push(async () => {
        await edit()
        assert.is(doc.state.seen, true)
        assert.equal(all.filter(id => id === doc.id).length, 1)
      })
    }
    if (isBatch) await Promise.all(edits.map(edit => edit()))
    else for (const edit of edits) await edit()
  }
})

test('a key that is added below a parent that is an array by now clashes', async () => {
  for (const key of ['1', 'a.b', 'x', '$c']) {
    const { doc, write, stored, clashes } = await held({ free: {}, l: [{ id: 1, o: {} }] })
    await write({ $set: { free: [7], 'l.0.o': [7] } })
    await doc.edit((d: any) => {
      if (Array.isArray(d.free)) d.seen = true
      else d.free[key] = 1
    })
    assert.equal([clashes(), (await stored()).rest.free], [1, [7]], key)
    await write({ $set: { 'l.0.o': {} } })
    await doc.reload()
    await write({ $set: { 'l.0.o': [7] } })
    await doc.edit((d: any) => {
      if (!Array.isArray(d.l[0].o)) d.l[0].o[key] = 1
    })
    assert.equal((await stored()).rest.l, [{ id: 1, o: [7] }], key)
  }
})

test('books that another program removes between a write and its answer: unknown, never twice', async () => {
  let removals = 0
  const collection = (name: string) => {
    const real = db.collection<any>(name)
    const bulkWrite = async (...args: [any, any]) => {
      const result = await real.bulkWrite(...args)
      if (removals-- > 0) await real.updateMany({}, { $unset: { _cow: 1 } })
      return result
    }
    return Object.create(real, { bulkWrite: { value: bulkWrite } }) as typeof real
  }
  const adapter = mongodbAdapter({ collection, client }, { resolveMS: 300 })
  const docs = createCollection<any>('books', { adapter, concurrency: 'fields' })
  const made = await Promise.all([1, 2, 3].map(_id => docs.insert({ _id, n: 0, l: [{ k: 0 }] })))
  // Another version, so that the first try of a batch does not fit.
  for (const _id of [1, 2, 3]) {
    await db.collection<any>('books').updateOne({ _id }, { $inc: { '_cow.v': 1 } })
  }
  removals = 2
  const results = await Promise.allSettled(
    made.map(doc => doc.edit((d: any) => void (d.l.push({ k: 1 }), d.n++))),
  )
  for (const doc of await db.collection<any>('books').find().toArray()) {
    assert.ok(doc.n <= 1 && doc.l.length <= 2, JSON.stringify(doc))
  }
  for (const result of results) {
    if (result.status === 'rejected') assert.is(result.reason.code, 'unknown')
  }
})

test('a collection with a collation of its own: texts are compared as they are', async () => {
  await db.createCollection('ci', { collation: { locale: 'en', strength: 2 } })
  const docs = createCollection<any>('ci', { adapter: mongodbAdapter(db), concurrency: 'fields' })
  const made = await Promise.all([1, 2].map(_id => docs.insert({ _id, name: 'ada' })))
  const write = () => db.collection<any>('ci').updateMany({}, { $set: { name: 'ADA' } })
  await write()
  await made[0]!.edit((d: any) => void (d.name += '!'))
  await made[0]!.edit((d: any) => void (d.name = 'ada'))
  await made[1]!.edit((d: any) => void (d.name = 'ada'))
  await write()
  await Promise.all(made.map(doc => doc.edit((d: any) => void (d.name += '!'))))
  const names = (await db.collection<any>('ci').find().toArray()).map(({ name }) => name)
  assert.equal(names, ['ADA!', 'ADA!'])
})

test('names that are no paths: what lies beside stays', async () => {
  const fields = { 'a.b': 1, $c: 1, o: { 'x.y': 1, $z: { n: 1 }, '': 0 }, l: [{ id: 1, 'p.q': 1 }] }
  const { doc, write, stored, clashes } = await held(fields)
  await write({ $set: { 'o.other': 5, more: 1 } })
  await doc.edit((d: any) => {
    d['a.b'] = '$o'
    delete d.$c
    d.o['x.y'] = { $literal: 1 }
    d.o.$z.n++
    delete d.o['']
    d.l[0]['p.q'] = 2
    d['d.e'] = [1]
  })
  const { rest, books } = await stored()
  assert.equal(rest, {
    _id: doc.id,
    'a.b': '$o',
    o: { 'x.y': { $literal: 1 }, $z: { n: 2 }, other: 5 },
    l: [{ id: 1, 'p.q': 2 }],
    more: 1,
    'd.e': [1],
  })
  assert.equal([books.v, books.ring.length, clashes()], [2, 2, 0])
  await doc.edit((d: any) => void (d.o['x.y'] = 3))
  await doc.reload()
  assert.equal([(await stored()).books.v, doc.state.more], [3, 1])
})

test('64 edits of 64 documents are one bulk write; what others wrote takes another, and a read', async () => {
  const calls: string[] = []
  const collection = (name: string) =>
    new Proxy(db.collection(name), {
      get(target, key) {
        const value = Reflect.get(target, key, target) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          calls.push(String(key))
          return value.apply(target, args) as unknown
        }
      },
    })
  const adapter = mongodbAdapter({ collection, client })
  const docs = createCollection<any>('grouped', { adapter, concurrency: 'fields' })
  const all = await Promise.all(
    Array.from({ length: 64 }, (_, _id) => docs.insert({ _id, n: 0, m: 0 })),
  )
  calls.length = 0
  await Promise.all(all.map(doc => doc.edit((d: any) => void d.n++)))
  assert.equal(calls, ['bulkWrite'])
  await createCollection<any>('grouped', { adapter: mongodbAdapter(db), concurrency: 'fields' })
    .get(3)
    .then(doc => doc!.edit((d: any) => void (d.m = 5)))
  await db.collection<any>('grouped').updateOne({ _id: 4 }, { $set: { n: 100 } })
  calls.length = 0
  await Promise.all(all.map(doc => doc.edit((d: any) => void d.n++)))
  const versions = all.map(({ version }) => version)
  assert.equal([versions[2], versions[3], versions[4]], [3, 4, 3])
  assert.equal([all[3]!.state.m, all[4]!.state.n], [5, 101])
  assert.equal(calls.slice(0, 3), ['bulkWrite', 'bulkWrite', 'find'])
  assert.ok(calls.length <= 7, calls.join())
})

test('documents that show a state of long ago, in one batch: each outcome is known', async () => {
  const adapter = mongodbAdapter(db)
  const [mine, theirs] = [1, 2].map(() =>
    createCollection<any>('old', { adapter, concurrency: 'fields' }),
  )
  const docs = await Promise.all([1, 2, 3].map(_id => mine!.insert({ _id, n: 0, m: 0 })))
  for (const id of [1, 2]) {
    const other = (await theirs!.get(id))!
    for (let i = 0; i < 20; i++) await other.edit((d: any) => void d.n++)
  }
  let clashes = 0
  for (const doc of docs) doc.on('conflict', () => void clashes++)
  await Promise.all(docs.map((doc, i) => doc.edit((d: any) => void (i === 1 ? d.m++ : d.n++))))
  assert.equal(
    docs.map(({ state: { n, m }, version }) => [n, m, version]),
    [
      [21, 0, 22],
      [20, 1, 22],
      [1, 0, 2],
    ],
  )
  assert.is(clashes, 1)
})

test('beside a writer of `$inc` and `unshift`, sums are exact and no other element is hit', async () => {
  const { doc, write, stored } = await held({ n: 0, theirs: 0, items: [{ id: 'mine', n: 0 }] })
  const other: any = await createCollection('docs', {
    adapter: mongodbAdapter(db),
    concurrency: 'fields',
  }).get(doc.id)
  const random = new Random(5)
  let unshifted = 0
  const work = Array.from({ length: 60 }, async (_, i) => {
    await new Promise(resolve => setTimeout(resolve, random.below(30)))
    const kind = i % 3
    if (kind === 0) await write({ $inc: { theirs: 1, n: 1 } })
    else if (kind === 1) {
      const item = { id: `other${unshifted++}`, n: 0 }
      await write({ $push: { items: { $each: [item], $position: 0 } } })
    } else {
      await (i % 2 === 0 ? doc : other).edit((d: any) => {
        d.n++
        d.items.find((e: any) => e.id === 'mine').n++
      })
    }
  })
  await Promise.all(work)
  const { rest } = await stored()
  assert.equal([rest.n, rest.theirs, rest.items.length], [40, 20, 21])
  for (const { id, n } of rest.items) assert.is(n, id === 'mine' ? 20 : 0)
})

test('ends', async () => {
  await close()
})

test.run()
