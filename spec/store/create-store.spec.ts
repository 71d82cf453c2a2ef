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
  assert.throws(() => createStore({ a: { b: new Set() } }), /"a\.b"/)
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

const edit = suite('store.edit')
const sample = () => createStore<any>({ name: 'Ada', tags: ['math'], address: { city: 'London' } })

edit('commits a new snapshot that shares what was not touched', () => {
  const store = sample()
  const before = store.state
  const change = store.edit(d => (d.address.city = 'Paris'), { label: 'move', meta: { by: 1 } })
  assert.is(store.state.address.city, 'Paris')
  assert.is(before.address.city, 'London')
  assert.is(store.state.tags, before.tags)
  assert.is(store.version, 1)
  assert.equal(change?.touched, ['address'])
  assert.equal([change?.label, change?.meta, change?.origin], ['move', { by: 1 }, 'local'])
  assert.equal([change?.baseVersion, change?.version], [0, 1])
  assert.ok(Math.abs(Date.now() - (change?.at ?? 0)) < 10_000)
})

edit('gives null, and tells nobody, where nothing changed', () => {
  const store = sample()
  const before = store.state
  let heard = 0
  store.subscribe(() => heard++)
  for (const recipe of [() => {}, (d: any) => (d.name = 'Ada'), (d: any) => (d.tags = ['math'])]) {
    assert.is(store.edit(recipe), null)
  }
  assert.is(store.state, before)
  assert.is(store.version, 0)
  assert.is(heard, 0)
})

edit('what the recipe throws passes through, everything is discarded', () => {
  const store = sample()
  const before = store.state
  const mine = new Error('mine')
  try {
    store.edit(d => {
      d.name = 'x'
      throw mine
    })
    assert.unreachable()
  } catch (error) {
    assert.is(error, mine)
  }
  assert.is(store.state, before)
  assert.ok(store.edit(d => (d.name = 'y')))
})

edit('refuses a thenable, and swallows its rejection', async () => {
  const store = sample()
  assert.throws(
    () => store.edit(async d => ((d.name = 'x'), Promise.reject(new Error('later')))),
    code('async-recipe'),
  )
  assert.throws(() => store.edit(() => ({ then: (f: () => void) => f() })), code('async-recipe'))
  await new Promise(resolve => setTimeout(resolve, 5))
  assert.is(store.state.name, 'Ada')
})

edit('refuses a new container returned instead of edits', () => {
  const store = sample()
  assert.throws(() => store.edit(d => ({ ...d, name: 'x' })), code('returned-value'))
  assert.throws(() => store.edit(d => d.tags.filter(() => true)), code('returned-value'))
  assert.is(
    store.edit(d => d),
    null,
  )
  assert.is(
    store.edit(d => d.tags),
    null,
  )
  assert.ok(store.edit(d => (d.tags = ['x'])))
  assert.ok(store.edit(d => d.tags.push('y')))
})

edit('refuses a nested edit of the same store, in every form', () => {
  const store = sample()
  const other = createStore({ n: 0 })
  const open = store.begin()
  open.draft.name = 'open'
  const nested: (() => unknown)[] = [
    () => store.edit(() => {}),
    () => store.patch({ name: 'x' }),
    () => store.apply([]),
    () => open.commit(),
  ]
  for (const call of nested) assert.throws(() => store.edit(call), code('nested-edit'))
  assert.is(store.version, 0)
  store.edit(d => {
    d.name = 'outer'
    other.edit(o => void o.n++)
    assert.throws(() => store.edit(() => {}), code('nested-edit'))
  })
  assert.is(store.state.name, 'outer')
  assert.is(other.state.n, 1)
})

edit('refuses bad arguments', () => {
  const store = sample()
  for (const recipe of [null, undefined, 1, {}]) {
    assert.throws(() => store.edit(recipe as never), code('bad-argument'))
  }
  for (const options of [null, 1, { label: 1 }]) {
    assert.throws(() => store.edit(() => {}, options as never), code('bad-argument'))
  }
})

edit('refuses values that cannot be kept, state intact', () => {
  const store = sample()
  const before = store.state
  const bad: [unknown, string][] = [
    [new WeakMap(), 'unsupported-value'],
    [Symbol('s'), 'unsupported-value'],
    [{ a: [new Map()] }, 'unsupported-value'],
    [[1, undefined], 'hole'],
    [store, 'unsupported-value'],
  ]
  for (const [value, expected] of bad) {
    assert.throws(() => store.edit(d => (d.x = value)), code(expected))
    assert.throws(() => store.patch({ x: value }), code(expected))
  }
  assert.is(store.state, before)
})

edit('a leaked draft gives a clear error', () => {
  const store = sample()
  let leaked: any
  store.edit(d => {
    leaked = d.address
    d.name = 'x'
  })
  assert.throws(() => leaked.city, code('ended-draft'))
  assert.throws(() => store.edit(d => (d.copy = { leaked })), code('ended-draft'))
  assert.throws(() => store.patch({ copy: [leaked] }), code('ended-draft'))
  assert.throws(() => createStore({ leaked }), code('ended-draft'))
})

edit('all methods are bound', () => {
  const { edit, patch, begin, apply, subscribe, select, on } = sample()
  let heard = 0
  subscribe(() => heard++)
  select(
    (s: any) => s.name,
    () => heard++,
  )
  on('change', () => heard++)
  const change = edit(d => (d.name = 'x'))
  patch({ name: 'y' })
  begin().commit()
  apply([{ op: 'replace', path: ['name'], value: 'z' }])
  assert.is(heard, 9)
  assert.ok(change)
})

edit.run()

const patch = suite('store.patch')

patch('sets and removes top-level fields', () => {
  const store = createStore<any>({ a: 1, b: { c: 1 }, d: 1 })
  const before = store.state
  const value = { c: 2 }
  const change = store.patch(
    { a: 2, b: value, d: undefined, e: 5, none: undefined },
    { label: 'l' },
  )
  assert.equal(store.state, { a: 2, b: { c: 2 }, e: 5 })
  assert.is.not(store.state.b, value)
  assert.equal(change?.touched, ['a', 'b', 'd', 'e'])
  assert.equal(change?.originals, { a: 1, b: { c: 1 }, d: 1 })
  assert.is(change?.label, 'l')
  assert.equal(before, { a: 1, b: { c: 1 }, d: 1 })
})

patch('equal values are no change', () => {
  const store = createStore<any>({ a: 1, b: { c: 1 }, at: new Date(5) })
  assert.is(store.patch({ a: 1, b: { c: 1 }, at: new Date(5), x: undefined }), null)
  assert.is(store.version, 0)
})

patch('hostile keys are data', () => {
  const store = createStore<any>({})
  store.patch(JSON.parse('{"__proto__": {"bad": 1}, "constructor": 1}'))
  assert.equal(Object.keys(store.state), ['__proto__', 'constructor'])
  assert.is(store.state.bad, undefined)
})

patch('refuses what is no plain object', () => {
  const store = createStore<any>({ a: 1 })
  for (const partial of [null, 1, [], new Date(), new Map(), undefined]) {
    assert.throws(() => store.patch(partial as never), code('bad-argument'))
  }
  assert.throws(() => store.patch({ [Symbol('s')]: 1 }), code('unsupported-value'))
})

patch.run()

const apply = suite('store.apply')

apply('a change set of its own, and its inverse', () => {
  const store = createStore({ list: [{ n: 1 }, { n: 2 }], at: new Date(5) })
  const before = store.state
  const change = store.edit(d => {
    d.list.reverse()
    d.at.setTime(6)
  })
  const undone = store.apply(change!.invert())
  assert.equal(store.state, before)
  assert.is(undone?.origin, 'local')
  assert.ok(store.apply(undone!.invert()))
  assert.equal(store.state.list, [{ n: 2 }, { n: 1 }])
  assert.is(store.version, 3)
})

apply('an older one of its own, where nobody touched its keys', () => {
  const store = createStore({ a: { n: 1 }, b: 1 })
  const change = store.edit(d => (d.a.n = 2))!
  store.edit(d => (d.b = 2))
  store.apply(change.invert())
  assert.equal(store.state, { a: { n: 1 }, b: 2 })
})

apply('an older one of its own is never matched by value', () => {
  const store = createStore({ list: [{ n: 1 }, { n: 2 }] })
  const change = store.edit(d => void d.list.push({ n: 3 }))!
  store.edit(d => void d.list.unshift({ n: 0 }))
  store.edit(d => void d.list.shift())
  const before = store.state
  try {
    store.apply(change.invert())
    assert.unreachable()
  } catch (error) {
    assert.ok(code('conflict')(error))
    const [conflict, more] = (error as unknown as { conflicts: any[] }).conflicts
    assert.equal(conflict.path, ['list'])
    assert.is(more, undefined)
  }
  assert.is(store.state, before)
})

apply('one of another store that fits, keeping its id and origin', () => {
  const one = createStore<any>({ a: { b: 1 }, list: [1, 2] })
  const two = createStore<any>({ a: { b: 1 }, list: [1, 2], other: 1 })
  const change = one.edit(
    d => {
      d.a.b = 2
      d.list.push(3)
      d.at = new Date(5)
    },
    { label: 'l' },
  )!
  const taken = two.apply(change)!
  assert.equal(two.state, { a: { b: 2 }, list: [1, 2, 3], other: 1, at: new Date(5) })
  assert.equal([taken.id, taken.origin, taken.label], [change.id, 'remote', 'l'])
  assert.is.not(two.state.at, one.state.at)
})

apply('one that went over a wire gives values again', () => {
  const one = createStore<any>({ a: [1, 2] })
  const two = createStore<any>({ a: [1, 2] })
  const wire = JSON.stringify(one.edit(d => (d.a.unshift(0), (d.at = new Date(5)))))
  const read = ChangeSet.from(JSON.parse(wire))
  assert.throws(() => read.changes, code('needs-base'))
  const taken = two.apply(read)!
  assert.equal(taken.changes, { a: [0, 1, 2], at: new Date(5) })
  assert.equal(taken.patches.length, 2)
})

apply('one that does not fit is refused with its paths', () => {
  const from = (document: object, recipe: (d: any) => void) =>
    createStore<any>(document).edit(recipe)!
  const cases: [object, (d: any) => void, object, unknown[]][] = [
    [{ a: 1 }, d => (d.a = 2), { a: 5 }, ['a']],
    [{ a: 1 }, d => (d.a = 2), {}, ['a']],
    [{}, d => (d.a = 2), { a: 1 }, ['a']],
    [{ a: 1 }, d => delete d.a, { a: 2 }, ['a']],
    [{ a: { b: 1 } }, d => (d.a.b = 2), { a: 1 }, ['a']],
    [{ a: { b: 1 } }, d => (d.a.b = 2), { a: { b: 7 } }, ['a', 'b']],
    [{ a: [1, 2] }, d => d.a.push(3), { a: [1] }, ['a']],
    [{ a: [1, 2] }, d => d.a.shift(), { a: [5, 2] }, ['a', 0]],
    [{ a: [1, 2] }, d => (d.a[1] = 3), { a: { 0: 1, 1: 2 } }, ['a']],
    [{ a: [{ n: 1 }] }, d => (d.a[0].n = 3), { a: [{ n: 2 }] }, ['a', 0, 'n']],
  ]
  for (const [made, recipe, found, path] of cases) {
    const store = createStore<any>(found)
    const before = store.state
    try {
      store.apply(from(made, recipe))
      assert.unreachable()
    } catch (error) {
      assert.ok(code('conflict')(error))
      assert.equal(
        (error as any).conflicts.map((c: any) => c.path),
        [path],
      )
    }
    assert.is(store.state, before)
  }
})

apply('patches in the shape of Immer', () => {
  const store = createStore<any>({ a: { b: 1 }, list: [1, 2, 3], gone: 1 })
  const change = store.apply([
    { op: 'replace', path: ['a', 'b'], value: 2 },
    { op: 'add', path: ['a', 'c'], value: { d: 1 } },
    { op: 'remove', path: ['gone'] },
    { op: 'remove', path: ['list', 0] },
    { op: 'add', path: ['list', 0], value: 'x' },
    { op: 'add', path: ['list', '-'], value: 'y' },
    { op: 'replace', path: ['list', 1], value: 'z' },
  ])
  assert.equal(store.state, { a: { b: 2, c: { d: 1 } }, list: ['x', 'z', 3, 'y'] })
  assert.is(change?.origin, 'remote')
  assert.is(store.apply([]), null)
  store.apply([{ op: 'replace', path: ['list', 'length'], value: 1 }])
  assert.equal(store.state.list, ['x'])
})

apply('patches that do not fit, and hostile ones', () => {
  const store = createStore<any>({ a: { b: 1 }, list: [1] })
  const before = store.state
  const misfits = [
    { op: 'replace', path: ['x', 'y'], value: 1 },
    { op: 'remove', path: ['x'] },
    { op: 'remove', path: ['list', 1] },
    { op: 'replace', path: ['list', 1], value: 1 },
    { op: 'add', path: ['list', 5], value: 1 },
    { op: 'add', path: ['list', 'x'], value: 1 },
    { op: 'add', path: ['a', 'b', 'c'], value: 1 },
    { op: 'add', path: ['constructor', 'prototype', 'bad'], value: 1 },
    { op: 'add', path: ['__proto__', 'bad'], value: 1 },
  ]
  for (const patch of misfits) assert.throws(() => store.apply([patch as never]), code('conflict'))
  const bad = [
    null,
    1,
    {},
    { op: 'move', path: ['a'] },
    { op: 'add', path: [] },
    { op: 'add', path: 'a' },
  ]
  for (const patch of bad) assert.throws(() => store.apply([patch as never]), code('bad-argument'))
  for (const change of [null, undefined, 1, {}, 'x']) {
    assert.throws(() => store.apply(change as never), code('bad-argument'))
  }
  assert.is(store.state, before)
  store.apply([{ op: 'add', path: ['__proto__'], value: { bad: 1 } }])
  assert.is((store.state as any).bad, undefined)
  assert.is(({} as any).bad, undefined)
})

apply.run()

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
