// Indexes on any adapter: unique values, the use of indexes by queries, and bringing them into line.
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { rejects } from '../collection/people.ts'
import { code, suite } from '../support/suite.ts'

type Indexes = NonNullable<CollectionOptions['indexes']>

/** Runs the specs of indexes on one adapter. */
export function indexed(name: string, make: () => Adapter): void {
  const test = suite(`indexes on ${name}`)
  const open = async (indexes: Indexes, adapter = make()) => {
    const collection = createCollection<any>('people', { adapter, indexes })
    await collection.syncIndexes()
    return collection
  }
  const email: Indexes[number] = { fields: { email: 1 }, unique: true }

  test('a unique value is taken once, on insert, on edit and in a transaction', async () => {
    const people = await open([email, { fields: { 'at.city': 1, name: 1 }, unique: true }])
    const ada = await people.insert({ _id: 1, email: 'ada', at: { city: 'x' }, name: 'a' })
    const bob = await people.insert({ _id: 2, email: 'bob', at: { city: 'x' }, name: 'b' })
    for (const take of [
      () => people.insert({ _id: 3, email: 'ada', name: 'c' }),
      () => bob.edit(draft => void (draft.email = 'ada')),
      () =>
        transaction(async tx => {
          tx.edit(ada, draft => void (draft.n = 1))
          tx.insert(people, { _id: 4, email: 'bob', name: 'd' })
        }),
    ]) {
      const error: any = await rejects(take(), 'duplicate')
      assert.equal(error.details.fields, ['email'])
    }
    const error: any = await rejects(
      bob.edit(draft => void (draft.name = 'a')),
      'duplicate',
    )
    assert.equal(error.details.fields, ['at.city', 'name'])
    assert.equal(bob.state, { _id: 2, email: 'bob', at: { city: 'x' }, name: 'b' })
    assert.is(ada.state.n, undefined)
    assert.is(await people.count(), 2)
    // A value that is given up may be taken.
    await bob.edit(draft => void (draft.email = 'eve'))
    await people.insert({ _id: 5, email: 'bob', name: 'e' })
    await ada.delete()
    await people.insert({ _id: 6, email: 'ada', name: 'f' })
    // Writing the same value again is no clash with oneself.
    await bob.edit(draft => void (draft.n = 2))
  })

  test('absent counts as null, by element in arrays; sparse and partial indexes leave out', async () => {
    const people = await open([
      { fields: { tags: 1 }, unique: true },
      { fields: { phone: 1 }, unique: true, sparse: true },
      { fields: { nick: 1 }, unique: true, where: { isActive: true } },
    ])
    await people.insert({ _id: 1, tags: ['a', 'b', 'a'], nick: 'x' })
    await people.insert({ _id: 2, tags: [], nick: 'x' })
    await people.insert({ _id: 3, nick: 'x', isActive: true })
    await rejects(people.insert({ _id: 4, nick: 'y' }), 'duplicate')
    await rejects(people.insert({ _id: 4, tags: ['c', 'b'] }), 'duplicate')
    await rejects(people.insert({ _id: 4, tags: 'z', nick: 'x', isActive: true }), 'duplicate')
    await people.insert({ _id: 4, tags: 'c', phone: null })
    await rejects(people.insert({ _id: 5, tags: 'd', phone: null }), 'duplicate')
  })

  test('a document with arrays in two fields of an index is refused', async () => {
    const people = await open([{ fields: { a: 1, b: 1 } }])
    await rejects(people.insert({ _id: 1, a: [1], b: [2] }), 'rejected')
    const one = await people.insert({ _id: 1, a: [1], b: 2 })
    await rejects(
      one.edit(draft => void (draft.b = [2])),
      'rejected',
    )
    assert.is(one.state.b, 2)
  })

  const MANY: Indexes = [
    email,
    { fields: { tags: 1 } },
    { fields: { customer: 1, at: -1 } },
    { fields: { score: 1 }, sparse: true, name: 'scores' },
    { fields: { 'items.sku': 1 } },
  ]
  const fill = async () => {
    const people = await open(MANY)
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        people.insert({
          _id: i,
          email: `e${i}`,
          tags: [`t${i % 10}`, `u${i % 3}`],
          customer: i % 5,
          at: new Date(i * 1_000),
          ...(i % 20 === 0 && { score: i }),
          items: [{ sku: i % 50 }, { sku: 1_000 + i }],
        }),
      ),
    )
    return people
  }

  test('queries use the best index, and say so', async () => {
    const people = await fill()
    const used = async (filter: object, options: object = {}) => {
      const plan = await people.find(filter as never, options).explain()
      const found = await people.find(filter as never, options).toArray()
      assert.ok(plan.documents <= found.length + 1, JSON.stringify([filter, plan]))
      return plan.index
    }
    assert.is(await used({ email: 'e7' }), 'email_1')
    assert.is(await used({ email: { $in: ['e7', 'e8', 'nobody'] } }), 'email_1')
    assert.is(await used({ email: /^e19/ }), 'email_1')
    assert.is(await used({ tags: 't3' }), 'tags_1')
    assert.is(await used({ customer: 3, at: { $gt: new Date(150_000) } }), 'customer_1_at_-1')
    assert.is(await used({ customer: 3 }, { sort: { at: -1 }, limit: 5 }), 'customer_1_at_-1')
    assert.is(await used({ customer: 3 }, { sort: { at: 1 }, limit: 5 }), 'customer_1_at_-1')
    assert.is(await used({ score: { $gte: 100 } }), 'scores')
    assert.is(await used({ 'items.sku': 1_007 }), 'items.sku_1')
    assert.is(await used({ $and: [{ email: 'e7' }, { customer: 2 }] }), 'email_1')
    assert.is(await used({ _id: 7, email: 'e7' }).then(index => index?.slice(0, 3)), '_id')
    const hint = name === 'MongoDB' ? { hint: 'tags_1' } : { hint: { tags: 1 } }
    const hinted = await people.find({ tags: 't3', customer: 3 }, hint).explain()
    assert.is(hinted.index, 'tags_1')
    const all = await people.find({ nobody: 1 }).explain()
    assert.equal(all, { index: null, entries: 0, documents: 200 })
    const none = await people.find({ score: null }).explain()
    assert.is(none.index, null, 'a sparse index lacks those that have no score')
  })

  test('entries follow every write', async () => {
    const people = await fill()
    const seven = (await people.get(7))!
    await seven.edit(draft => {
      draft.email = 'seven'
      draft.tags = ['only']
      draft.items.push({ sku: 'new' })
    })
    await people.delete(8)
    const ids = async (filter: object) =>
      (await people.find(filter as never).toArray()).map(({ id }) => id)
    assert.equal(await ids({ email: 'e7' }), [])
    assert.equal(await ids({ email: 'seven' }), [7])
    assert.equal(await ids({ tags: 'only' }), [7])
    assert.is((await ids({ tags: 't7' })).length, 19)
    assert.equal(await ids({ 'items.sku': 'new' }), [7])
    assert.equal(await ids({ email: 'e8' }), [])
    assert.is(await people.count({ tags: 't8' }), 19)
    assert.is(await people.count({ customer: 2 }), 40)
  })

  test('pages follow one another, each document once, whatever comes and goes', async () => {
    const people = await fill()
    const query = () => people.find({ customer: 3 }, { sort: { at: -1 } })
    const seen: unknown[] = []
    let after: string | null = null
    do {
      const page = await query().page({ size: 7, after })
      assert.ok(page.items.length <= 7)
      seen.push(...page.items.map(({ id }) => id))
      // One before and one behind the place.
      if (seen.length === 7) {
        await people.insert({ _id: 900, email: 'new', customer: 3, at: new Date(999_000) })
        await people.delete(3)
      }
      after = page.next
      assert.ok(after === null || /^[\w.-]+$/.test(after))
    } while (after !== null)
    const expected = Array.from({ length: 39 }, (_, i) => 198 - 5 * i)
    assert.equal(seen, expected)
    const first = await query().states().page({ size: 2 })
    assert.equal(
      first.items.map(({ _id }: any) => _id),
      [900, 198],
    )
    assert.ok(Object.isFrozen(first.items[0]))
    assert.is((await query().page({ size: 100 })).next, null)
    assert.is(await query().count(), 40)
    assert.is(await people.find({ customer: 3 }, { limit: 5 }).count(), 40)
    await rejects(people.find().page({ size: 2, after: first.next }), 'bad-argument')
    await rejects(people.find({}, { limit: 3 }).page({ size: 2 }), 'bad-argument')
    await rejects(query().page({ size: 0 }), 'bad-argument')
    await rejects(query().page({ size: 2, after: 'nonsense' }), 'bad-argument')
  })

  test('pages over values of every type, absent ones and arrays too', async () => {
    const people = await open([])
    const values = [
      null,
      [],
      [5, 1],
      3,
      2.5,
      'a',
      'b',
      { x: 1 },
      true,
      new Date(5),
      [null],
      ['a', 9],
    ]
    for (const [i, value] of values.entries()) await people.insert({ _id: i, value })
    await people.insert({ _id: 90 })
    for (const direction of [1, -1] as const) {
      const sort = { value: direction, _id: 1 } as const
      const expected = await people.find({}, { sort }).states().toArray()
      for (const size of [1, 3, 20]) {
        const seen: unknown[] = []
        let after: string | null = null
        do {
          const page: any = await people.find({}, { sort }).states().page({ size, after })
          seen.push(...page.items)
          after = page.next
        } while (after !== null)
        assert.equal(seen, expected)
      }
    }
  })

  test('`syncIndexes` makes what is missing, drops what is not asked for, and says so', async () => {
    const adapter = make()
    const first = createCollection<any>('people', { adapter, indexes: [email] })
    assert.equal(await first.syncIndexes(), { made: ['email_1'], dropped: [], same: [] })
    await first.insert({ _id: 1, email: 'ada', n: 1 })
    await first.insert({ _id: 2, email: 'bob', n: 1 })
    const byN: Indexes[number] = { fields: { n: 1 } }
    const second = createCollection<any>('people', { adapter, indexes: [byN, email] })
    assert.equal(await second.syncIndexes(), { made: ['n_1'], dropped: [], same: ['email_1'] })
    assert.equal(await second.syncIndexes(), { made: [], dropped: [], same: ['n_1', 'email_1'] })
    const third = createCollection<any>('people', { adapter, indexes: [byN] })
    assert.equal(await third.syncIndexes(), { made: [], dropped: ['email_1'], same: ['n_1'] })
    await third.insert({ _id: 3, email: 'ada', n: 2 })
    assert.is(await third.count({ n: 1 }), 2)
    // The same name with other options is made anew.
    const fourth = createCollection<any>('people', {
      adapter,
      indexes: [{ ...byN, unique: true, sparse: true }],
    })
    const error: any = await rejects(fourth.syncIndexes(), 'duplicate')
    assert.equal(error.details.fields, ['n'])
    await (await fourth.get(2))!.edit(draft => void (draft.n = 3))
    await fourth.syncIndexes()
    await rejects(fourth.insert({ _id: 4, n: 3 }), 'duplicate')
  })

  test('each collection brings its own indexes into line, whichever was opened last', async () => {
    const adapter = make()
    const first = createCollection<any>('people', { adapter, indexes: [email] })
    createCollection<any>('people', { adapter, indexes: [{ fields: { n: 1 } }] })
    const synced = await first.syncIndexes()
    assert.equal([...synced.made, ...synced.same], ['email_1'])
    await first.insert({ _id: 1, email: 'ada' })
    await rejects(first.insert({ _id: 2, email: 'ada' }), 'duplicate')
  })

  test('pages of some fields, in an order by others', async () => {
    const people = await fill()
    const query = people
      .find({ customer: 3 }, { sort: { 'items.sku': -1, at: 1 }, fields: ['email', 'items'] })
      .states()
    const first: any = await query.page({ size: 3 })
    assert.equal(Object.keys(first.items[0]).sort(), ['_id', 'email', 'items'])
    const second: any = await query.page({ size: 3, after: first.next })
    assert.equal(
      [...first.items, ...second.items].map(({ _id }: any) => _id),
      [198, 193, 188, 183, 178, 173],
    )
  })

  test('definitions that mean nothing are refused', async () => {
    const adapter = make()
    for (const indexes of [
      {},
      [{}],
      [{ fields: {} }],
      [{ fields: { a: 2 } }],
      [{ fields: { 'a.0': 1 } }],
      [{ fields: { 'a..b': 1 } }],
      [{ fields: { $a: 1 } }],
      [{ fields: { _id: 1 } }],
      [{ fields: { a: 1 }, unique: 1 }],
      [{ fields: { a: 1 }, name: '' }],
      [{ fields: { a: 1 }, where: { $or: [{ b: 1 }] } }],
      [{ fields: { a: 1 }, where: { b: { $ne: 1 } } }],
      [{ fields: { a: 1 }, where: { b: { $exists: false } } }],
      [{ fields: { a: 1 }, where: { b: 1 }, sparse: true }],
      [{ fields: { a: 1 }, where: { b: /x/ } }],
      [{ fields: { a: 1 }, text: true }],
      [{ fields: { a: 1 } }, { fields: { a: 1 }, unique: true }],
    ]) {
      assert.throws(
        () => createCollection('people', { adapter, indexes: indexes as never }),
        code('bad-argument'),
        JSON.stringify(indexes),
      )
    }
  })

  test.run()
}
