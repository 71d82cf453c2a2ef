import { inspect } from 'node:util'
import { ChangeSet, createStore } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const test = suite('createStore')

test("wraps a frozen copy; the entity stays the caller's", () => {
  const entity = { name: 'Ada', tags: ['math'], at: new Date(5) }
  const store = createStore(entity)
  assert.equal(store.state, entity)
  assert.ok(Object.isFrozen(store.state) && Object.isFrozen(store.state.tags))
  assert.not(Object.isFrozen(entity) || Object.isFrozen(entity.tags))
  entity.tags.push('later')
  entity.at.setTime(9)
  assert.equal(store.state.tags, ['math'])
  assert.is(store.state.at.getTime(), 5)
  assert.is(store.version, 0)
})

test('drops keys that hold undefined', () => {
  assert.equal(Object.keys(createStore({ a: 1, b: undefined }).state), ['a'])
})

test('holds functions', () => {
  const f = () => 1
  const store = createStore<{ f?: () => number; g?: () => number }>({ f })
  assert.is(store.state.f, f)
  store.edit(d => (d.g = f))
  assert.is(store.state.g, f)
})

test('refuses another root, with a remedy', () => {
  for (const root of [
    null,
    undefined,
    1,
    'x',
    [],
    new Date(),
    new Map(),
    new (class A {})(),
    () => 1,
  ]) {
    assert.throws(() => createStore(root as never), code('bad-argument'))
  }
  assert.throws(() => createStore([1] as never), /`\{ value \}`/)
})

test('refuses bad options', () => {
  for (const options of [
    null,
    1,
    { leaves: 1 },
    { leaves: [1] },
    { leaves: [{ is: () => true }] },
  ]) {
    assert.throws(() => createStore({}, options as never), code('bad-argument'))
  }
})

test('refuses what it cannot track, with the path', () => {
  const loop: Record<string, unknown> = { a: {} }
  ;(loop.a as Record<string, unknown>).loop = loop
  assert.throws(() => createStore(loop), code('cycle'))
  assert.throws(() => createStore({ a: [1, , 3] }), code('hole'))
  assert.throws(() => createStore({ a: { b: new WeakSet() } }), /"a\.b"/)
})

test('knows leaves of the user', () => {
  class Money {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
  }
  const store = createStore(
    { price: new Money(1), log: [new Money(3)] },
    {
      leaves: [
        {
          is: v => v instanceof Money,
          equals: (a, b) => (a as Money).cents === (b as Money).cents,
        },
      ],
    },
  )
  assert.is(
    store.edit(d => (d.price = new Money(1))),
    null,
  )
  const change = store.edit(d => (d.price = new Money(2)))
  assert.is(store.state.price.cents, 2)
  assert.instance(change?.changes.price, Money)
})

test('a leaf with copy is tracked when it changes in place', () => {
  class Counter {
    n = 0
  }
  const copy = (v: unknown): Counter => Object.assign(new Counter(), v)
  const equals = (a: unknown, b: unknown): boolean => (a as Counter).n === (b as Counter).n
  const store = createStore(
    { c: new Counter() },
    { leaves: [{ is: v => v instanceof Counter, equals, copy }] },
  )
  const before = store.state
  assert.is(
    store.edit(d => void d.c.n),
    null,
  )
  store.edit(d => void d.c.n++)
  assert.is(before.c.n, 0)
  assert.is(store.state.c.n, 1)
})

test.run()

const hostile = suite('hostile input')

hostile('things that only look like a change set', () => {
  const store = createStore({ a: 1 })
  assert.throws(() => store.apply(Object.create(ChangeSet.prototype)), code('bad-argument'))
  assert.throws(() => new (ChangeSet as any)(), code('bad-argument'))
})

hostile('a class whose name is a trap', () => {
  class Trap {
    static get name(): string {
      throw new Error('never called')
    }
  }
  assert.throws(() => createStore({ a: new Trap() }), /an object of an unknown class/)
})

hostile('an edit that nests without end is refused, state intact', () => {
  const nest = (levels: number): object => {
    let value: object = { end: 1 }
    for (let i = 0; i < levels; i++) value = { value }
    return value
  }
  const store = createStore<any>({ value: 1 })
  let last = store.state
  const grow = () => {
    for (let i = 0; i < 100; i++) {
      last = store.state
      store.edit(d => {
        let at = d
        while (typeof at.value === 'object') at = at.value
        at.value = nest(900)
      })
    }
  }
  assert.throws(grow, code('unsupported-value'))
  assert.is(store.state, last)
})

hostile('more items at once than a call takes arguments', () => {
  const store = createStore<any>({ list: Array.from({ length: 300_000 }, (_, i) => i) })
  const change = store.edit(d => {
    d.list.splice(5, 1)
    d.list.splice(200_000, 1)
    d.list.splice(7, 0, ...Array(100_000).fill(-1))
  })
  assert.is(store.state.list.length, 399_998)
  store.apply(change!.invert())
  assert.is(store.state.list.length, 300_000)
})

hostile('a store, an open edit and a change set read well in the console', () => {
  const store = createStore({ a: 1 })
  const edit = store.begin()
  edit.draft.a = 2
  assert.is(inspect(store), 'Store { version: 0, state: { a: 1 } }')
  assert.is(inspect(edit), "Edit { open: true, baseVersion: 0, touched: [ 'a' ] }")
})

hostile.run()
