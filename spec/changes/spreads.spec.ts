import * as assert from 'uvu/assert'
import { ChangeSet, createStore, diff } from 'cowslip'
import { toMongoUpdate } from 'cowslip/mongodb'
import { code, suite } from '../support/suite.ts'
import { GONE, ROWS, type Told } from './spreads.ts'

const test = suite('containers assigned over containers')

/** An op in the short form of the table. */
function short(op: any): Told {
  if (op.kind === 'set') return { set: op.value }
  if (op.kind === 'unset') return GONE
  if (op.kind === 'object') return { keys: keysOf(op.keys) }
  return { runs: op.runs, edits: keysOf(op.edits ?? new Map()) }
}

const keysOf = (ops: ReadonlyMap<any, unknown>): Record<string, Told> =>
  Object.fromEntries([...ops].map(([key, op]) => [key, short(op)]))

for (const { name, base, write, told } of ROWS) {
  test(`${name} is told as what differs, in an edit, by patch and by diff`, () => {
    const store = createStore<any>(base)
    const change = store.edit(d => void write(d))
    assert.is(change === null, Object.keys(told).length === 0)
    assert.equal(change === null ? {} : keysOf(change.ops.keys), told)
    if (change === null) return assert.is(store.version, 0)

    const whole = JSON.parse(JSON.stringify(store.state))
    const patched = createStore<any>(base)
    const partial = Object.fromEntries(change.touched.map(key => [key, whole[key]]))
    const byPatch = patched.patch(partial) as ChangeSet
    assert.equal(patched.state, whole)
    assert.equal(keysOf(diff(base, whole).ops.keys), keysOf(byPatch.ops.keys))
    if (!name.includes('sorted')) assert.equal(keysOf(byPatch.ops.keys), told)

    // Nothing is larger than the whole value would be.
    const size = (value: unknown): number => JSON.stringify(value).length
    const sent = size(toMongoUpdate(change))
    const all = size({ $set: partial })
    const plain = Object.values(told).every(op => op !== GONE && 'set' in op)
    if (plain) assert.ok(sent <= all, `${sent} of ${all}`)
    const undone = createStore<any>(store.state)
    undone.apply(ChangeSet.from(JSON.parse(JSON.stringify(change.invert()))))
    assert.equal(undone.state, base)
  })
}

test('a spread does not clash with the edit of another field', () => {
  const base = {
    address: { city: 'London', zip: 'E1' },
    l: [
      { id: 1, n: 1 },
      { id: 2, n: 2 },
    ],
  }
  const [mine, theirs] = [createStore<any>(base), createStore<any>(base)]
  const ours = mine.edit(d => {
    d.address = { ...d.address, city: 'Paris' }
    d.l = d.l.map((x: any) => (x.id === 1 ? { ...x, n: 5 } : x))
  }) as ChangeSet
  const other = theirs.edit(d => {
    d.address.zip = '75'
    d.l = [{ id: 0 }, ...d.l.map((x: any) => (x.id === 2 ? { ...x, n: 7 } : x))]
  }) as ChangeSet
  theirs.apply(ours.rebase(other))
  assert.equal(theirs.state, {
    address: { city: 'Paris', zip: '75' },
    l: [{ id: 0 }, { id: 1, n: 5 }, { id: 2, n: 7 }],
  })
})

test('two appends to an empty array both stay', () => {
  const [mine, theirs] = [createStore<any>({ l: [] }), createStore<any>({ l: [] })]
  const ours = mine.edit(d => (d.l = [...d.l, 'a']) && undefined) as ChangeSet
  const other = diff({ l: [] }, { l: ['b'] })
  theirs.apply(other)
  theirs.apply(ours.rebase(other))
  assert.equal(theirs.state.l, ['b', 'a'])
})

test('`keyed` says what tells elements apart, by field or function', () => {
  const base = {
    rows: [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 1 },
    ],
    cells: [{ at: [0, 1], v: 1 }],
  }
  const store = createStore<any>(base, {
    keyed: { rows: 'sku', cells: ({ at }: { at: number[] }) => at.join() },
  })
  const change = store.edit(d => {
    d.rows = [
      { sku: 'b', n: 2 },
      { sku: 'c', n: 1 },
    ]
    d.cells = [{ at: [0, 1], v: 9 }]
  })
  assert.equal(keysOf((change as ChangeSet).ops.keys), {
    rows: {
      runs: [{ keep: 1, count: 1 }, { insert: [{ sku: 'c', n: 1 }] }],
      edits: { 1: { keys: { n: { set: 2 } } } },
    },
    cells: { runs: null, edits: { 0: { keys: { v: { set: 9 } } } } },
  })
  assert.throws(() => createStore({}, { keyed: { a: 5 as never } }), code('bad-argument'))
  assert.throws(() => createStore({}, { keyed: 5 as never }), code('bad-argument'))
})

test('`atomic`: an edit at or below a path is a set of all that stands there', () => {
  const base = {
    box: { x: 1, y: 1 },
    shapes: [{ id: 1, box: { x: 1, y: 1 }, on: true }],
    by: { a: { box: { x: 1 } } },
  }
  const store = createStore<any>(base, { atomic: ['box', 'shapes.*.box', 'by.*.box'] })
  const expected = {
    box: { set: { x: 2, y: 1 } },
    shapes: {
      runs: null,
      edits: { 0: { keys: { box: { set: { x: 5, y: 1 } }, on: { set: false } } } },
    },
    by: { keys: { a: { keys: { box: { set: { x: 7 } } } } } },
  }
  const change = store.edit(d => {
    d.box.x = 2
    d.shapes[0].box.x = 5
    d.shapes[0].on = false
    d.by.a.box.x = 7
  }) as ChangeSet
  assert.equal(keysOf(change.ops.keys), expected)
  const { state } = store
  store.undo()
  assert.equal(store.state, base)
  assert.equal(keysOf((store.patch(state) as ChangeSet).ops.keys), expected)
  store.undo()
  const spread = store.edit(d => {
    d.shapes = d.shapes.map((s: any) => ({ ...s, on: false, box: { ...s.box, x: 5 } }))
    d.box = { ...d.box, x: 2 }
  }) as ChangeSet
  assert.equal(keysOf(spread.ops.keys).box, expected.box)
  assert.equal(keysOf(spread.ops.keys).shapes, expected.shapes)
  assert.throws(() => createStore({}, { atomic: 'box' as never }), code('bad-argument'))
})

test('the snapshot has the order of keys that the draft showed, and shares what is equal', () => {
  const base = { o: { a: 1, b: { x: 1 }, c: 3 } }
  const store = createStore<any>(base)
  const { b } = store.state.o
  store.edit(d => {
    const { a, ...rest } = d.o
    d.o = { ...JSON.parse(JSON.stringify(rest)), a: a + 1 }
  })
  assert.equal(Object.keys(store.state.o), ['b', 'c', 'a'])
  assert.is(store.state.o.b, b)
})

test.run()
