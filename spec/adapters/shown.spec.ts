import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createCollection, createStore } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { rejects } from '../collection/people.ts'

const test = suite('what people see')

test('JSON.stringify of a document, a store, a list of them is their state', async () => {
  const c = createCollection<any>('people', { adapter: memoryAdapter() })
  const doc = await c.insert({ _id: 1, born: new Date(0), deep: { tags: ['a'] } })
  await doc.edit((d: any) => void d.deep.tags.push('b'))
  doc.subscribe(() => {})
  const json = '{"_id":1,"born":"1970-01-01T00:00:00.000Z","deep":{"tags":["a","b"]}}'
  assert.is(JSON.stringify(doc), json)
  assert.is(JSON.stringify({ found: await c.find().toArray() }), `{"found":[${json}]}`)
  assert.is(JSON.stringify(createStore({ n: 1 })), '{"n":1}')
  assert.is(JSON.stringify(doc.begin()), '{"open":true,"baseVersion":2,"touched":[]}')
})

test('collections and adapters show names, no documents', async () => {
  const path = mkdtempSync(join('build', 'shown-'))
  const [memory, lmdb] = [memoryAdapter(), lmdbAdapter({ path })]
  for (const adapter of [memory, lmdb]) {
    const c = createCollection<any>('people', { adapter })
    await c.insert({ _id: 'SECRET', text: 'SECRET' })
    assert.is(inspect(c), "Collection { name: 'people' }")
    assert.is(JSON.stringify(c), '{"name":"people"}')
  }
  assert.is(inspect(memory), "MemoryAdapter { collections: [ 'people' ] }")
  assert.is(inspect(lmdb), `LMDBAdapter { path: '${path}' }`)
  assert.is(JSON.stringify([memory, lmdb]), `[{"collections":["people"]},{"path":"${path}"}]`)
  await lmdb.close()
  rmSync(path, { recursive: true })
})

test('a duplicate says which fields', async () => {
  const path = mkdtempSync(join('build', 'shown-'))
  const lmdb = lmdbAdapter({ path })
  for (const adapter of [memoryAdapter(), lmdb]) {
    const c = createCollection<any>('people', { adapter })
    await c.insert({ _id: 1 })
    const error = await rejects(c.insert({ _id: 1 }), 'duplicate')
    assert.equal(error.details, { collection: 'people', id: 1, fields: ['_id'] })
    assert.match(error.message, /a new _id for the document 1 of "people"/)
  }
  await lmdb.close()
  rmSync(path, { recursive: true })
})

test('what a web client sends as an object is a value under $eq', async () => {
  const c = createCollection<any>('people', { adapter: memoryAdapter() })
  await c.insert({ _id: 1, token: 'x' })
  const sent = JSON.parse('{ "$ne": "" }')
  assert.equal([await c.count({ token: sent }), await c.count({ token: { $eq: sent } })], [1, 0])
})

test.run()
