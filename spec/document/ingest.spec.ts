import { Binary, Decimal128, Long, ObjectId } from 'bson'
import { runInNewContext } from 'node:vm'
import { suite } from '../support/suite.ts'
import * as assert from 'uvu/assert'
import { ingest } from '../../lib/document/ingest.ts'
import { leavesOf, defaultLeaves } from '../../lib/document/leaves/leaves.ts'

const intake = { leaves: defaultLeaves, inMemory: false, finishDraft: () => null }
const take = (value: unknown): any => ingest(value, intake, () => [])

function refused(value: unknown, code: string, path: readonly unknown[], taking = intake) {
  try {
    ingest(value, taking, () => ['root'])
  } catch (error) {
    assert.is((error as { code?: string }).code, code, String(error))
    assert.equal((error as { details: { path: unknown } }).details.path, ['root', ...path])
    return
  }
  assert.unreachable(`expected ${code}`)
}

const test = suite('ingest')

class List extends Array<unknown> {}
class Table extends Map {}
class Group extends Set {}
class Moment extends Date {}

// These look like the native ones by their own properties.
class Sized extends Map {
  override get size(): number {
    return 1
  }
}
class Clock extends Date {
  override getTime(): number {
    return 0
  }
}

test('what extends Array, Map, Set and Date is refused, as are properties of a date', () => {
  const inMemory = { ...intake, inMemory: true }
  for (const value of [
    List.from([1]),
    new Table(),
    new Group(),
    new Moment(),
    new Sized(),
    new Clock(),
  ]) {
    refused({ a: [value] }, 'unsupported-value', ['a', 0], inMemory)
  }
  refused({ at: Object.assign(new Date(), { zone: 'UTC' }) }, 'unsupported-value', ['at'])
  const own = leavesOf([{ is: v => v instanceof Moment, equals: (a, b) => a === b }])
  const moment = new Moment()
  const taken: any = ingest({ moment }, { ...intake, leaves: own }, () => [])
  assert.is(taken.moment, moment)
  // An array of another realm is one.
  assert.equal(take(runInNewContext('({ list: [1] })')).list, [1])
})

test('copies and freezes deeply; the original stays as it is', () => {
  const original = { a: { b: [1, { c: 2 }] } }
  const copy = take(original)
  assert.equal(copy, original)
  assert.is.not(copy, original)
  for (const node of [copy, copy.a, copy.a.b, copy.a.b[1]]) assert.ok(Object.isFrozen(node))
  for (const node of [original, original.a, original.a.b]) assert.not(Object.isFrozen(node))
})

test('shares what is deeply frozen and holds no mutable leaf', () => {
  const frozen = take({ a: { b: [NaN, 'x', null] }, id: new ObjectId() })
  assert.is(take(frozen), frozen)
  assert.is(take({ frozen }).frozen, frozen)
})

test('copies what is frozen only on top', () => {
  const shallow = Object.freeze({ a: { b: 1 } })
  const copy = take(shallow)
  assert.is.not(copy, shallow)
  assert.ok(Object.isFrozen(copy.a))
  assert.not(Object.isFrozen(shallow.a))
})

test('copies frozen containers that hold a mutable leaf', () => {
  const frozen = Object.freeze({ at: new Date(5) })
  const copy = take(frozen)
  assert.is.not(copy, frozen)
  frozen.at.setTime(6)
  assert.is(copy.at.getTime(), 5)
})

test('copies dates and binaries, shares other leaves', () => {
  const original = {
    at: new Date(5),
    bytes: new Uint8Array([1, 2]),
    buffer: Buffer.from('ab'),
    view: new DataView(new ArrayBuffer(2)),
    raw: new ArrayBuffer(2),
    binary: new Binary(Buffer.from('ab')),
    pattern: /a/g,
    id: new ObjectId(),
    price: Decimal128.fromString('1.10'),
    long: Long.fromNumber(5),
  }
  const copy = take(original)
  for (const key of ['at', 'bytes', 'buffer', 'view', 'raw', 'binary'] as const) {
    assert.is.not(copy[key], original[key], key)
    assert.is(Object.getPrototypeOf(copy[key]), Object.getPrototypeOf(original[key]), key)
  }
  for (const key of ['pattern', 'id', 'price', 'long'] as const) {
    assert.is(copy[key], original[key], key)
    assert.not(Object.isFrozen(original[key]), key)
  }
  original.bytes[0] = 9
  original.buffer[0] = 9
  original.binary.buffer[0] = 9
  assert.is(copy.bytes[0], 1)
  assert.is(copy.buffer[0], 97)
  assert.is(copy.binary.buffer[0], 97)
})

test('drops keys that hold undefined', () => {
  const copy = take({ a: 1, b: undefined, c: { d: undefined } })
  assert.equal(Object.keys(copy), ['a', 'c'])
  assert.equal(Object.keys(copy.c), [])
  assert.equal(Object.keys(take(Object.freeze({ a: undefined }))), [])
})

test('hostile keys are data', () => {
  const copy = take(
    JSON.parse('{"__proto__": {"bad": 1}, "constructor": 2, "a.b": 3, "$x": 4, "": 5}'),
  )
  assert.equal(Object.keys(copy), ['__proto__', 'constructor', 'a.b', '$x', ''])
  assert.is(Object.getPrototypeOf(copy), Object.prototype)
  assert.is(copy.bad, undefined)
})

test('objects without a prototype and of other realms become plain', () => {
  for (const foreign of [
    Object.assign(Object.create(null), { a: 1 }),
    runInNewContext('({ a: 1 })'),
    Object.freeze(runInNewContext('({ a: 1 })')),
  ]) {
    assert.is(Object.getPrototypeOf(take(foreign)), Object.prototype)
    assert.equal(take(foreign), { a: 1 })
  }
})

test('the same object in two places becomes two copies', () => {
  const shared = { n: 1 }
  const copy = take({ a: shared, b: shared })
  assert.equal(copy, { a: { n: 1 }, b: { n: 1 } })
})

test('refuses unknown classes, with the path', () => {
  class Foo {}
  refused({ a: [{ foo: new Foo() }] }, 'unsupported-value', ['a', 0, 'foo'])
  for (const value of [new WeakMap(), new WeakSet(), Promise.resolve(), new Error('x')]) {
    refused({ value }, 'unsupported-value', ['value'])
  }
  assert.throws(() => take({ a: new Foo() }), /at "a"\. Received an instance of Foo\. Declare/)
})

test('refuses symbols, functions, getters and hidden properties', () => {
  refused({ s: Symbol('s') }, 'unsupported-value', ['s'])
  refused([() => 1], 'unsupported-value', [0])
  refused(Symbol('s'), 'unsupported-value', [])
  refused({ a: { [Symbol('s')]: 1 } }, 'unsupported-value', ['a'])
  refused(
    {
      get total() {
        return 1
      },
    },
    'unsupported-value',
    ['total'],
  )
  refused(Object.defineProperty({}, 'x', { value: 1 }), 'unsupported-value', ['x'])
})

test('takes functions where they are allowed', () => {
  const f = () => 1
  const copy = ingest({ f }, { ...intake, inMemory: true }, () => []) as { f: unknown }
  assert.is(copy.f, f)
})

test('refuses holes, undefined elements and named properties of arrays', () => {
  refused({ a: [1, , 2] }, 'hole', ['a', 1])
  refused([1, undefined], 'hole', [1])
  refused(new Array(3), 'hole', [0])
  refused(Object.assign([1], { name: 'x' }), 'unsupported-value', [])
})

test('refuses cycles where they close', () => {
  const a: Record<string, unknown> = {}
  a.list = [{ a }]
  refused(a, 'cycle', ['list', 0, 'a'])
})

test('refuses what is nested too deeply', () => {
  let deep: unknown = 1
  for (let i = 0; i < 5_000; i++) deep = [deep]
  assert.throws(
    () => take(deep),
    (error: { code?: string }) => error.code === 'unsupported-value',
  )
})

test('an own `_bsontype` is no BSON type', () => {
  const copy = take(JSON.parse('{"_bsontype": "ObjectId", "a": 1}'))
  assert.ok(Object.isFrozen(copy))
  assert.equal(copy, { _bsontype: 'ObjectId', a: 1 })
})

test('leaves of the user come first, and are copied where they say how', () => {
  class Point {
    x: number
    constructor(x: number) {
      this.x = x
    }
  }
  const leaves = leavesOf([
    {
      is: v => v instanceof Point,
      equals: (a, b) => (a as Point).x === (b as Point).x,
      copy: v => new Point((v as Point).x),
    },
    { is: v => v instanceof Map, equals: Object.is },
  ])
  const original = { p: new Point(1), m: new Map() }
  const copy = ingest(original, { ...intake, leaves }, () => []) as typeof original
  assert.is.not(copy.p, original.p)
  assert.instance(copy.p, Point)
  assert.is(copy.m, original.m)
})

test.run()
