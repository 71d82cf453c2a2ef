import { createStore, type ErrorEvent } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const counter = () =>
  createStore<any>({ n: 0, m: 0, a: { b: 1, c: 1 }, list: [{ x: 1 }, { x: 2 }] })

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

const paths = suite('what a subscription hears')

/** How often a listener with these options hears of each edit. */
function hears(options: object, ...edits: ((d: any) => void)[]): number[] {
  const store = counter()
  let heard = 0
  store.subscribe(() => heard++, options)
  return edits.map(recipe => {
    heard = 0
    store.edit(recipe)
    return heard
  })
}

paths('fields: any of them, once', () => {
  const edits = [(d: any) => (d.n = 1), (d: any) => (d.a.b = 2), (d: any) => ((d.n = 5), (d.m = 5))]
  assert.equal(hears({ fields: ['n', 'm'] }, ...edits), [1, 0, 1])
  assert.equal(hears({ fields: [] }, ...edits), [0, 0, 0])
  assert.equal(hears({ fields: ['m'], path: 'a.b' }, ...edits), [0, 1, 1])
})

paths('a path: at, above and below it', () => {
  const edits = [
    (d: any) => (d.a.b = 2),
    (d: any) => (d.a.c = 2),
    (d: any) => (d.a = { b: 3, c: 2 }),
    (d: any) => (d.a = { b: 3, c: 9 }),
    (d: any) => delete d.a,
    (d: any) => (d.a = { b: { deep: 1 } }),
    (d: any) => (d.a.b.deep = 2),
  ]
  assert.equal(hears({ path: 'a.b' }, ...edits), [1, 0, 1, 0, 1, 1, 1])
  assert.equal(hears({ path: ['a', 'b'] }, ...edits), [1, 0, 1, 0, 1, 1, 1])
  assert.equal(hears({ path: 'a' }, ...edits), [1, 1, 1, 1, 1, 1, 1])
  assert.equal(hears({ path: [] }, ...edits), [1, 1, 1, 1, 1, 1, 1])
})

paths('below an array whose elements moved: where another value stands now', () => {
  const edits = [
    (d: any) => d.list.push({ x: 3 }),
    (d: any) => (d.list[0].x = 9),
    (d: any) => d.list.reverse(),
    (d: any) => d.list.splice(1, 1),
    (d: any) => (d.list = []),
  ]
  assert.equal(hears({ path: 'list.0' }, ...edits), [0, 1, 1, 0, 1])
  assert.equal(hears({ path: 'list.1' }, ...edits), [0, 0, 0, 1, 1])
  assert.equal(hears({ path: ['list', 2, 'x'] }, ...edits), [1, 0, 1, 1, 0])
  assert.equal(hears({ path: 'list' }, ...edits), [1, 1, 1, 1, 1])
})

paths('hostile keys are ordinary keys', () => {
  const store = createStore<any>(JSON.parse('{"__proto__": {"x": 1}}'))
  let heard = 0
  store.subscribe(() => heard++, { path: ['__proto__', 'x'] })
  store.subscribe(() => heard++, { path: ['constructor'] })
  store.edit(d => (d.__proto__.x = 2))
  assert.is(heard, 1)
  store.edit(d => (d.constructor = 2))
  assert.is(heard, 2)
})

paths('dispatch follows the touched paths, not the number of listeners', () => {
  const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, { v: 0 }]))
  const store = createStore<any>({ wide })
  let heard = 0
  const stops = Object.keys(wide).map(key =>
    store.subscribe(() => heard++, { path: ['wide', key, 'v'] }),
  )
  const reads = countReads(() => store.edit(d => (d.wide.k7.v = 1)))
  assert.is(heard, 1)
  assert.ok(reads < 50, `${reads} look-ups for one touched path among 2,000 listeners`)
  for (const stop of stops) stop()
  store.edit(d => (d.wide.k7.v = 2))
  assert.is(heard, 1)
})

/** How often own keys are looked up, which every step of the index does. */
function countReads(act: () => void): number {
  const original = Object.hasOwn
  let reads = 0
  Object.hasOwn = (object, key) => (reads++, original(object, key))
  try {
    act()
  } finally {
    Object.hasOwn = original
  }
  return reads
}

paths('select hears when the selected value is another', () => {
  const store = counter()
  const heard: unknown[] = []
  store.select(
    s => s.a.b,
    (value, previous, change) => heard.push([value, previous, change.touched]),
  )
  store.edit(d => (d.n = 1))
  store.edit(d => (d.a.b = 5))
  store.edit(d => (d.a.c = 5))
  assert.equal(heard, [[5, 1, ['a']]])
})

paths('select with its own equality', () => {
  const store = counter()
  const heard: unknown[] = []
  store.select(
    s => [s.n % 2],
    v => heard.push(v),
    { equals: (a, b) => a[0] === b[0] },
  )
  for (const n of [2, 4, 5, 7, 8]) store.edit(d => (d.n = n))
  assert.equal(heard, [[1], [0]])
})

paths('a selector that throws: now to the caller, later as an error', () => {
  const store = counter()
  assert.throws(
    () =>
      store.select(
        () => {
          throw new Error('mine')
        },
        () => {},
      ),
    /mine/,
  )
  const errors: unknown[] = []
  store.on('error', e => errors.push(e.listener))
  store.select(
    s => s.a.b,
    function broken() {},
  )
  store.edit(d => delete d.a)
  assert.equal(errors, ['broken'])
})

paths.run()

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
