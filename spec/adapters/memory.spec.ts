import { adapterContract } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const contract = suite('memoryAdapter keeps the contract')
for (const { name, run } of adapterContract(() => memoryAdapter())) contract(name, run)
contract.run()

const filters = suite('filters in memory')

async function find(filter: unknown): Promise<unknown[]> {
  const adapter = memoryAdapter()
  const docs = [
    { _id: 1, name: 'Ada', at: new Date(5), n: 5 },
    { _id: 2, name: 'Bob', at: new Date(9), n: null },
    { _id: 3, list: [{ x: 1 }, { x: 2 }] },
  ]
  for (const next of docs) {
    await adapter.commit({ kind: 'insert', collection: 'c', id: next._id, commitId: 'x', next })
  }
  const found: unknown[] = []
  for await (const { doc } of adapter.find('c', { filter: filter as Record<string, unknown> })) {
    found.push((doc as { _id: unknown })._id)
  }
  return found
}

filters('speak of dates, patterns, elements and absence', async () => {
  assert.equal(await find({ at: new Date(5) }), [1])
  assert.equal(await find({ at: { $gt: new Date(5) } }), [2])
  assert.equal(await find({ name: /^b/i }), [2])
  assert.equal(await find({ list: { $elemMatch: { x: 2 } } }), [3])
  assert.equal(await find({ 'list.x': 1 }), [3])
  assert.equal(await find({ name: { $exists: false } }), [3])
  assert.equal(await find({ n: null }), [2, 3])
  assert.equal(await find({ $nor: [{ _id: 1 }, { _id: 2 }] }), [3])
})

filters('with code in them are refused wherever it stands', async () => {
  for (const filter of [
    { $where: 'true' },
    { $where: () => true },
    { $and: [{ $or: [{ $where: 'true' }] }] },
    { name: { $not: { $where: '1' } } },
    { $expr: { $gt: ['$a', 1] } },
    { a: { $function: {} } },
  ]) {
    await find(filter).then(
      () => assert.unreachable(),
      error => assert.ok(code('unsupported-query')(error)),
    )
  }
})

filters('of other shapes, and bad orders and slices, are refused', async () => {
  const adapter = memoryAdapter()
  const queries = [
    { filter: 5 },
    { filter: null },
    { filter: [] },
    { limit: -1 },
    { limit: 1.5 },
    { skip: NaN },
    { sort: { a: 2 } },
  ]
  for (const query of queries) {
    try {
      for await (const _ of adapter.find('c', query as object)) assert.unreachable()
      assert.unreachable(JSON.stringify(query))
    } catch (error) {
      assert.ok(code('bad-argument')(error))
    }
  }
})

filters.run()
