import type { ErrorEvent } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { counter } from './counter.ts'

/** Runs `act` with `console.error` caught; gives what it was told. */
function silently(act: () => void): unknown[] {
  const told: unknown[] = []
  const original = console.error
  console.error = (error: unknown) => void told.push(error)
  try {
    act()
  } finally {
    console.error = original
  }
  return told
}

const tick = () => new Promise(resolve => setTimeout(resolve, 2))

const delivery = suite('delivery of events')

delivery('each commit is one event, with both snapshots', () => {
  const store = counter()
  const heard: unknown[] = []
  const before = store.state
  store.subscribe((change, { state, previous }) => heard.push([change, state, previous]))
  const change = store.edit(d => {
    d.n = 1
    d.m = 1
  })
  assert.equal(heard.length, 1)
  const [first] = heard as [unknown[]]
  assert.is(first[0], change)
  assert.is(first[1], store.state)
  assert.is(first[2], before)
})

delivery('listeners hear in the order in which they were added, of whatever kind', () => {
  const store = counter()
  const order: string[] = []
  store.subscribe(() => order.push('all'))
  store.select(
    s => s.n,
    () => order.push('select'),
  )
  store.subscribe(() => order.push('path'), { path: 'n' })
  store.on('change', () => order.push('on'))
  store.subscribe(() => order.push('field'), { fields: ['n'] })
  store.edit(d => (d.n = 1))
  assert.equal(order, ['all', 'select', 'path', 'on', 'field'])
})

delivery('an edit by a listener is applied at once, its event waits its turn', () => {
  const store = counter()
  const heard: string[] = []
  store.subscribe((_, { state }) => {
    heard.push(`A${state.n}`)
    if (state.n === 1) {
      const nested = store.edit(d => (d.n = 2))
      assert.equal(nested?.changes, { n: 2 })
      assert.is(store.state.n, 2)
    }
  })
  store.subscribe((_, { state }) => heard.push(`B${state.n}${store.state.n}`))
  store.edit(d => (d.n = 1))
  assert.equal(heard, ['A1', 'B12', 'A2', 'B22'])
})

delivery('a listener that throws starves nobody, and is reported', () => {
  const store = counter()
  const mine = new Error('mine')
  let heard = 0
  const errors: ErrorEvent[] = []
  store.subscribe(function broken() {
    throw mine
  })
  store.subscribe(() => heard++)
  const told = silently(() => assert.ok(store.edit(d => (d.n = 1))))
  assert.equal(told, [mine])
  store.on('error', e => errors.push(e))
  assert.equal(
    silently(() => store.edit(d => (d.n = 2))),
    [],
  )
  assert.is(heard, 2)
  assert.equal(errors, [{ type: 'error', error: mine, listener: 'broken' }])
  assert.ok(Object.isFrozen(errors[0]))
})

delivery('a listener that rejects is reported', async () => {
  const store = counter()
  const mine = new Error('mine')
  const errors: ErrorEvent[] = []
  store.on('error', e => errors.push(e))
  store.subscribe(async function later() {
    throw mine
  })
  store.edit(d => (d.n = 1))
  await tick()
  assert.equal(
    errors.map(e => [e.error, e.listener]),
    [[mine, 'later']],
  )
})

delivery('a listener of errors that throws goes to the console', () => {
  const store = counter()
  const worse = new Error('worse')
  store.on('error', () => {
    throw worse
  })
  store.subscribe(() => {
    throw new Error('mine')
  })
  assert.equal(
    silently(() => store.edit(d => (d.n = 1))),
    [worse],
  )
})

delivery('listeners added during delivery hear the next event', () => {
  const store = counter()
  const heard: number[] = []
  let once = true
  store.subscribe(() => {
    if (!once) return
    once = false
    store.edit(d => (d.n = 2))
    store.subscribe((_, { state }) => heard.push(state.n))
    store.edit(d => (d.n = 3))
  })
  store.edit(d => (d.n = 1))
  assert.equal(heard, [3])
})

delivery('listeners removed during delivery hear nothing more', () => {
  const store = counter()
  let heard = 0
  let stopLater = () => {}
  store.subscribe(() => stopLater())
  stopLater = store.subscribe(() => heard++)
  store.edit(d => (d.n = 1))
  store.edit(d => (d.n = 2))
  assert.is(heard, 0)
  const stopSelf = store.subscribe(() => (heard++, stopSelf()))
  store.edit(d => (d.n = 3))
  store.edit(d => (d.n = 4))
  assert.is(heard, 1)
})

delivery('a loop of edits is cut after 100, and its listener named', () => {
  const store = counter()
  const errors: any[] = []
  store.on('error', e => errors.push(e.error))
  store.subscribe(function chaser() {
    store.edit(d => void d.n++)
  })
  store.edit(d => void d.n++)
  assert.is(store.state.n, 101)
  assert.is(errors.length, 1)
  assert.is(errors[0].code, 'listener-loop')
  assert.equal(errors[0].details, { listener: 'chaser', limit: 100 })
  store.edit(d => void d.m++)
  assert.is(store.state.m, 1)
})

delivery('many edits by one listener are no loop', () => {
  const store = counter()
  store.subscribe(
    () => {
      for (let i = 0; i < 500; i++) store.edit(d => void d.m++)
    },
    { fields: ['n'] },
  )
  store.edit(d => (d.n = 1))
  assert.is(store.state.m, 500)
})

delivery('two stores that edit each other in a circle are cut too', () => {
  const [one, two] = [counter(), counter()]
  const errors: any[] = []
  for (const store of [one, two]) store.on('error', e => errors.push((e.error as any).code))
  one.subscribe(() => void two.edit(d => void d.n++))
  two.subscribe(() => void one.edit(d => void d.n++))
  one.edit(d => void d.n++)
  assert.ok(errors.includes('listener-loop'), String(errors))
  assert.ok(one.state.n < 300)
})

delivery('an aborted signal ends a subscription, before and after it began', () => {
  const store = counter()
  const controller = new AbortController()
  const { signal } = controller
  let heard = 0
  store.subscribe(() => heard++, { signal })
  store.select(
    s => s.n,
    () => heard++,
    { signal },
  )
  store.on('change', () => heard++, { signal })
  store.edit(d => (d.n = 1))
  assert.is(heard, 3)
  controller.abort()
  store.subscribe(() => heard++, { signal })
  store.edit(d => (d.n = 2))
  assert.is(heard, 3)
})

delivery('the same function may listen twice; stopping twice is fine', () => {
  const store = counter()
  let heard = 0
  const listener = () => heard++
  const stop = store.subscribe(listener)
  store.subscribe(listener)
  store.edit(d => (d.n = 1))
  assert.is(heard, 2)
  stop()
  stop()
  store.edit(d => (d.n = 2))
  assert.is(heard, 3)
})

delivery('refuses bad arguments', () => {
  const store = counter()
  const f = () => {}
  const bad: (() => unknown)[] = [
    () => store.subscribe(null as never),
    () => store.subscribe(f, null as never),
    () => store.subscribe(f, { fields: 'n' as never }),
    () => store.subscribe(f, { fields: [1] as never }),
    () => store.subscribe(f, { path: 5 as never }),
    () => store.subscribe(f, { signal: {} as never }),
    () => store.select(1 as never, f),
    () => store.select(f, 1 as never),
    () => store.select(f, f, { equals: 1 as never }),
    () => store.on('nothing' as never, f),
    () => store.on('change', 1 as never),
    () => store.events({ signal: 1 as never }),
  ]
  for (const call of bad) assert.throws(call, code('bad-argument'))
})

delivery.run()
