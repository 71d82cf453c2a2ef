import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as bson from 'bson'
import type { Adapter, Query } from 'cowslip/adapter-contract'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { findIdLookUp } from '../../lib/adapters/query/id-look-up.ts'
import { runQuery } from '../../lib/adapters/query/run-query.ts'
import { compareValues } from '../../lib/adapters/query/order.ts'
import { suite } from '../support/suite.ts'
import { fill } from './compare.ts'

const test = suite('look-ups by `_id`')

const hex = '0011223344556677889900'
const IDS: unknown[] = [
  ...Array.from({ length: 30 }, (_, i) => i - 10),
  ...[0.5, 2 ** 53, 2n ** 53n + 1n, -(2n ** 60n)],
  ...['', 'a', 'ab', 'a!', 'a"', 'b', '\ud83c\udf3c', '\uffee', 'a\u0000'],
  ...['aa', 'ab'].map(end => new bson.ObjectId(hex + end)),
  new bson.UUID('00112233-4455-6677-8899-aabbccddeeff'),
]
const DOCUMENTS = IDS.map((_id, n) => ({ _id, n }))

const FILTERS: readonly NonNullable<Query['filter']>[] = [
  ...IDS.flatMap(id => [
    { _id: id },
    { _id: { $gt: id } },
    { _id: { $lte: id } },
    { _id: { $ne: id } },
  ]),
  { _id: { $gte: 0, $lt: 5 } },
  { _id: { $gt: 3n, $gte: 1, $lt: 9.5 } },
  { _id: { $gt: 5, $lt: 'b' } },
  { _id: { $in: [1, 'a', 99, 1] } },
  { _id: { $in: [1, /^a/] } },
  { _id: { $in: [] } },
  { _id: { $in: [3, 4], $gt: 3 } },
  { _id: /^a/ },
  { _id: null },
  { _id: { $exists: true } },
  { _id: { $not: { $gt: 5 } } },
  { $and: [{ _id: { $gt: 3 } }, { n: { $lt: 15 } }] },
  { $and: [{ $and: [{ _id: 5 }] }, { _id: { $gt: 1 } }] },
  { $or: [{ _id: 1 }, { _id: 2 }] },
  { _id: 1, n: 99 },
]

test('find what a scan finds, in the order of `_id` where that is asked for', async () => {
  const path = mkdtempSync(join('build', 'look-up-'))
  const stored = DOCUMENTS.map(doc => ({ doc, version: 1, commitId: 'x' }))
  for (const adapter of [memoryAdapter(), lmdbAdapter({ path, bson })]) {
    await fill(adapter, DOCUMENTS)
    for (const filter of FILTERS) {
      for (const direction of [1, -1] as const) {
        const query: Query = { filter, sort: { _id: direction }, skip: 1, limit: 6 }
        const found: unknown[] = []
        for await (const { doc } of adapter.find('queries', query)) found.push((doc as any).n)
        const expected = runQuery(stored, query).map(({ doc }) => (doc as any).n)
        assert.equal(
          found,
          expected,
          `${adapter.capabilities.multiProcess} ${direction} ${inspect(filter)}`,
        )
      }
      const all: unknown[] = []
      for await (const { doc } of adapter.find('queries', { filter })) all.push((doc as any)._id)
      const sorted = runQuery(stored, { filter, sort: { _id: 1 } }).map(
        ({ doc }) => (doc as any)._id,
      )
      assert.equal(all.sort(compareValues), sorted)
      assert.is(await adapter.count!('queries', filter), sorted.length)
    }
    assert.is(await adapter.count!('queries', {}), IDS.length)
    assert.is(await adapter.count!('others', {}), 0)
    await adapter.close()
  }
  rmSync(path, { recursive: true })
})

test('look at no more than they need', async () => {
  const path = mkdtempSync(join('build', 'look-up-'))
  const adapter = lmdbAdapter({ path, bson })
  await fill(
    adapter,
    Array.from({ length: 500 }, (_, _id) => ({ _id, n: _id })),
  )
  let decoded = 0
  const codec = (adapter as any).collections.codecOf('queries')
  const decode = codec.decode.bind(codec)
  codec.decode = (text: string) => (decoded++, decode(text))
  const cost = async (query: Query): Promise<number> => {
    decoded = 0
    for await (const _ of adapter.find('queries', query));
    return decoded
  }
  assert.is(await cost({ filter: { _id: 5 } }), 1)
  assert.is(await cost({ filter: { _id: { $in: [1, 2, 3, 999] } } }), 3)
  assert.ok((await cost({ filter: { _id: { $gte: 10, $lt: 20 } } })) <= 11)
  assert.is(await cost({ sort: { _id: -1 }, limit: 4 }), 4)
  decoded = 0
  assert.equal([await adapter.count!('queries', {}), decoded], [500, 0])
  await adapter.close()
  rmSync(path, { recursive: true })
})

test('a document that nobody can have is no look-up', () => {
  assert.equal(
    [{ _id: null }, { _id: /a/ }, { _id: { $in: [1, null] } }, { n: 1 }, 5].map(findIdLookUp),
    [null, null, null, null, null],
  )
})

test('a collection counts by its adapter, and by finding where that cannot', async () => {
  const inner = memoryAdapter()
  const { count: _, ...rest } = { count: undefined, ...inner }
  const plain: Adapter = {
    ...rest,
    capabilities: inner.capabilities,
    load: (c, ids) => inner.load(c, ids),
    find: (c, query) => inner.find(c, query),
    commit: commit => inner.commit(commit),
    close: () => inner.close(),
  }
  for (const adapter of [inner, plain]) {
    const c = createCollection<any>('c', { adapter })
    for (let n = 0; n < 5; n++) await c.insert({ n })
    assert.equal(
      [await c.count(), await c.count({ n: { $gt: 2 } })],
      [adapter === inner ? 5 : 10, adapter === inner ? 2 : 4],
    )
  }
})

test.run()
