// Indexes on LMDB alone: several adapters on one store, building in the background, long values, and kill -9.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection, type CollectionOptions, type IndexProgress } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { ObjectId } from 'mongodb'
import * as assert from 'uvu/assert'
import { rejects } from '../collection/people.ts'
import { suite } from '../support/suite.ts'
import { findIndexFaults, killIndexRound } from './index-faults.ts'

const root = mkdtempSync(join('build', 'indexes-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = (): string => join(root, String(folders++))

const test = suite('indexes on LMDB')
const open = (path: string, indexes?: CollectionOptions['indexes']) => {
  const adapter = lmdbAdapter({ path })
  const c = createCollection<any>('c', { adapter, ...(indexes !== undefined && { indexes }) })
  return { adapter, c }
}
const email = { fields: { email: 1 }, unique: true } as const
const fill = async (path: string, count: number): Promise<void> => {
  const { adapter, c } = open(path)
  await Promise.all(
    Array.from({ length: count }, (_, i) => c.insert({ _id: i, email: `e${i}`, n: i % 7 })),
  )
  await adapter.close()
}

test('a unique value is taken for every adapter on the store, whatever it knows of indexes', async () => {
  const path = folder()
  const one = open(path, [email])
  const two = open(path)
  await two.c.insert({ _id: 1, email: 'ada' })
  await one.c.insert({ _id: 2, email: 'bob' })
  await rejects(one.c.insert({ _id: 3, email: 'ada' }), 'duplicate')
  await rejects(two.c.insert({ _id: 3, email: 'bob' }), 'duplicate')
  const racing = Array.from({ length: 20 }, (_, i) =>
    (i % 2 === 0 ? one : two).c.insert({ _id: 10 + i, email: 'eve' }).then(
      () => 1,
      ({ code }: { code: string }) => (assert.is(code, 'duplicate'), 0),
    ),
  )
  assert.is(
    (await Promise.all<number>(racing)).reduce((sum, won) => sum + won),
    1,
  )
  assert.is((await two.c.find({ email: 'eve' }).explain()).index, 'email_1')
  await Promise.all([one.adapter.close(), two.adapter.close()])
  assert.equal((await findIndexFaults(path, 'c')).faults, [])
})

test('an index is built in the background, while others write, and tells how far it is', async () => {
  const path = folder()
  await fill(path, 4_000)
  const { adapter, c } = open(path, [email, { fields: { n: 1, _id: -1 } }])
  // Used while it is built: the documents are read.
  assert.is(await c.count({ n: 3 }), 571)
  const progress: IndexProgress[] = []
  const syncing = c.syncIndexes({ onProgress: step => progress.push(step) })
  await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      await (await c.get(i * 80))!.edit(draft => void (draft.n = 100))
      await c.insert({ _id: 5_000 + i, email: `new${i}`, n: 100 })
      await c.delete(i * 80 + 1)
    }),
  )
  assert.equal((await syncing).made, ['email_1', 'n_1__id_-1'])
  assert.ok(progress.length > 0, 'progress was told')
  assert.ok(progress.every(({ done, total }) => done <= total && total >= 3_950))
  const plan = await c.find({ n: 100 }, { sort: { _id: -1 }, limit: 20 }).explain()
  assert.equal(plan, { index: 'n_1__id_-1', entries: 20, documents: 20 })
  assert.is(await c.count({ n: 100 }), 100)
  await adapter.close()
  assert.equal((await findIndexFaults(path, 'c')).faults, [])
})

test('an adapter goes on building where another one was closed', async () => {
  const path = folder()
  await fill(path, 3_000)
  const first = open(path, [email])
  await first.c.get(1)
  await first.adapter.close()
  const second = open(path)
  await second.c.get(1)
  await second.c.syncIndexes().catch(() => {})
  await second.adapter.close()
  const third = open(path, [email])
  assert.equal(await third.c.syncIndexes(), { made: ['email_1'], dropped: [], same: [] })
  assert.is((await third.c.find({ email: 'e2999' }).explain()).entries, 1)
  await third.adapter.close()
  const { faults, entries } = await findIndexFaults(path, 'c')
  assert.equal(faults, [])
  assert.is(entries, 3_000)
})

test('documents that share a value are told, and further ones refused', async () => {
  const path = folder()
  await fill(path, 600)
  const { adapter, c } = open(path, [{ fields: { n: 1 }, unique: true }])
  const error: any = await rejects(c.syncIndexes(), 'duplicate')
  assert.equal(error.details.fields, ['n'])
  await rejects(c.insert({ _id: 'x', n: 3 }), 'duplicate')
  const [plan, found] = [await c.find({ n: 3 }).explain(), await c.find({ n: 3 }).toArray()]
  assert.equal([plan.index, found.length], ['n_1', 86], 'all of them are found')
  await (await c.get(5))!.edit(draft => void (draft.email = 'other'))
  await adapter.close()
  const again = open(path)
  assert.is(await again.c.count({ n: 3 }), 86, 'and after the store was opened again')
  await again.adapter.close()
})

test('a loop over an index meets each document once, though the loop moves them, and through `compact`', async () => {
  const path = folder()
  await fill(path, 1_500)
  const { adapter, c } = open(path, [{ fields: { n: 1 } }])
  await c.syncIndexes()
  const seen = new Set<unknown>()
  for await (const document of c.find({ n: { $gte: 2 } }, { sort: { n: 1 } })) {
    assert.not.ok(seen.has(document.id), `${String(document.id)} came twice`)
    seen.add(document.id)
    if (seen.size % 100 === 0) await adapter.compact()
    await document.edit(draft => void (draft.n += 10))
  }
  assert.is(seen.size, 1_500 - 2 * 215)
  assert.is(await c.count({ n: { $gte: 12 } }), seen.size)
  const loop = c.find({}, { sort: { n: 1 } })[Symbol.asyncIterator]()
  await loop.next()
  await adapter.close()
  let steps = 0
  await rejects(
    (async () => {
      while ((await loop.next()).done !== true) steps++
    })(),
    'closed',
  )
  assert.ok(steps < 1_500)
  assert.equal((await findIndexFaults(path, 'c')).faults, [])
})

test('values longer than a key of LMDB are found, ordered and unique', async () => {
  const path = folder()
  const { adapter, c } = open(path, [
    { fields: { text: 1 }, unique: true },
    { fields: { n: 1, text: -1 } },
  ])
  const texts = ['b', 'a', 'c'].map(end => 'x'.repeat(3_000) + end)
  for (const [i, text] of texts.entries())
    await c.insert({ _id: 'i'.repeat(1_500) + i, n: 1, text })
  await rejects(c.insert({ _id: 'z', text: texts[0] }), 'duplicate')
  const ids = async (filter: object, options = {}) =>
    (await c.find(filter as never, options).toArray()).map(({ id }) => String(id).slice(1_500))
  assert.equal(await ids({ text: texts[1] }), ['1'])
  assert.equal(await ids({}, { sort: { text: 1 } }), ['1', '0', '2'])
  assert.equal(await ids({ n: 1 }, { sort: { text: -1 } }), ['2', '0', '1'])
  assert.equal(await ids({ text: { $gt: texts[0] } }), ['2'])
  assert.equal(await ids({ text: /^xxx/ }, { sort: { text: 1 } }), ['1', '0', '2'])
  await c.delete('i'.repeat(1_500) + 1)
  assert.equal(await ids({ text: texts[1] }), [])
  await adapter.close()
  assert.equal((await findIndexFaults(path, 'c')).faults, [])
})

test('a partial index keeps its condition across restarts, with values of every type', async () => {
  const path = folder()
  const at = new Date(5)
  const id = new ObjectId('00112233445566778899aabb')
  const indexes = [{ fields: { n: 1 }, where: { at: { $gte: at }, by: id } }] as const
  const first = open(path, indexes)
  await first.c.insert({ _id: 1, n: 1, at: new Date(6), by: id })
  await first.c.insert({ _id: 2, n: 1, at: new Date(4), by: id })
  await first.adapter.close()
  const { adapter, c } = open(path, indexes)
  assert.equal((await c.syncIndexes()).same, ['n_1'])
  const plan = await c.find({ n: 1, at: { $gte: at }, by: id }).explain()
  assert.equal(plan, { index: 'n_1', entries: 1, documents: 1 })
  assert.is((await c.find({ n: 1 }).explain()).index, null)
  await adapter.close()
})

test('a copy of the store has its indexes', async () => {
  const path = folder()
  await fill(path, 300)
  const { adapter, c } = open(path, [email])
  await c.syncIndexes()
  const copy = folder()
  await adapter.backup(copy)
  await adapter.close()
  const copied = open(copy)
  const plan = await copied.c.find({ email: 'e7' }).explain()
  assert.equal(plan, { index: 'email_1', entries: 1, documents: 1 })
  await rejects(copied.c.insert({ _id: 'x', email: 'e7' }), 'duplicate')
  await copied.adapter.close()
  const { faults, entries } = await findIndexFaults(copy, 'c')
  assert.equal([faults, entries], [[], 300])
})

test('a process killed while it writes leaves every index as a rebuilt one', async () => {
  const path = folder()
  for (const ms of [80, 300]) {
    const { writes, faults } = await killIndexRound(path, ms)
    assert.ok(writes > 10, `${writes} writes`)
    assert.equal(faults, [])
  }
})

test.run()
