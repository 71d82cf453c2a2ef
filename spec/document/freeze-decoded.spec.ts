import { Decimal128, ObjectId } from 'bson'
import * as assert from 'uvu/assert'
import { isEqual } from '../../lib/document/equality.ts'
import { tryFreezeDecoded } from '../../lib/document/freeze-decoded.ts'
import { ingest } from '../../lib/document/ingest.ts'
import { defaultLeaves, leavesOf } from '../../lib/document/leaves/leaves.ts'
import { suite } from '../support/suite.ts'

const test = suite('freezeDecoded')

/** What a copy would be, frozen to the bottom. */
const copied = (value: object): unknown =>
  ingest(
    value,
    { leaves: defaultLeaves, inMemory: false, decoded: true, finishDraft: () => null },
    () => [],
  )

const make = (): any => ({
  _id: new ObjectId('00112233445566778899aabb'),
  at: new Date(5),
  sum: Decimal128.fromString('2.5'),
  list: [1, [null, { a: 'x' }], {}],
  gone: undefined,
  deep: { gone: undefined, constructor: [{ b: 1 }] },
  ['__proto__x']: { c: 1 },
})

test('freezes all the way down, in place, and drops undefined', () => {
  const value = make()
  const expected = copied(make())
  assert.ok(tryFreezeDecoded(value, defaultLeaves))
  assert.ok(isEqual(value, expected, defaultLeaves))
  assert.not('gone' in value)
  for (const node of [
    value,
    value.list,
    value.list[1],
    value.list[1][1],
    value.deep,
    value.deep.constructor[0],
  ]) {
    assert.ok(Object.isFrozen(node))
  }
  const own = JSON.parse('{ "__proto__": { "a": [1] }, "b": 1 }')
  assert.ok(tryFreezeDecoded(own, defaultLeaves))
  assert.ok(Object.isFrozen(Object.getOwnPropertyDescriptor(own, '__proto__')?.value.a))
})

test('leaves the rest to a copy, which tells what is wrong', () => {
  class Money {}
  let deep: any = {}
  for (let i = 0; i < 1_001; i++) deep = { deep }
  for (const value of [
    { a: new Money() },
    { a: [undefined] },
    { a: new Map() },
    deep,
    { a: Symbol('x') },
    { a: () => 1 },
  ]) {
    assert.not(tryFreezeDecoded(value, defaultLeaves))
  }
  const money = leavesOf([{ is: v => v instanceof Money, equals: () => true }])
  assert.ok(tryFreezeDecoded({ a: new Money() }, money))
  const texts = leavesOf([{ is: v => 'text' in v, equals: () => true }])
  const value = { a: { text: { b: 1 } } }
  assert.ok(tryFreezeDecoded(value, texts))
  assert.not(Object.isFrozen(value.a), 'a plain object that is a leaf stays the user’s')
})

test.run()
