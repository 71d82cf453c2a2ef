import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BSON } from 'mongodb'
import type { Adapter, Query } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import * as assert from 'uvu/assert'
import { openDatabase } from './server.ts'
import { suite } from '../support/suite.ts'
import { fill, idsOf } from '../query/compare.ts'
import { DOCUMENTS } from '../query/documents.ts'
import { RandomQuery } from '../query/random-query.ts'
import { FILTERS, OURS_ALONE, REFUSED, SORTS } from '../query/table.ts'

const { db, close } = await openDatabase('queries')
const path = mkdtempSync(join('build', 'queries-'))
const mongo = mongodbAdapter(db)
const embedded: readonly [string, Adapter][] = [
  ['memory', memoryAdapter()],
  ['lmdb', lmdbAdapter({ path })],
]
for (const adapter of [mongo, ...embedded.map(([, adapter]) => adapter)])
  await fill(adapter, DOCUMENTS)

const same = async (query: Query): Promise<number[] | string> => {
  const expected = await idsOf(mongo, query)
  for (const [name, adapter] of embedded) {
    assert.equal(await idsOf(adapter, query), expected, `${name}: ${BSON.EJSON.stringify(query)}`)
  }
  return expected
}

const test = suite('a query means what it means to MongoDB')

test(`${FILTERS.length} filters find the same documents`, async () => {
  assert.ok(FILTERS.length + SORTS.length >= 150)
  for (const filter of FILTERS)
    assert.instance(await same({ filter }), Array, BSON.EJSON.stringify(filter))
})

test('sorts give the same order', async () => {
  for (const sort of SORTS) {
    assert.is((await same({ sort })).length, DOCUMENTS.length)
    await same({ sort, filter: { a: { $exists: true } }, skip: 3, limit: 20 })
  }
})

test('what the server refuses is refused, by the same code', async () => {
  for (const filter of REFUSED)
    assert.is(await same({ filter }), 'unsupported-query', JSON.stringify(filter))
})

test('what cannot be run as the server would is refused', async () => {
  for (const filter of OURS_ALONE) {
    for (const [name, adapter] of embedded) {
      assert.is(
        await idsOf(adapter, { filter }),
        'unsupported-query',
        `${name}: ${JSON.stringify(filter)}`,
      )
    }
  }
})

test('documents equal in the order asked for stand by `_id`, in the direction of the last field', async () => {
  for (const [, adapter] of embedded) {
    const ids = (await idsOf(adapter, { sort: { nobody: -1 } })) as number[]
    assert.equal(ids, DOCUMENTS.map(({ _id }) => _id).reverse())
  }
})

test('500 random queries agree', async () => {
  let refused = 0
  for (let seed = 1; seed <= 500; seed++) {
    const random = new RandomQuery(seed)
    const filter = random.filter()
    const found = await same({ filter, ...(seed % 2 === 0 && { sort: random.sort() }) })
    if (typeof found === 'string') refused++
  }
  assert.ok(refused < 150, `${refused} were refused by both`)
})

test('ends', async () => {
  for (const [, adapter] of embedded) await adapter.close()
  rmSync(path, { recursive: true })
  await close()
})

test.run()
