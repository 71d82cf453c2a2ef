import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { counter } from './counter.ts'

const stream = suite('store.events')

stream('is an async iterable of every event from the call on', async () => {
  const store = counter()
  store.edit(d => (d.n = 1))
  const events = store.events()
  store.edit(d => (d.n = 2))
  const edit = store.begin()
  edit.draft.n = 3
  edit.rollback()
  const types: unknown[] = []
  for await (const event of events) {
    assert.ok(Object.isFrozen(event))
    types.push(event.type === 'change' ? event.state.n : event.type)
    if (types.length === 2) setTimeout(() => store.edit(d => (d.n = 4)), 1)
    if (types.length === 3) break
  }
  assert.equal(types, [2, 'rollback', 4])
  assert.equal(await events.next(), { done: true, value: undefined })
})

stream('ends with its signal, after what it kept', async () => {
  const store = counter()
  const controller = new AbortController()
  const events = store.events({ signal: controller.signal })
  store.edit(d => (d.n = 1))
  controller.abort()
  store.edit(d => (d.n = 2))
  const heard: unknown[] = []
  for await (const event of events) heard.push(event.type)
  assert.equal(heard, ['change'])
  const late = store.events({ signal: controller.signal })
  assert.is((await late.next()).done, true)
})

stream('gives waiting readers their end', async () => {
  const store = counter()
  const events = store.events()
  const waiting = [events.next(), events.next()]
  await events.return?.()
  assert.equal(
    (await Promise.all(waiting)).map(r => r.done),
    [true, true],
  )
})

stream('a reader that falls behind is told how many events it missed', async () => {
  const store = counter()
  const events = store.events({ limit: 3 })
  for (let n = 1; n <= 5; n++) store.edit(d => (d.n = n))
  const next = async (): Promise<unknown> => {
    const { value: event } = await events.next()
    if (event.type === 'missed') assert.ok(Object.isFrozen(event))
    return event.type === 'change' ? event.state.n : event
  }
  assert.equal(await next(), { type: 'missed', count: 2 })
  assert.equal([await next(), await next(), await next()], [3, 4, 5])
  const waiting = next()
  store.edit(d => (d.n = 6))
  assert.is(await waiting, 6)
  for (let n = 7; n <= 10; n++) store.edit(d => (d.n = n))
  assert.equal(await next(), { type: 'missed', count: 1 })
  await events.return?.()
  assert.equal(await events.next(), { done: true, value: undefined })
})

stream('1,024 events are kept, unless told otherwise', async () => {
  const store = counter()
  const [bounded, all] = [store.events(), store.events({ limit: Infinity })]
  for (let n = 1; n <= 3_000; n++) store.edit(d => (d.n = n))
  assert.equal((await bounded.next()).value, { type: 'missed', count: 3_000 - 1_024 })
  assert.is((await all.next()).value.type, 'change')
  for (const limit of [0, -1, 1.5, NaN, '3']) {
    assert.throws(() => store.events({ limit: limit as number }), code('bad-argument'))
  }
})

stream.run()
