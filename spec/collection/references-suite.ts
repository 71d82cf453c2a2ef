// Documents with those that they refer to, on any adapter.
import { createCollection } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { rejects } from './people.ts'

interface Person {
  _id: string
  name: string
}
interface Order {
  _id: number
  customer: string | null
  buyers?: string[]
  lines?: { product: number; by?: { who: string } }[]
}

/** Runs the specs of references on one adapter. */
export function references(name: string, make: () => Adapter): void {
  const test = suite(`references on ${name}`)

  /** Counts the queries of an adapter. */
  function counted() {
    const adapter = make()
    const reads: string[] = []
    const load = adapter.load.bind(adapter)
    const find = adapter.find.bind(adapter)
    adapter.load = (collection, ids, options) => {
      reads.push(`load ${collection}`)
      return load(collection, ids, options)
    }
    adapter.find = (collection, query, options) => {
      // Some adapters load several ids by a query.
      if (collection === 'orders') reads.push(`find ${collection}`)
      return find(collection, query, options)
    }
    const people = createCollection<Person>('people', { adapter })
    const orders = createCollection<Order>('orders', { adapter })
    return { adapter, reads, people, orders }
  }

  test('1,000 orders of 50 customers are two queries', async () => {
    const { people, orders, reads } = counted()
    await people.insertMany(
      Array.from({ length: 50 }, (_, i) => ({ _id: `p${i}`, name: `Person ${i}` })),
    )
    await orders.insertMany(
      Array.from({ length: 1_000 }, (_, i) => ({ _id: i, customer: `p${i % 50}` })),
    )
    reads.length = 0
    const found = await orders
      .find({}, { sort: { _id: 1 } })
      .with({ customer: people })
      .toArray()
    assert.equal(reads, ['find orders', 'load people'])
    assert.is(found.length, 1_000)
    const [, second] = found
    assert.is(second!.document.id, 1)
    assert.is(second!.refs.customer?.state.name, 'Person 1')
    assert.is(second!.refs.customer, found[51]!.refs.customer)
    assert.is(second!.refs.customer, await people.get('p1'))
    assert.equal(second!.document.state, { _id: 1, customer: 'p1' })
    reads.length = 0
    let count = 0
    for await (const { refs } of orders.find().with({ customer: people })) {
      if (refs.customer !== null) count++
    }
    assert.is(count, 1_000)
    assert.is(reads.filter(read => read === 'load people').length, 1)
  })

  test('lists, paths through lists, what is absent, and several paths', async () => {
    const { people, orders } = counted()
    const products = createCollection<{ _id: number; title: string }>('products', {
      adapter: make(),
    })
    await people.insertMany(['a', 'b', 'c'].map(_id => ({ _id, name: _id.toUpperCase() })))
    await products.insertMany([{ _id: 1, title: 'pen' }])
    await orders.insertMany([
      {
        _id: 1,
        customer: 'a',
        buyers: ['b', 'gone', 'c'],
        lines: [{ product: 1, by: { who: 'c' } }, { product: 9 }],
      },
      { _id: 2, customer: null },
    ])
    const query = orders.find({}, { sort: { _id: 1 } })
    const [one, two] = await query
      .with({ customer: people, buyers: people, 'lines.product': products, 'lines.by.who': people })
      .toArray()
    assert.equal(
      one!.refs.buyers!.map(person => person?.state.name ?? null),
      ['B', null, 'C'],
    )
    assert.equal(
      one!.refs['lines.product']!.map(product => product?.state.title ?? null),
      ['pen', null],
    )
    assert.equal(
      one!.refs['lines.by.who']!.map(person => person?.state.name ?? null),
      ['C', null],
    )
    assert.is(one!.refs.customer?.state.name, 'A')
    assert.equal(two!.refs, {
      customer: null,
      buyers: null,
      'lines.product': null,
      'lines.by.who': null,
    })
    const page = await query.with({ customer: people }).page({ size: 1 })
    assert.is(page.items[0]!.refs.customer?.id, 'a')
    assert.is.not(page.next, null)
  })

  test('what is no collection, and fields of snapshots, are refused', async () => {
    const { people, orders } = counted()
    for (const bad of [null, 5, [], { customer: 'people' }]) {
      assert.throws(
        () => orders.find().with(bad as never),
        (error: any) => error.code === 'bad-argument',
      )
    }
    await people.close()
    await orders.insert({ _id: 1, customer: 'a' })
    await rejects(orders.find().with({ customer: people }).toArray(), 'closed')
  })

  test.run()
}
