import { createStore, type Store } from 'cowslip'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { collected } from './collected.ts'

const test = suite('memory')

interface Doc {
  n: number
  a: { b: number }
  list: { x: number }[]
  at: Date
}

const sample = (): Store<Doc> =>
  createStore<Doc>({ n: 0, a: { b: 1 }, list: [{ x: 1 }], at: new Date(5) })

test('this spec can collect', () => assert.type(globalThis.gc, 'function'))

test('a dropped store is collectable, listeners, history of edits and all', async () => {
  const make = () => {
    const store = sample()
    store.subscribe(() => store.state, { path: 'a.b' })
    store.edit(d => void d.n++)
    store.begin().draft.n = 5
    return new WeakRef(store)
  }
  assert.ok(await collected(make()))
})

test('a dropped open edit is collectable while its store lives', async () => {
  const store = sample()
  const make = () => {
    const edit = store.begin()
    edit.draft.list.push({ x: 2 })
    edit.savepoint()
    edit.changeSet()
    return new WeakRef(edit)
  }
  const weak = make()
  store.edit(d => void d.n++)
  assert.ok(await collected(weak))
})

test('a stopped listener is collectable while its store lives', async () => {
  const store = sample()
  const make = (listen: (f: () => void) => () => void) => {
    const f = () => {}
    const stop = listen(f)
    store.edit(d => void d.n++)
    stop()
    return new WeakRef(f)
  }
  const listeners = [
    make(f => store.subscribe(f)),
    make(f => store.subscribe(f, { path: 'a.b.c' })),
    make(f => store.select(s => s.n, f)),
    make(f => store.on('error', f)),
  ]
  const controller = new AbortController()
  const { signal } = controller
  listeners.push(make(f => store.subscribe(f, { signal })))
  const events = new WeakRef(store.events({ signal }))
  controller.abort()
  for (const weak of [...listeners, events]) assert.ok(await collected(weak))
})

test('old snapshots and change sets are collectable', async () => {
  const store = sample()
  const old = new WeakRef(store.state)
  const change = new WeakRef(store.edit(d => void d.list.push({ x: 2 })) as object)
  store.edit(d => void d.n++)
  assert.ok(await collected(old))
  assert.ok(await collected(change))
})

test('a change set keeps no root alive', async () => {
  const store = sample()
  const old = new WeakRef(store.state)
  const change = store.edit(d => void d.n++)
  store.edit(d => void d.n++)
  assert.ok(await collected(old))
  assert.equal(change?.originals, { n: 0 })
})

test('a leaked draft keeps no store alive', async () => {
  let leaked: unknown
  const make = () => {
    const store = sample()
    store.edit(d => {
      leaked = d.a
      d.n++
    })
    return new WeakRef(store)
  }
  assert.ok(await collected(make()))
  assert.ok(leaked)
})

test('the heap is flat over 200,000 edits', () => {
  const store = sample()
  const edits = (count: number) => {
    for (let i = 0; i < count; i++) {
      store.edit(d => {
        d.a.b++
        d.list.push({ x: i })
        if (d.list.length > 5) d.list.shift()
        d.at.setTime(i)
      })
      if (i % 50 === 0) store.begin().draft.n = i
    }
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  const before = edits(20_000)
  const after = edits(200_000)
  assert.ok(after - before < 500_000, `${after - before} bytes more`)
})

test('a history of 10,000 edits of a document of 10 MB holds their ops, and no snapshot', () => {
  const items = Array.from({ length: 100_000 }, (_, id) => ({
    id,
    name: `entity ${id}`,
    on: false,
  }))
  const store = createStore({ items, n: 0 }, { history: { limit: 10_000 } })
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 10_000; i++) {
    const at = (i * 7) % 1_000
    if (i % 100 === 0) store.edit(d => void (d.items[at]!.on = !d.items[at]!.on))
    else store.edit(d => void d.n++)
  }
  globalThis.gc?.()
  const held = process.memoryUsage().heapUsed - before
  // A hundred of these snapshots alone are 80 MB of pointers.
  assert.ok(held < 15_000_000, `${held} bytes`)
  assert.is(store.history.past.length, 10_000)
  for (let i = 0; i < 10_000; i++) store.undo()
  assert.equal([store.state.n, store.state.items[0]?.on, store.canUndo], [0, false, false])
})

test.run()
