import * as assert from 'uvu/assert'
import { createStore } from 'cowslip'
import { code, suite } from '../../support/suite.ts'

const test = suite('what is assigned')

const late = (path: unknown[]) => (error: unknown) => {
  assert.equal((error as { details?: { path?: unknown } }).details?.path, path)
  return code('late-write')(error)
}

test('it is copied at that moment, read back or not, and the object stays as it was', () => {
  const DEFAULTS = { theme: 'light', sizes: [1] }
  const store = createStore<any>({})
  store.edit(d => {
    d.a = DEFAULTS
    d.b = DEFAULTS
    d.a.theme = 'dark'
    d.a.sizes.push(2)
  })
  assert.equal(store.state, {
    a: { theme: 'dark', sizes: [1, 2] },
    b: { theme: 'light', sizes: [1] },
  })
  assert.equal(DEFAULTS, { theme: 'light', sizes: [1] })
  assert.not(Object.isFrozen(DEFAULTS) || Object.isFrozen(DEFAULTS.sizes))
})

const LATE: Record<string, [recipe: (d: any, o: any) => void, path: unknown[]]> = {
  'a field': [(d, o) => ((d.x = o), (o.n = 2)), ['x', 'n']],
  'a field, after it was read': [
    (d, o) => ((d.x = o), d.x.kids.length, o.kids.push(1)),
    ['x', 'kids', 1],
  ],
  'a new field': [(d, o) => ((d.x = o), (o.extra = 1)), ['x', 'extra']],
  'a field that is gone': [(d, o) => ((d.x = o), delete o.n), ['x', 'n']],
  'an element pushed': [(d, o) => (d.l.push(o), (o.kids[0] = 3)), ['l', 1, 'kids', 0]],
  'an array shortened': [(d, o) => ((d.x = o), (o.kids.length = 0)), ['x', 'kids', 0]],
  'a named property of an array': [(d, o) => ((d.x = o), (o.kids.sum = 1)), ['x', 'kids', 'sum']],
  'a date': [(d, o) => ((d.x = o), o.due.setTime(5)), ['x', 'due']],
  'a date that was read': [
    (d, o) => ((d.x = o), d.x.due.setTime(7), o.due.setTime(5)),
    ['x', 'due'],
  ],
  'an entry': [(d, o) => (d.m.set('k', o), (o.n = 2)), ['m', 'k', 'n']],
  'below an entry': [(d, o) => ((d.x = { o }), o.map.set('k', 2)), ['x', 'o', 'map', 'k']],
  'an assigned array of it': [(d, o) => ((d.l = [...d.l, o]), (o.n = 2)), ['l', 1, 'n']],
  'with a draft beside it': [(d, o) => ((d.x = { o, draft: d.l }), (o.n = 2)), ['x', 'o', 'n']],
  'a draft that came later': [(d, o) => ((o.l = d.l), (d.x = o), (o.l = d.m)), ['x', 'l']],
  'once its copy was moved': [
    (d, o) => ((d.x = o), (d.y = d.x), delete d.x, (o.n = 2)),
    ['y', 'n'],
  ],
  'once its copy was edited': [
    (d, o) => ((d.x = o), (d.x.n = 5), (o.kids[0] = 9)),
    ['x', 'kids', 0],
  ],
  'in one of two places': [
    (d, o) => ((d.x = o), (d.y = d.x.kids), delete d.x, o.kids.push(1)),
    ['y', 1],
  ],
}

for (const [name, [recipe, path]] of Object.entries(LATE)) {
  test(`a late write is refused: ${name}`, () => {
    const o = { n: 1, kids: [0], due: new Date(0), map: new Map([['k', 1]]) }
    const store = createStore<any>({ l: [1], m: new Map() })
    const { state } = store
    assert.throws(() => store.edit(d => void recipe(d, o)), late(path))
    assert.is(store.state, state)
  })
}

test('a late write to a member of a Set is refused', () => {
  const store = createStore<any>({ s: new Set() })
  const o = { n: 1 }
  assert.throws(() => store.edit(d => void (d.s.add(o), (o.n = 2))), code('late-write'))
})

const FINE: Record<string, [recipe: (d: any, o: any) => void, expected: unknown]> = {
  nothing: [(d, o) => (d.x = o), { x: { n: 1, kids: [0] } }],
  'assigned again': [(d, o) => ((d.x = o), (o.n = 2), (d.x = o)), { x: { n: 2, kids: [0] } }],
  replaced: [(d, o) => ((d.x = o), (o.n = 2), (d.x = 1)), { x: 1 }],
  removed: [(d, o) => ((d.x = o), (o.n = 2), delete d.x), {}],
  'the field written through the draft': [
    (d, o) => ((d.x = o), (d.x.n = 5), (o.n = 2)),
    { x: { n: 5, kids: [0] } },
  ],
  'the part removed through the draft': [
    (d, o) => ((d.x = o), delete d.x.kids, o.kids.push(2)),
    { x: { n: 1 } },
  ],
  'written before': [(d, o) => ((o.n = 2), (d.x = o)), { x: { n: 2, kids: [0] } }],
  'written and written back': [
    (d, o) => ((d.x = o), (o.n = 2), (o.n = 1)),
    { x: { n: 1, kids: [0] } },
  ],
  'another order of keys': [
    (d, o) => ((d.x = o), delete o.n, (o.n = 1)),
    { x: { n: 1, kids: [0] } },
  ],
}

for (const [name, [recipe, expected]] of Object.entries(FINE)) {
  test(`no late write: ${name}`, () => {
    const store = createStore<any>({})
    store.edit(d => void recipe(d, { n: 1, kids: [0] }))
    assert.equal(store.state, expected)
  })
}

test('a held edit refuses at its commit alone, and rolling the path back mends it', () => {
  const store = createStore<any>({ x: 1 })
  const edit = store.begin()
  const o = { n: 1 }
  edit.draft.x = o
  edit.draft.y = 1
  o.n = 2
  assert.equal(edit.getChanges(), { x: { n: 1 }, y: 1 })
  assert.throws(() => edit.commit(), late(['x', 'n']))
  edit.rollback('x')
  edit.commit()
  assert.equal(store.state, { x: 1, y: 1 })
})

test('savepoints between an assignment and the end', () => {
  const store = createStore<any>({ l: [] })
  const edit = store.begin()
  const o = { n: 1, kids: [] as number[] }
  edit.draft.l.push(o)
  const savepoint = edit.savepoint()
  const held = edit.draft.l[0]
  held.kids.push(5)
  edit.draft.x = { held }
  edit.rollback(savepoint)
  assert.equal(held, { n: 1, kids: [] })
  held.n = 7
  assert.ok(edit.draft.l.includes(o))
  edit.commit()
  assert.equal(store.state, { l: [{ n: 7, kids: [] }] })
  assert.equal(o, { n: 1, kids: [] })
})

test('what was put in is found by the object that it came from, before and after a read', () => {
  const [o, p] = [{ n: 1 }, { n: 2 }]
  const store = createStore<any>({ l: [{ n: 0 }], s: new Set([1]) })
  store.edit(d => {
    d.l.push(o, p)
    for (const read of [false, true]) {
      if (read) for (const item of d.l) void item.n
      assert.equal(
        [d.l.indexOf(o), d.l.lastIndexOf(p), d.l.includes(o), d.l.includes({ n: 1 })],
        [1, 2, true, false],
      )
      assert.is(d.l.filter((x: unknown) => x !== o).length, 2)
      assert.is(
        d.l.findIndex((x: unknown) => x === p),
        2,
      )
      assert.is.not(d.l[1], o)
    }
    const seen: unknown[] = []
    d.l[1].n = 5
    d.l.some((x: unknown) => void seen.push(x))
    assert.is(seen[1], d.l[1], 'an edited copy is shown as its draft')
    assert.is(seen[2], p)
    assert.ok(d.l.includes(o), 'an edited copy is found all the same')
    d.list = [o, { p }]
    assert.is(d.list.indexOf(o), 0)
    assert.is(d.list.filter((x: unknown) => x !== o).length, 1)
    d.s.add(o).add(o)
    assert.equal(
      [d.s.size, d.s.has(o), d.s.has(p), d.s.delete(o), d.s.has(o)],
      [2, true, false, true, false],
    )
    d.set = new Set([o, p])
    assert.equal([d.set.has(p), d.set.delete(p), d.set.add(o).size], [true, true, 1])
  })
})

test('a predicate that writes to the object it is given is a late write', () => {
  const store = createStore<any>({ l: [] })
  assert.throws(
    () =>
      store.edit(d => {
        d.l.push({ n: 1 })
        d.l.find((x: any) => (x.n = 2) > 2)
      }),
    late(['l', 0, 'n']),
  )
})

test('an object met twice in one assignment is copied once: 20 levels of pairs are 21 nodes', () => {
  let x: object = {}
  for (let i = 0; i < 20; i++) x = { l: x, r: x }
  const store = createStore<any>({})
  store.edit(d => void (d.x = x))
  const nodes = new Set<object>()
  const visit = (node: any): void => {
    if (nodes.has(node)) return
    nodes.add(node)
    for (const below of Object.values(node)) visit(below)
  }
  visit(store.state.x)
  assert.is(nodes.size, 21)
  const wrapped = createStore<any>({ x }).state.x
  assert.ok(wrapped.l.l === wrapped.r.r, 'wrapped too')
  store.edit(d => {
    d.x.l.l.n = 1
    assert.is(d.x.r.l.n, undefined)
    assert.ok(Object.is(d.x.l, d.x.l) && !Object.is(d.x.l, d.x.r))
  })
})

test('a graph with a draft at its bottom is taken in as fast, and each place is edited alone', () => {
  const store = createStore<any>({ y: { n: 1 } })
  store.edit(d => {
    let x: object = { y: d.y }
    for (let i = 0; i < 20; i++) x = { l: x, r: x }
    d.x = x
    d.y.n = 2
    d.x.l.r.extra = 1
  })
  const { x, y } = store.state
  assert.is(x.l.l, x.r.r)
  assert.equal(
    [Object.keys(x.l.r), Object.keys(x.r.r)],
    [
      ['l', 'r', 'extra'],
      ['l', 'r'],
    ],
  )
  let at = x
  while (at.l) at = at.l
  assert.is(at.y, y)
  assert.equal(y, { n: 2 })
})

test('drafts inside what is assigned go on', () => {
  const store = createStore<any>({ a: { n: 1 }, list: [{ n: 1 }], due: new Date(1) })
  store.edit(d => {
    d.b = {
      first: d.list[0],
      pair: [d.a, d.a],
      due: d.due,
      set: new Set([d.a]),
      map: new Map([['a', d.a]]),
    }
    d.a.n = 2
    d.list[0].n = 3
    d.due.setTime(9)
    d.b.pair[1].more = true
  })
  const { a, b } = store.state
  assert.equal(a, { n: 2, more: true })
  assert.equal(b.first, { n: 3 })
  assert.equal([b.pair[0] === a, b.map.get('a') === a, b.set.has(a)], [true, true, true])
  assert.is(b.due.getTime(), 9)
})

test('a draft of another edit is taken as what it shows then', () => {
  const other = createStore<any>({ n: { v: 1, due: new Date(1) } }).begin()
  const store = createStore<any>({})
  store.edit(d => {
    d.x = other.draft.n
    d.y = { in: other.draft.n }
    other.draft.n.v = 2
    other.rollback()
  })
  assert.equal(store.state.x, { v: 1, due: new Date(1) })
  assert.equal(store.state.y.in.v, 1)
})

test('an object of a frozen snapshot, with a date in it, is known as that element', () => {
  const store = createStore<any>({
    l: [{ id: 'x', at: new Date(1) }, { at: new Date(2) }, { at: new Date(3) }],
  })
  const { l } = store.state
  const change = store.edit(d => void (d.l = l.filter((_: unknown, i: number) => i !== 1)))
  assert.is(store.state.l[1], l[2])
  assert.equal((change as any).ops.keys.get('l').runs, [
    { keep: 0, count: 1 },
    { keep: 2, count: 1 },
  ])
})

test('a value that no store holds is refused at its assignment', () => {
  const store = createStore<any>({ l: [] })
  store.edit(d => {
    assert.throws(() => (d.x = new WeakMap()), code('unsupported-value'))
    assert.throws(() => d.l.push(1, Symbol('s')), code('unsupported-value'))
    const o: any = {}
    o.self = o
    assert.throws(() => (d.x = o), code('cycle'))
  })
  assert.equal(store.state, { l: [] })
})

test.run()
