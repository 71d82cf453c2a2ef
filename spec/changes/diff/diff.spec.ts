import * as assert from 'uvu/assert'
import { createStore, diff } from 'cowslip'
import { code, suite } from '../../support/suite.ts'

const test = suite('diff')

/** What it says, and that it leads from the one to the other. */
function told(base: any, next: any, keyed?: Record<string, string>): any {
  const change = diff(base, next, keyed && { keyed })
  const store = createStore(base)
  if (!change.isEmpty) store.apply(change)
  assert.equal(store.state, next)
  return change.ops
}

const opAt = (ops: any, key: string): any => ops.keys.get(key)
const elements = (...ids: number[]): any[] => ids.map(id => ({ id, n: 1 }))

test('equal states differ in nothing, and shared ones are not looked at', () => {
  assert.ok(diff({ a: { b: [1, new Date(5)] } }, { a: { b: [1, new Date(5)] } }).isEmpty)
  const store = createStore({ big: { list: elements(1, 2, 3) }, n: 1 })
  const { state } = store
  store.edit(d => void d.n++)
  const change = diff(state, store.state)
  assert.equal(change.touched, ['n'])
})

test('objects are compared key by key', () => {
  const ops = told({ a: 1, b: { c: 1, d: 2 }, e: 1 }, { a: 1, b: { c: 5, d: 2 }, f: 2 })
  assert.equal([...ops.keys.keys()], ['e', 'b', 'f'])
  assert.equal(opAt(ops, 'b').keys.get('c'), { kind: 'set', value: 5, old: 1 })
})

test('arrays by value: inserts and removals stay such', () => {
  const { runs } = opAt(told({ l: [1, 2, 3, 4, 5] }, { l: [1, 9, 2, 4, 5, 6] }), 'l')
  assert.equal(runs, [
    { keep: 0, count: 1 },
    { insert: [9] },
    { keep: 1, count: 1 },
    { keep: 3, count: 2 },
    { insert: [6] },
  ])
  assert.is(opAt(told({ l: [1, 2] }, { l: [7, 8] }), 'l').kind, 'set', 'nothing in common')
  assert.equal(opAt(told({ l: [1] }, { l: [] }), 'l').runs, [])
  assert.equal(opAt(told({ l: [] }, { l: [1] }), 'l').runs, [{ insert: [1] }])
})

test('an element that is like the one in its place is an edit of that', () => {
  const base = { l: [...elements(1, 2, 3)] }
  const op = opAt(
    told(base, {
      l: [
        { id: 1, n: 1 },
        { id: 2, n: 9 },
        { id: 3, n: 1 },
      ],
    }),
    'l',
  )
  assert.is(op.runs, null)
  assert.equal([...op.edits.keys()], [1])
})

test('keyed arrays: moves, edits and removals by key', () => {
  const next = [
    { id: 3, n: 1 },
    { id: 1, n: 9 },
    { id: 4, n: 1 },
  ]
  const op = opAt(told({ l: elements(1, 2, 3) }, { l: next }, { l: 'id' }), 'l')
  assert.equal(op.runs, [
    { keep: 2, count: 1 },
    { keep: 0, count: 1 },
    { insert: [{ id: 4, n: 1 }] },
  ])
  assert.equal([...op.edits.keys()], [0])
  assert.equal([...op.removed.keys()], [1])
  // Twice the same key: such elements are told apart by nothing.
  told({ l: elements(1, 1, 2) }, { l: elements(2, 1, 1) }, { l: 'id' })
  told({ a: { l: elements(1) } }, { a: { l: elements(2, 1) } }, { 'a.l': 'id' })
})

test('Maps, Sets, dates and a change of kind', () => {
  const at = new Date(1)
  told(
    { m: new Map([['x', { n: 1 }]]), s: new Set([1, 2]), at, k: [1] },
    { m: new Map([['x', { n: 2 }]]), s: new Set([2, 3]), at: new Date(2), k: { a: 1 } },
  )
})

test('100,000 elements with ten scattered inserts are ten inserts; too many differences are a set', () => {
  const base = Array.from({ length: 100_000 }, (_, i) => i)
  const next = [...base]
  for (let i = 1; i <= 10; i++) next.splice(i * 9_000, 0, -i)
  const change = diff({ l: base }, { l: next })
  const op: any = change.ops.keys.get('l')
  assert.is(op.runs.filter((run: object) => 'insert' in run).length, 10)
  const other = base.map(n => (n % 1_000 === 0 ? -n - 1 : n))
  assert.is(diff({ l: base }, { l: other }).ops.keys.get('l')?.kind, 'set')
})

test('the states stay as they are, and bad arguments are refused', () => {
  const [base, next] = [{ a: { b: 1 } }, { a: { b: 2 } }]
  diff(base, next)
  assert.not(Object.isFrozen(base) || Object.isFrozen(next.a))
  for (const [a, b, options] of [
    [null, {}, {}],
    [{}, [], {}],
    [{}, {}, null],
    [{}, {}, { keyed: 'id' }],
    [{}, {}, { keyed: { l: 5 } }],
  ] as any[]) {
    assert.throws(() => diff(a, b, options), code('bad-argument'))
  }
})

test.run()
