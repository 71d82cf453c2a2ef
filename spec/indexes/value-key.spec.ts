// Keys of values compare as BSON compares the values, alone, one after another and inverted.
import * as assert from 'uvu/assert'
import { Decimal128 } from 'mongodb'
import { endOfPrefix, encodeValueKey, invertKey } from '../../lib/adapters/indexes/value-key.ts'
import { MISSING } from '../../lib/adapters/query/kinds.ts'
import { compareValues } from '../../lib/adapters/query/order.ts'
import { VALUES } from '../query/documents.ts'
import { suite } from '../support/suite.ts'

const test = suite('keys of values')

const decimals = [
  '1E-6176',
  '-1E-6176',
  '1E+6111',
  '0.3',
  '-0.3',
  '0.30000000000000000000000000001',
]
const MORE: readonly unknown[] = [
  ...decimals.map(text => Decimal128.fromString(text)),
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  9_223_372_036_854_775_807n,
  -9_223_372_036_854_775_808n,
  9_007_199_254_740_995n,
  '\0',
  '\0\0',
  '\x01',
  '\x02',
  'a\0',
  'a\0b',
  'a\x01',
  'aa',
  '\u{10ffff}',
  '\ud7ff',
  { '': 1 },
  { '\0': 1 },
  [[]],
  [[], []],
  ['a', 'b'],
  ['a\0'],
  new Date(-1),
  new Date(8.64e15),
]
const ALL = [...VALUES, ...MORE]
const sign = (order: number): number => Math.sign(order)
const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

test('two keys compare as their values', () => {
  for (const a of ALL) {
    for (const b of ALL) {
      const order = sign(compareValues(a, b))
      const [x, y] = [encodeValueKey(a), encodeValueKey(b)]
      assert.is(compareKeys(x, y), order, `${String(a)} and ${String(b)}`)
      assert.is(sign(compareKeys(invertKey(x), invertKey(y))), sign(-order), 'inverted')
      if (order === 0) continue
      assert.not.ok(y.startsWith(x), `the key of ${String(a)} begins that of ${String(b)}`)
      // What follows makes no difference.
      assert.is(compareKeys(`${x}\xff`, `${y}\0`), order)
    }
  }
})

test('an empty array sorts before null, as one of no value at all', () => {
  assert.ok(encodeValueKey(MISSING) < encodeValueKey(null))
})

test('the end of a prefix lies behind all that begins with it', () => {
  assert.is(endOfPrefix('a'), 'b')
  assert.is(endOfPrefix('a\xff\xff'), 'b')
  assert.is(endOfPrefix('\xff'), null)
  assert.is(endOfPrefix(''), null)
})

test.run()
