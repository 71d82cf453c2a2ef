import * as bson from 'bson'
import { suite } from '../support/suite.ts'
import * as assert from 'uvu/assert'
import { equal } from '../support/equal.ts'
import { leavesOf } from '../../lib/document/leaves/leaves.ts'

const test = suite('equal')

const hex = '65a1b2c3d4e5f60718293a4b'

/** Each maker twice gives equal values; different makers give different ones. */
const makers: (() => unknown)[] = [
  () => 0,
  () => -0,
  () => NaN,
  () => 1,
  () => 1n,
  () => '1',
  () => true,
  () => null,
  () => undefined,
  () => ({}),
  () => ({ a: undefined }),
  () => ({ a: 1, b: 2 }),
  () => ({ a: 1, b: [1, 2] }),
  () => [],
  () => [undefined],
  () => [1, [2]],
  () => new Map([['a', { n: 1 }]]),
  () => new Map([['a', { n: 2 }]]),
  () => new Set([1, { n: 1 }]),
  () => new Set([1, { n: 2 }]),
  () => new Date(5),
  () => new Date(6),
  () => new Date(NaN),
  () => /a/g,
  () => /a/i,
  () => new Uint8Array([1, 2]),
  () => new Uint8Array([1, 3]),
  () => new Int8Array([1, 2]),
  () => Buffer.from([1, 2]),
  () => new Uint8Array([1, 2]).buffer,
  () => new DataView(new Uint8Array([1, 2]).buffer),
  () => new bson.ObjectId(hex),
  () => new bson.ObjectId(),
  () => bson.Long.fromNumber(1),
  () => bson.Long.fromNumber(1, true),
  () => new bson.Int32(1),
  () => new bson.Double(1),
  () => new bson.Double(-0),
  () => bson.Decimal128.fromString('1.0'),
  () => bson.Decimal128.fromString('1.00'),
  () => new bson.Binary(Buffer.from('ab')),
  () => new bson.Binary(Buffer.from('ab'), 5),
  () => new bson.UUID('a2d2d3f4-1111-4222-8333-444455556666'),
  () => new bson.Timestamp({ t: 1, i: 2 }),
  () => new bson.Timestamp({ t: 1, i: 3 }),
  () => new bson.BSONRegExp('a', 'i'),
  () => new bson.BSONRegExp('a'),
  () => new bson.Code('f', { x: new Date(5) }),
  () => new bson.Code('f', { x: new Date(6) }),
  () => new bson.DBRef('c', new bson.ObjectId(hex)),
  () => new bson.DBRef('d', new bson.ObjectId(hex)),
  () => new bson.BSONSymbol('s'),
  () => new bson.MinKey(),
  () => new bson.MaxKey(),
]

test('equals by type and value, and only then', () => {
  const once = makers.map(make => make())
  const own = (i: number) => (once[i] instanceof bson.ObjectId ? once[i] : makers[i]?.())
  makers.forEach((_, i) =>
    makers.forEach((_, j) => {
      assert.is(equal(once[i], own(j)), i === j, `${i} against ${j}`)
    }),
  )
})

test('the order of keys and of members does not count', () => {
  assert.ok(equal({ a: 1, b: 2 }, { b: 2, a: 1 }))
  assert.ok(equal(new Set([{ a: 1 }, { b: 1 }]), new Set([{ b: 1 }, { a: 1 }])))
  assert.not(equal(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { b: 1 }])))
})

test('an ObjectId with its text cached equals one without, a Binary with spare room one without', () => {
  const id = new bson.ObjectId(hex)
  id.toHexString()
  assert.ok(equal(id, new bson.ObjectId(hex)))
  const roomy = new bson.Binary()
  roomy.put(97)
  roomy.put(98)
  assert.ok(equal(roomy, new bson.Binary(Buffer.from('ab'))))
})

test('shared references are not walked', () => {
  let reads = 0
  const shared = Object.defineProperty({}, 'x', { get: () => ++reads, enumerable: true })
  assert.ok(equal({ a: shared }, { a: shared }))
  assert.is(reads, 0)
})

test('cycles end', () => {
  const loop = () => {
    const a: Record<string, unknown> = { n: 1 }
    a.self = a
    return a
  }
  assert.ok(equal(loop(), loop()))
  assert.not(equal(loop(), { n: 1, self: { n: 1, self: { n: 2 } } }))
})

test('instances of one class compare by their fields, of two classes never', () => {
  class A {
    n = 1
  }
  class B {
    n = 1
  }
  assert.ok(equal(new A(), new A()))
  assert.not(equal(new A(), new B()))
  assert.not(equal(new A(), { n: 1 }))
})

test('hostile keys are compared as own keys', () => {
  assert.not(equal(JSON.parse('{"__proto__": {}}'), {}))
  assert.not(equal(JSON.parse('{"__proto__": {}}'), { a: {} }))
  assert.not(equal({ toString: 1 }, { a: 1 }))
})

test('a leaf of the user is compared its own way', () => {
  class Money {
    readonly cents: number
    readonly note: string
    constructor(cents: number, note = '') {
      this.cents = cents
      this.note = note
    }
  }
  const leaves = leavesOf([
    { is: v => v instanceof Money, equals: (a, b) => (a as Money).cents === (b as Money).cents },
  ])
  assert.ok(equal([new Money(1, 'x')], [new Money(1, 'y')], leaves))
  assert.not(equal([new Money(1)], [new Money(2)], leaves))
  assert.not(equal([new Money(1)], [{ cents: 1, note: '' }], leaves))
})

test.run()
