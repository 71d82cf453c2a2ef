import { idKey } from 'cowslip/adapter-contract'
import { Binary, Decimal128, Double, Int32, Long, ObjectId, UUID } from 'bson'
import * as assert from 'uvu/assert'
import { compareValues } from '../../lib/adapters/query/order.ts'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'

const test = suite('ids')

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

test('numbers are one by value, whatever their type', () => {
  const five = [5, 5n, new Int32(5), new Double(5), Long.fromNumber(5)]
  assert.is(new Set(five.map(idKey)).size, 1)
  assert.is(idKey(0), idKey(-0))
  assert.is(new Set([5, '5', 5.5, -5, 2 ** 53, 2n ** 53n + 1n].map(idKey)).size, 6)
})

test('the keys have the order of BSON', () => {
  const random = new Random(7)
  const whole = (): bigint =>
    BigInt.asIntN(64, (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32)))
  const near = [2n ** 53n, 2n ** 62n, -(2n ** 60n), 2n ** 63n - 1n, -(2n ** 63n)].flatMap(n =>
    Array.from({ length: 40 }, (_, i) => BigInt.asIntN(64, n + BigInt(i - 20))),
  )
  const ids: unknown[] = [
    ...near,
    ...Array.from({ length: 200 }, whole),
    ...Array.from({ length: 200 }, () => (random.next() - 0.5) * 10 ** random.below(30)),
    ...[0, 1, -1, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53, 2 ** 62],
    ...['', 'a', 'b', 'ab', '\ud83c\udf3c', '\uffee', 'ä', '\u0001', 'a\u0001'],
    ...Array.from({ length: 20 }, () => new ObjectId()),
    ...Array.from({ length: 20 }, () => new UUID()),
  ]
  const keyed = ids.map(id => ({ id, key: idKey(id) }))
  const byKey = keyed.toSorted((a, b) => byBytes(a.key, b.key))
  for (const [i, { id, key }] of byKey.entries()) {
    const before = byKey[i - 1]
    if (before === undefined) continue
    const order = compareValues(before.id, id)
    assert.ok(
      before.key === key ? order === 0 : order < 0,
      `${String(before.id)} before ${String(id)}`,
    )
  }
})

test('anything else is refused', () => {
  const others = [
    null,
    undefined,
    NaN,
    Infinity,
    {},
    [],
    true,
    2n ** 63n,
    new Date(),
    new Binary(new Uint8Array(16), 0),
    Decimal128.fromString('5'),
  ]
  for (const id of others) assert.throws(() => idKey(id), code('bad-argument'))
})

test.run()
