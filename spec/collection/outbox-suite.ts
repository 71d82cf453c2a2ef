import { createCollection, transaction, type OutboxEvent } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

/** Takes events until `count` of them came, or nothing comes for a while; acknowledges those that `ack` says. */
async function take(
  c: ReturnType<typeof createCollection<any>>,
  count: number,
  ack: (event: OutboxEvent) => boolean = () => true,
): Promise<OutboxEvent[]> {
  const taken: OutboxEvent[] = []
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 3_000)
  for await (const event of c.outbox({ signal: stop.signal })) {
    taken.push(event)
    if (ack(event)) await event.ack()
    if (taken.length === count) break
  }
  clearTimeout(timer)
  return taken
}

/** What an outbox delivers, on any adapter. */
export function outboxSuite(name: string, open: () => Adapter): void {
  const test = suite(`outbox (${name})`)

  const make = (adapter: Adapter, more = {}) =>
    createCollection<any>('orders', { adapter, events: true, ...more })
  const event = (type: string) => ({ meta: { event: { type } } })
  const types = (events: readonly OutboxEvent[]) => events.map(({ event }) => (event as any).type)

  test('events come in order, with their documents, once each is acknowledged no more', async () => {
    const adapter = open()
    const c = make(adapter)
    const a = await c.insert({ _id: 'a', n: 0 }, event('placed'))
    await a.edit(d => void d.n++, event('paid'))
    await a.edit(d => void d.n++)
    const b = await c.insert({ _id: 'b', n: 0 })
    await transaction(
      tx => (tx.edit(a, d => void d.n++), tx.edit(b, d => void d.n++)),
      event('moved'),
    )
    await Promise.all([1, 2, 3].map(i => a.edit(d => void d.n++, event(`many ${i}`))))
    const first = await take(c, 7, ({ event }) => (event as any).type !== 'paid')
    assert.equal(types(first).slice(0, 2), ['placed', 'paid'])
    assert.equal(types(first).slice(4), ['many 1', 'many 2', 'many 3'])
    assert.equal(types(first).filter(type => type === 'moved').length, 2)
    assert.equal(first[0]!.document, 'a')
    assert.ok(first[0]!.at instanceof Date && Object.isFrozen(first[0]!.event))
    // What was not acknowledged comes again, with the same id, with the next call.
    const again = await take(c, 1)
    assert.equal([types(again), again[0]!.id], [['paid'], first[1]!.id])
    await again[0]!.ack()
  })

  test('a refused change leaves no event; new ones come while it is read', async () => {
    const adapter = open()
    const c = make(adapter, { audit: {} })
    await c.insert({ _id: 'a', n: 0 })
    const refused = await c.insert({ _id: 'a' }, event('never')).catch(error => error.code)
    assert.is(refused, 'duplicate')
    const a = (await c.get('a'))!
    const failing = a.edit(() => {
      throw new Error('mine')
    }, event('never'))
    await failing.catch(() => {})
    const taking = take(c, 3)
    for (let i = 0; i < 3; i++) {
      await new Promise(resolve => setTimeout(resolve, 30))
      await a.edit(d => void d.n++, event(`e${i}`))
    }
    assert.equal(types(await taking), ['e0', 'e1', 'e2'])
    assert.is((await c.historyOf('a')).length, 4)
    const stop = new AbortController()
    const reading = c.outbox({ signal: stop.signal }).next()
    stop.abort()
    assert.is((await reading).done, true)
  })

  test('two programs on one document: in the order of its commits', async () => {
    const adapter = open()
    const [c, other] = [make(adapter), make(adapter)]
    const a = await c.insert({ _id: 'a', n: 0 })
    const b = (await other.get('a'))!
    for (let i = 0; i < 10; i++) await [a, b][i % 2]!.edit(d => void (d.n = i + 1), event(`${i}`))
    assert.equal(
      types(await take(c, 10)),
      Array.from({ length: 10 }, (_, i) => `${i}`),
    )
  })

  test('what is refused', async () => {
    const adapter = open()
    const plain = createCollection<any>('orders', { adapter })
    assert.throws(() => plain.outbox(), code('bad-argument'))
    assert.throws(() => make(adapter).outbox({ x: 1 } as never), code('bad-argument'))
    assert.throws(() => make(adapter, { events: 1 }), code('bad-argument'))
    assert.throws(() => make(adapter, { concurrency: 'none' }), code('bad-argument'))
    await make(adapter).syncIndexes()
  })

  test.run()
}
