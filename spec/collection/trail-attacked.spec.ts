// Faults that an attack on audits and outboxes has found, each with its input.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createCollection, transaction } from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { checkTrail } from './audit-suite.ts'

const test = suite('audit and outbox under attack')
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

test('deletes, marks and restores are named by whoever calls', async () => {
  for (const softDelete of [false, true]) {
    const user = new AsyncLocalStorage<string>()
    const c = createCollection<any>('x', {
      adapter: memoryAdapter(),
      softDelete,
      audit: { who: () => user.getStore() },
    })
    const [one] = await c.insertMany([1, 2, 3, 4].map(_id => ({ _id })))
    await Promise.all([
      user.run('A', () => one!.delete()),
      user.run('B', () => c.delete(2)),
      user.run('C', () => c.deleteMany({ _id: { $gt: 2 } })),
    ])
    const whoOf = async (id: number) => (await c.historyOf(id)).at(-1)!.who
    assert.equal(
      [await whoOf(1), await whoOf(2), await whoOf(3), await whoOf(4)],
      ['A', 'B', 'C', 'C'],
    )
    if (!softDelete) continue
    await Promise.all([user.run('D', () => c.restore(1)), user.run('E', () => c.restore(2))])
    assert.equal([await whoOf(1), await whoOf(2)], ['D', 'E'])
  }
})

test('edits merged into the update that brings a document on are kept one by one', async () => {
  const adapter = memoryAdapter()
  await createCollection<any>('x', { adapter }).insert({ _id: 1, n: 1 })
  const c = createCollection<any>('x', {
    adapter,
    audit: {},
    events: true,
    versions: [d => ({ ...d, v: 1 })],
  })
  const d = (await c.get(1))!
  await Promise.all(['A', 'B', 'C'].map(k => d.patch({ [k]: 1 }, { label: k, meta: { event: k } })))
  const trail = await c.historyOf(1)
  assert.equal(
    trail.map(({ label }) => label),
    [undefined, 'A', 'B', 'C'],
  )
  assert.equal(checkTrail(trail), { _id: 1, n: 1, v: 1, A: 1, B: 1, C: 1 })
  assert.is(await createCollection('x.outbox', { adapter }).count(), 3)
})

test('a delete of others before an own insert', async () => {
  const adapter = memoryAdapter()
  const [c, plain] = [
    createCollection<any>('x', { adapter, audit: {} }),
    createCollection<any>('x', { adapter }),
  ]
  await c.insert({ _id: 1, secret: 1 })
  await plain.delete(1)
  await c.insert({ _id: 1, b: 2 })
  const trail = await c.historyOf(1)
  assert.equal(
    trail.map(({ kind, who, version }) => [kind, who, version]),
    [
      ['insert', null, 1],
      ['delete', null, 0],
      ['insert', null, 1],
    ],
  )
  assert.equal(
    [checkTrail(trail), await c.asOf(1, new Date())],
    [
      { _id: 1, b: 2 },
      { _id: 1, b: 2 },
    ],
  )
  await (await plain.get(1))!.patch({ c: 3 })
  await c.delete(1)
  assert.ok((await c.historyOf(1)).every(({ version }) => version >= 0))
})

test('edits that cancel one another are kept, and their events', async () => {
  const adapter = memoryAdapter()
  const c = createCollection<any>('x', { adapter, audit: {}, events: true })
  const d = await c.insert({ _id: 1, n: 0 })
  await Promise.all([
    d.patch({ n: 1 }, { meta: { event: 'A' } }),
    d.patch({ n: 0 }, { meta: { event: 'B' } }),
  ])
  assert.equal([(await c.historyOf(1)).length, d.state, d.version], [3, { _id: 1, n: 0 }, 2])
  assert.is(await createCollection('x.outbox', { adapter }).count(), 2)
})

test('undo of a soft delete tells what it changes', async () => {
  const adapter = memoryAdapter()
  const c = createCollection<any>('x', { adapter, audit: {}, softDelete: true, timestamps: true })
  const d = await c.insert({ _id: 1, n: 1 })
  await pause(3)
  await transaction(tx => tx.delete(d))
  await pause(3)
  await c.history.undo()
  const trail = await c.historyOf(1)
  const [stored] = await adapter.load('x', [1])
  assert.equal([checkTrail(trail), stored!.doc], [d.state, d.state])
  assert.ok(d.state.updatedAt > trail[1]!.state!.updatedAt)
  assert.is(d.state.deletedAt, undefined)
  await d.patch({ n: 2 })
})

/** Makes entries of a collection look as if a program with a clock that is behind had written them. */
async function setBack(collection: string, adapter: Adapter, which: (doc: any) => boolean) {
  const entries = createCollection<any>(collection, { adapter })
  const found = (await entries.find().toArray()).filter(({ state }) => which(state))
  // As another program's, whose clock is behind.
  for (const entry of found) await entry.patch({ seq: 1, by: 'another program' })
  assert.is(found.length, 1)
}

test('writes of others in between do not leave the order to clocks', async () => {
  const adapter = memoryAdapter()
  const c = createCollection<any>('x', { adapter, audit: {} })
  const plain = createCollection<any>('x', { adapter })
  const d = await c.insert({ _id: 1, n: 0 })
  const other = (await plain.get(1))!
  for (let i = 0; i < 2; i++) {
    await other.edit(x => void x.n++)
    await d.edit(x => void x.n++)
  }
  await setBack('x.audit', adapter, ({ v }) => v === 5)
  const trail = await c.historyOf(1)
  assert.equal(
    trail.map(({ version }) => version),
    [1, 2, 3, 4, 5],
  )
  assert.is((checkTrail(trail) as any).n, 4)
})

test('events of one document come in the order of its versions, whatever the clocks say', async () => {
  const adapter = memoryAdapter()
  const c = createCollection<any>('x', { adapter, events: true })
  const d = await c.insert({ _id: 1, n: 0 })
  for (let i = 0; i < 3; i++) await d.edit(x => void x.n++, { meta: { event: i } })
  await setBack('x.outbox', adapter, ({ event }) => event === 2)
  const taken: unknown[] = []
  for await (const { event } of c.outbox()) if (taken.push(event) === 3) break
  assert.equal(taken, [0, 1, 2])
})

test('an outbox that waits ends: by return, by close, by the signal', async () => {
  const c = createCollection<any>('x', { adapter: memoryAdapter(), events: true })
  const first = c.outbox()
  const waiting = first.next()
  await pause(10)
  await first.return?.()
  assert.is((await waiting).done, true)
  const second = c.outbox()
  const closed = second.next()
  await pause(10)
  await c.close()
  assert.is((await closed).done, true)
})

test('an outbox of a storage that does not answer', async () => {
  let on = false
  const adapter = withFaults(
    memoryAdapter(),
    ({ method }) => (on && (method === 'find' || method === 'commit') ? 'stall' : null),
    { stallMS: 2_000 },
  )
  const c = createCollection<any>('x', { adapter, events: true, timeoutMS: 100 })
  await c.insert({ _id: 1 }, { meta: { event: 1 } })
  const { value } = await c.outbox().next()
  on = true
  const stop = new AbortController()
  const next = c.outbox({ signal: stop.signal }).next()
  await pause(10)
  stop.abort()
  assert.is((await next).done, true)
  const refused = await value.ack().catch((error: unknown) => error)
  assert.ok(code('unknown')(refused))
})

test('a bad `meta` fails alone', async () => {
  const cycle: any = {}
  cycle.cycle = cycle
  const c = createCollection<any>('x', { adapter: memoryAdapter(), audit: {} })
  const d = await c.insert({ _id: 1 })
  const results = await Promise.allSettled([
    d.patch({ a: 1 }),
    d.patch({ b: 1 }, { meta: cycle }),
    d.patch({ c: 1 }),
  ])
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal(d.state, { _id: 1, a: 1, c: 1 })
  for (const time of [null, '5', true, []]) {
    const refused = await c.asOf(1, time as never).catch((error: unknown) => error)
    assert.ok(code('bad-argument')(refused))
  }
})

test.run()
