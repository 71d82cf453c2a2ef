import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { openDatabase } from './server.ts'
import { appendUnderCuts } from './unknown.ts'

const url = process.env.COWSLIP_MONGODB_URL ?? ''
const { db, close } = await openDatabase('unknown')

const test = suite('lost replies')

/** A collection whose next `count` replies to writes are cut. */
async function withCuts(
  count: number,
  options: string,
  act: (c: ReturnType<typeof createCollection<any>>, arm: () => void) => Promise<void>,
): Promise<number> {
  const proxy = await cuttingProxy(url, options)
  const client = new MongoClient(proxy.url)
  let left = 0
  proxy.cut = () => left-- > 0
  try {
    const c = createCollection<any>('c', { adapter: mongodbAdapter(client.db(db.databaseName)) })
    await act(c, () => (left = count))
    return proxy.cuts
  } finally {
    await client.close()
    await proxy.close()
  }
}

for (const [cuts, options] of [
  [1, ''],
  [3, ''],
  [5, ''],
  [1, '&retryWrites=false'],
  [4, '&retryWrites=false'],
] as const) {
  test(`${cuts} in a row${options}: an append is applied once`, async () => {
    const _id = `${cuts}${options}`
    const cut = await withCuts(cuts, options, async (c, arm) => {
      const doc = await c.insert({ _id, log: ['first'] })
      arm()
      await doc.edit((d: any) => void d.log.push('second'))
      assert.equal([doc.state.log, doc.version], [['first', 'second'], 2])
      await doc.edit((d: any) => void d.log.push('third'))
    })
    assert.is(cut, cuts)
    const stored = await db.collection<any>('c').findOne({ _id })
    assert.equal([stored.log, stored._cow.v], [['first', 'second', 'third'], 3])
  })
}

test('a lost request beside a program without versions is a clash at once', async () => {
  const adapter = mongodbAdapter(db)
  const docs = createCollection<any>('beside', { adapter, concurrency: 'fields' })
  let sent: any
  const own = Object.create(adapter, {
    commit: { value: (commit: any) => ((sent = commit), adapter.commit(commit)) },
  })
  await docs.insert({ _id: 1, n: 0 })
  const doc = (await createCollection<any>('beside', { adapter: own, concurrency: 'fields' }).get(
    1,
  ))!
  await doc.edit((d: any) => void d.n++)
  // The same as if it had never arrived.
  const { version, commitId } = sent.guard
  const packed = (await db.collection<any>('beside').findOne({ _id: 1 }))._cow.ring[1]
  const _cow = { v: version, c: packed, ring: [packed] }
  await db.collection<any>('beside').updateOne({ _id: 1 }, { $set: { n: 5, _cow } })
  const at = performance.now()
  const settled = await adapter.resolve!(sent)
  assert.is(settled.status, 'conflict', commitId)
  assert.ok(performance.now() - at < 2_000)
})

test('an insert and a delete whose replies are lost', async () => {
  await withCuts(3, '&retryWrites=false', async (c, arm) => {
    arm()
    const doc = await c.insert({ _id: 'lost', n: 1 })
    assert.equal([doc.status, doc.version], ['stored', 1])
    arm()
    assert.ok(await doc.delete())
    assert.is(doc.status, 'deleted')
  })
  assert.is(await db.collection<any>('c').countDocuments({ _id: 'lost' }), 0)
})

test('60 appends with 15% of the replies cut: none twice, none lost', async () => {
  const seen = await appendUnderCuts(url, { appends: 60, share: 0.15, seed: 7 })
  assert.ok(seen.cuts > 3, `${seen.cuts} cut`)
  assert.equal([seen.acknowledged, seen.unknown, seen.twice, seen.lost], [60, 0, 0, 0])
})

for (const concurrency of ['version', 'fields', 'none'] as const) {
  for (const ring of [0, 16] as const) {
    test(`8 documents at once with 15% of the replies cut, ${concurrency}, ring ${ring}`, async () => {
      const options = { appends: 15, share: 0.15, seed: 9, documents: 8, concurrency, ring }
      const seen = await appendUnderCuts(url, options)
      assert.ok(seen.cuts > 1, `${seen.cuts} cut`)
      const { acknowledged, unknown, twice, lost, clashes } = seen
      assert.equal([acknowledged, unknown, twice, lost, clashes], [120, 0, 0, 0, 0])
    })
  }
}

test('ends', close)

test.run()
