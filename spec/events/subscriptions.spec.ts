import { createStore } from 'cowslip'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { counter } from './counter.ts'

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

paths('`fields` hears a change of any of them, once', () => {
  const edits = [(d: any) => (d.n = 1), (d: any) => (d.a.b = 2), (d: any) => ((d.n = 5), (d.m = 5))]
  assert.equal(hears({ fields: ['n', 'm'] }, ...edits), [1, 0, 1])
  assert.equal(hears({ fields: [] }, ...edits), [0, 0, 0])
  assert.equal(hears({ fields: ['m'], path: 'a.b' }, ...edits), [0, 1, 1])
})

paths('a path hears changes at, above and below it', () => {
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

paths('select uses its own equality', () => {
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

paths('the length of an array is a place, told when it is another one', () => {
  const store = createStore<any>({ list: [1, 2], below: { list: [[1]] }, length: 'a field' })
  const heard: string[] = []
  for (const path of ['list.length', 'below.list.0.length', 'length']) {
    store.subscribe(() => heard.push(path), { path })
  }
  const edit = (recipe: (draft: any) => void): string => {
    heard.length = 0
    store.edit(recipe)
    return heard.join()
  }
  assert.is(
    edit(d => void d.list.push(3)),
    'list.length',
  )
  assert.is(
    edit(d => void (d.list[0] = 9)),
    '',
  )
  assert.is(
    edit(d => void (d.list = [9, 2, 4])),
    '',
  )
  assert.is(
    edit(d => void (d.list.length = 1)),
    'list.length',
  )
  assert.is(
    edit(d => void (d.list = [])),
    'list.length',
  )
  assert.is(
    edit(d => void delete d.list),
    'list.length',
  )
  assert.is(
    edit(d => void d.below.list[0].push(2)),
    'below.list.0.length',
  )
  assert.is(
    edit(d => void (d.length = 'other')),
    'length',
  )
  heard.length = 0
  store.undo()
  store.undo()
  assert.is(heard.join(), 'length,below.list.0.length')
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
