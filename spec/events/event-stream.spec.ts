import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
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

stream.run()
