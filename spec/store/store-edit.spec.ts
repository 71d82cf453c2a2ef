import { createStore } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

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
    [{ a: [new WeakMap()] }, 'unsupported-value'],
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
