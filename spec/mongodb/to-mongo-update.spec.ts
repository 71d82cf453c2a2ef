import { ChangeSet, createStore } from 'cowslip'
import { toMongoUpdate } from 'cowslip/mongodb'
import { ObjectId } from 'bson'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

type Case = [title: string, document: object, recipe: (d: any) => unknown, update: object | null]

const long = 'a text of some length, so that writing it again is worth avoiding'
const id = new ObjectId()
const at = (n: number) => new Date(n)
const ten = Array.from({ length: 10 }, (_, n) => ({ n, text: long }))

const CASES: Case[] = [
  // Fields
  ['a field', { a: 1 }, d => (d.a = 2), { $set: { a: 2 } }],
  ['a new field', {}, d => (d.a = 2), { $set: { a: 2 } }],
  ['two fields', { a: 1, b: 1 }, d => ((d.a = 2), (d.b = 3)), { $set: { a: 2, b: 3 } }],
  ['a field gone', { a: 1 }, d => delete d.a, { $unset: { a: '' } }],
  ['undefined is gone', { a: 1 }, d => (d.a = undefined), { $unset: { a: '' } }],
  [
    'set and gone',
    { a: 1, b: 1 },
    d => ((d.a = 2), delete d.b),
    { $set: { a: 2 }, $unset: { b: '' } },
  ],
  ['null', { a: 1 }, d => (d.a = null), { $set: { a: null } }],
  ['an object for a number', { a: 1 }, d => (d.a = { b: 1 }), { $set: { a: { b: 1 } } }],
  ['a number for an object', { a: { b: 1 } }, d => (d.a = 1), { $set: { a: 1 } }],
  ['a date', { a: at(1) }, d => (d.a = at(2)), { $set: { a: at(2) } }],
  ['a date in place', { a: at(1) }, d => d.a.setTime(2), { $set: { a: at(2) } }],
  ['an ObjectId', { a: 1 }, d => (d.a = id), { $set: { a: id } }],
  ['what ends where it began', { a: 1 }, d => ((d.a = 2), (d.a = 1)), null],
  ['-0 for 0', { a: 0 }, d => (d.a = -0), { $set: { a: -0 } }],
  // Below objects
  ['a leaf', { a: { b: 1, c: long } }, d => (d.a.b = 2), { $set: { 'a.b': 2 } }],
  ['a new leaf', { a: { c: long } }, d => (d.a.b = 2), { $set: { 'a.b': 2 } }],
  ['a leaf gone', { a: { b: 1, c: long } }, d => delete d.a.b, { $unset: { 'a.b': '' } }],
  [
    'a deep leaf',
    { a: { b: { c: { d: 1, e: long } } } },
    d => (d.a.b.c.d = 2),
    { $set: { 'a.b.c.d': 2 } },
  ],
  [
    'two leaves',
    { a: { b: 1, c: 1, e: long } },
    d => ((d.a.b = 2), (d.a.c = 2)),
    { $set: { 'a.b': 2, 'a.c': 2 } },
  ],
  [
    'an object emptied is smaller whole',
    { a: { b: 1, c: 1, d: 1, e: 1 } },
    d => {
      for (const k of 'bcde') delete d.a[k]
    },
    { $set: { a: {} } },
  ],
  [
    'an object set below and replaced',
    { a: { b: { c: 1 } } },
    d => ((d.a.b.c = 2), (d.a = { x: 1 })),
    { $set: { a: { x: 1 } } },
  ],
  [
    'a replaced object that is edited',
    { a: { b: 1 } },
    d => ((d.a = { c: { d: 1 } }), (d.a.c.d = 2)),
    { $set: { a: { c: { d: 2 } } } },
  ],
  ['an object new below null', { a: null }, d => (d.a = { b: 1 }), { $set: { a: { b: 1 } } }],
  [
    'an object new where nothing was',
    {},
    d => ((d.a = {}), (d.a.b = { c: 1 })),
    { $set: { a: { b: { c: 1 } } } },
  ],
  [
    'a move',
    { a: { b: 1 }, c: 1 },
    d => ((d.x = d.a), delete d.a),
    { $set: { x: { b: 1 } }, $unset: { a: '' } },
  ],
  // Odd keys
  ['a number as a key', { a: { 0: 'x', 1: long } }, d => (d.a[0] = 'y'), { $set: { 'a.0': 'y' } }],
  [
    'a number as a key at the top',
    { 0: { a: 1, b: long } },
    d => (d[0].a = 2),
    { $set: { '0.a': 2 } },
  ],
  ['a dotted key', { a: { 'b.c': 1 } }, d => (d.a['b.c'] = 2), { $set: { a: { 'b.c': 2 } } }],
  [
    'below a dotted key',
    { a: { 'b.c': { d: 1 } } },
    d => (d.a['b.c'].d = 2),
    { $set: { a: { 'b.c': { d: 2 } } } },
  ],
  ['a $ key', { a: { $b: 1 } }, d => (d.a.$b = 2), { $set: { a: { $b: 2 } } }],
  ['a $ within a key', { a: { b$: 1, c: long } }, d => (d.a.b$ = 2), { $set: { 'a.b$': 2 } }],
  ['an empty key', { a: { '': 1 } }, d => (d.a[''] = 2), { $set: { a: { '': 2 } } }],
  ['a NUL key', { a: { 'b\0': 1 } }, d => (d.a['b\0'] = 2), { $set: { a: { 'b\0': 2 } } }],
  [
    'an odd key beside a plain one',
    { a: { 'x.y': 1, b: 1 } },
    d => ((d.a['x.y'] = 2), (d.a.b = 2)),
    { $set: { a: { 'x.y': 2, b: 2 } } },
  ],
  [
    'an odd key untouched',
    { a: { 'x.y': 1, b: 1, c: long } },
    d => (d.a.b = 2),
    { $set: { 'a.b': 2 } },
  ],
  ['an odd key gone', { a: { 'x.y': 1, b: 1 } }, d => delete d.a['x.y'], { $set: { a: { b: 1 } } }],
  [
    'an odd key far below',
    { a: { b: { 'x.y': 1 }, c: long } },
    d => (d.a.b['x.y'] = 2),
    { $set: { 'a.b': { 'x.y': 2 } } },
  ],
  [
    'constructor',
    { a: { constructor: 1, b: long } },
    d => (d.a.constructor = 2),
    { $set: { 'a.constructor': 2 } },
  ],
  [
    'spaces and umlauts',
    { 'ä ö': { 'ü ': 1, b: long } },
    d => (d['ä ö']['ü '] = 2),
    { $set: { 'ä ö.ü ': 2 } },
  ],
  // Arrays
  ['an append', { a: ['x'] }, d => d.a.push('y'), { $push: { a: 'y' } }],
  [
    'an append of two',
    { a: ['x', long] },
    d => d.a.push('y', 'z'),
    { $push: { a: { $each: ['y', 'z'] } } },
  ],
  [
    'an append of an object',
    { a: [long] },
    d => d.a.push({ $each: 1 }),
    { $push: { a: { $each: [{ $each: 1 }] } } },
  ],
  ['an append of an array', { a: [long] }, d => d.a.push([1]), { $push: { a: { $each: [[1]] } } }],
  ['an append to nothing', { a: [] }, d => d.a.push('y'), { $set: { a: ['y'] } }],
  [
    'at the head',
    { a: [long, long] },
    d => d.a.unshift('y'),
    { $push: { a: { $each: ['y'], $position: 0 } } },
  ],
  [
    'in the middle',
    { a: [long, long] },
    d => d.a.splice(1, 0, 'y'),
    { $push: { a: { $each: ['y'], $position: 1 } } },
  ],
  ['the last gone', { a: [long, long] }, d => d.a.pop(), { $pop: { a: 1 } }],
  ['the first gone', { a: [long, long] }, d => d.a.shift(), { $pop: { a: -1 } }],
  ['the only one gone', { a: ['x'] }, d => d.a.pop(), { $set: { a: [] } }],
  ['all gone', { a: [long, long] }, d => (d.a.length = 0), { $set: { a: [] } }],
  [
    'three gone at the end',
    { a: ten },
    d => (d.a.length = 7),
    { $push: { a: { $each: [], $slice: 7 } } },
  ],
  [
    'three gone at the head',
    { a: ten },
    d => d.a.splice(0, 3),
    { $push: { a: { $each: [], $slice: -7 } } },
  ],
  [
    'a window that slides',
    { a: ten },
    d => (d.a.shift(), d.a.push(1)),
    { $push: { a: { $each: [1], $slice: -10 } } },
  ],
  ['one gone in the middle', { a: [1, 2, 3] }, d => d.a.splice(1, 1), { $set: { a: [1, 3] } }],
  ['a reorder', { a: [1, 2, 3] }, d => d.a.reverse(), { $set: { a: [3, 2, 1] } }],
  ['an element', { a: [long, 1, long] }, d => (d.a[1] = 2), { $set: { 'a.1': 2 } }],
  ['below an element', { a: ten }, d => (d.a[3].n = 7), { $set: { 'a.3.n': 7 } }],
  ['a field of an element gone', { a: ten }, d => delete d.a[3].n, { $unset: { 'a.3.n': '' } }],
  [
    'two elements',
    { a: ten },
    d => ((d.a[3].n = 7), (d.a[9].n = 1)),
    { $set: { 'a.3.n': 7, 'a.9.n': 1 } },
  ],
  [
    'a small array is smaller whole',
    { abcdefgh: [1, 2] },
    d => ((d.abcdefgh[0] = 5), (d.abcdefgh[1] = 6)),
    { $set: { abcdefgh: [5, 6] } },
  ],
  [
    'an edit and an append clash',
    { a: [{ n: 1 }] },
    d => ((d.a[0].n = 2), d.a.push(1)),
    { $set: { a: [{ n: 2 }, 1] } },
  ],
  [
    'an odd key in an element',
    { a: [{ 'x.y': 1 }, long] },
    d => (d.a[0]['x.y'] = 2),
    { $set: { 'a.0': { 'x.y': 2 } } },
  ],
  ['an array in an array', { a: [[long, 1], long] }, d => d.a[0].push(2), { $push: { 'a.0': 2 } }],
  ['an array below an object', { a: { b: [long] } }, d => d.a.b.push(1), { $push: { 'a.b': 1 } }],
  [
    'appends of two arrays',
    { a: [long], b: [long] },
    d => (d.a.push(1), d.b.push(2)),
    { $push: { a: 1, b: 2 } },
  ],
  ['a new array over the old one', { a: [1, 2] }, d => (d.a = 5), { $set: { a: 5 } }],
  [
    'everything at once',
    { a: [long], b: { c: 1, d: long }, e: 1, f: [long, 1] },
    d => (d.a.push(1), (d.b.c = 2), delete d.e, d.f.pop()),
    { $push: { a: 1 }, $set: { 'b.c': 2 }, $unset: { e: '' }, $pop: { f: 1 } },
  ],
]

const FOREIGN: Case[] = [
  [
    'no index path',
    { a: ten },
    d => (d.a[3].n = 7),
    { $set: { a: ten.map((x, i) => (i === 3 ? { ...x, n: 7 } : x)) } },
  ],
  ['no operator of arrays', { a: [1] }, d => d.a.push(2), { $set: { a: [1, 2] } }],
  [
    'objects leaf by leaf',
    { a: { b: 1, c: 1 } },
    d => ((d.a.b = 2), delete d.a.c),
    { $set: { 'a.b': 2 }, $unset: { 'a.c': '' } },
  ],
]

const test = suite('toMongoUpdate')

function updateOf([, document, recipe]: Case, options = {}): unknown {
  const change = createStore<any>(document).edit(d => void recipe(d))
  return change && toMongoUpdate(change, options)
}

for (const example of CASES) {
  test(example[0], () => assert.equal(updateOf(example), example[3]))
}
for (const example of FOREIGN) {
  test(`with foreign writers: ${example[0]}`, () => {
    assert.equal(updateOf(example, { foreignWriters: true }), example[3])
  })
}

test('there are at least sixty cases', () => assert.ok(CASES.length >= 60))

test('hostile keys are own keys of the update', () => {
  const change = createStore<any>({}).patch(JSON.parse('{"__proto__": {"x": 1}}'))
  const { $set } = toMongoUpdate(change!) as { $set: object }
  assert.equal(Object.keys($set), ['__proto__'])
  assert.is(Object.getPrototypeOf($set), Object.prototype)
})

test('a name at the top that is no path is refused: it takes the whole document', () => {
  for (const key of ['$a', 'a.b', '', '\0']) {
    const change = createStore<any>({}).edit(d => (d[key] = 1))
    assert.throws(() => toMongoUpdate(change!), code('unsupported-value'))
  }
})

test('a change set made from ops alone is refused', () => {
  const change = createStore<any>({}).edit(d => (d.a = 1))
  assert.throws(
    () => toMongoUpdate(ChangeSet.from(JSON.parse(JSON.stringify(change)))),
    code('needs-base'),
  )
})

test.run()
