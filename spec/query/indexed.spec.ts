// Random queries with random indexes on memory and LMDB find what they find without.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { compareIndexed } from './compare-indexed.ts'

const test = suite('queries with indexes')

test('find the same documents in the same order, counted and in pages', async () => {
  const root = mkdtempSync(join('build', 'indexed-'))
  let indexed = 0
  for (let seed = 1; seed <= 12; seed++) {
    const lmdb = lmdbAdapter({ path: mkdtempSync(join(root, 'store-')) })
    const { faults, ...compared } = await compareIndexed(seed, 250, 60, [
      { name: 'memory', adapter: memoryAdapter(), isIndexed: false },
      { name: 'memory with indexes', adapter: memoryAdapter(), isIndexed: true },
      { name: 'LMDB with indexes', adapter: lmdb, isIndexed: true },
    ])
    assert.equal(faults, [])
    indexed += compared.indexed
    await lmdb.close()
  }
  rmSync(root, { recursive: true })
  assert.ok(indexed > 300, `${indexed} answers came by an index`)
})

test.run()
