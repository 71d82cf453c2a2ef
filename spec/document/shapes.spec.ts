// Copies of plain objects: whatever their width and keys, what a spread would make.
import * as assert from 'uvu/assert'
import { copyPlain as copyBy, shapeAfter, shapeOf, type Shape } from '../../lib/document/shapes.ts'
import { attachNote } from '../../lib/document/hidden-note.ts'
import { produce } from 'cowslip/produce/full'
import { suite } from '../support/suite.ts'

const test = suite('copies of plain objects')

const copyPlain = (node: object, foreign: boolean): object => copyBy(node, shapeOf(node, foreign))

/** Enough copies for every key list to be compiled. */
const OFTEN = 3_000

const wide = (n: number, name = 'k'): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${name}${i}`, i % 3 ? i : { i }]))

function sameAsSpread(node: object): void {
  const expected = { ...node }
  const kept = shapeOf(node, true)
  for (let i = 0; i <= OFTEN; i++) {
    const copy = copyBy(node, i % 2 === 0 ? kept : shapeOf(node, true))
    if (i % 1_000 !== 0) continue
    assert.equal(Reflect.ownKeys(copy), Reflect.ownKeys(expected))
    for (const key of Reflect.ownKeys(expected)) {
      assert.equal(
        Object.getOwnPropertyDescriptor(copy, key),
        Object.getOwnPropertyDescriptor(expected, key),
      )
    }
    assert.is(Object.getPrototypeOf(copy), Object.prototype)
    assert.is.not(copy, node)
  }
}

for (const n of [0, 1, 6, 7, 50, 127, 128, 200, 320, 321, 1_000]) {
  test(`${n} keys, often`, () => sameAsSpread(Object.freeze(wide(n))))
}

test('a table too wide to be compiled is copied all the same', () => {
  const node = Object.freeze(wide(20_001))
  const shape = shapeOf(node, false)
  for (let i = 0; i < 101; i++) copyBy(node, shape)
  assert.is(shape?.copier, null)
  assert.equal(Object.keys(copyBy(node, shape)), Object.keys(node))
})

test('keys that are no identifiers are copied', () => {
  const odd = ['a b', 'constructor', '"', "'", '\\', '\n', '\u2028', '\ud800', '${x}', 'toString']
  sameAsSpread(Object.freeze(Object.fromEntries(odd.map((key, i) => [key, i]))))
})

test('a key called __proto__, integer-like keys, symbols, getters and hidden properties are copied as by a spread', () => {
  const base = wide(20, 'h')
  sameAsSpread(
    JSON.parse('{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"__proto__":{"x":1},"g":1}') as object,
  )
  sameAsSpread({ ...base, 7: 'seven', 1: 'one' })
  sameAsSpread({ ...base, [Symbol.for('s')]: 1 })
  sameAsSpread(Object.defineProperty({ ...base }, 'got', { get: () => 1, enumerable: true }))
  sameAsSpread(Object.defineProperty({ ...base }, 'hidden', { value: 1, enumerable: false }))
  const wider = wide(500, 'w')
  sameAsSpread({ ...wider, 'a"b\n': 1, constructor: 2, toString: 3 })
  sameAsSpread({ ...wider, 7: 'seven', [Symbol.for('s')]: 1 })
  sameAsSpread(JSON.parse(JSON.stringify(wider).replace('"w3"', '"__proto__"')) as object)
})

test('key lists that begin alike are told apart', () => {
  for (let i = 0; i < 20; i++) {
    const node = { ...wide(10, 'alike'), [`own${i}`]: i }
    for (let round = 0; round < OFTEN; round++) copyPlain(node, false)
    sameAsSpread(node)
  }
})

test('as many key lists as there are ids cost no memory for ever', () => {
  for (let i = 0; i < 20_000; i++) {
    const node = wide(8, `id${i}-`)
    assert.equal(copyPlain(node, false), node)
  }
})

test('a wide object whose keys change does not keep the old ones', () => {
  const base = Object.freeze(wide(400))
  const copy = copyPlain(base, false) as Record<string, unknown>
  delete copy.k3
  copy.more = 1
  assert.equal(copyPlain(Object.freeze(copy), false), copy)
  const same = copyPlain(base, false) as Record<string, unknown>
  same.k1 = 'new'
  attachNote(same, shapeOf(base, false) as Shape)
  assert.equal(copyPlain(Object.freeze(same), false), same)
})

for (const n of [7, 50, 200, 400]) {
  test(`the shape of ${n} keys is kept through additions and deletions`, () => {
    const base = Object.freeze(wide(n))
    const edited = (gone: string[], added: string[], order = added): Record<string, unknown> => {
      const shape = shapeOf(base, true)
      const copy = copyBy(base, shape) as Record<string, unknown>
      for (const key of gone) delete copy[key]
      for (const key of order) copy[key] = key
      const kept = shapeAfter(shape, gone, added)
      if (kept !== null) attachNote(copy, kept)
      return Object.freeze(copy)
    }
    for (const node of [
      edited([], []),
      edited(['k3', 'k5'], []),
      edited([], ['more']),
      edited(['k3'], ['more']),
      // First touched in another order than they were added in.
      edited([], ['one', 'two'], ['two', 'one']),
      edited(Object.keys(base).slice(0, 20), []),
    ]) {
      const copy = copyPlain(node, true)
      assert.equal(Reflect.ownKeys(copy), Reflect.ownKeys(node))
      assert.equal(copy, node)
      assert.equal(structuredClone(node), copy)
    }
    const kept = edited([], [])
    assert.ok(shapeOf(kept, true) === shapeOf(kept, true), 'a kept shape is not looked for again')
  })
}

test('a wide object that becomes narrow may have any keys', () => {
  const odd = JSON.parse('{"__proto__":{"x":1},"7":"seven"}') as object
  const base: Record<string, unknown> = { ...wide(320), ...odd }
  let state = produce(base, draft => {
    draft.k1 = 'one'
  })
  state = produce(state, draft => {
    delete draft.k3
    delete draft.k4
    delete draft.k5
  })
  for (let i = 0; i < 100; i++) {
    state = produce(state, draft => {
      draft.k2 = i
    })
  }
  assert.is(Object.getPrototypeOf(state), Object.prototype)
  assert.is(Object.keys(state).length, 319)
  assert.equal(Object.getOwnPropertyDescriptor(state, '__proto__')?.value, { x: 1 })
  assert.is(state['7'], 'seven')
})

test('a symbol that comes to a wide object is kept, however often it is copied', () => {
  const mark = Symbol('mark')
  let state = produce(wide(400), draft => {
    draft.k1 = 'one'
  })
  state = produce(state, draft => {
    Reflect.set(draft, mark, 1)
  })
  for (let i = 0; i < 250; i++) {
    state = produce(state, draft => {
      draft.k2 = i
    })
  }
  assert.is(Reflect.get(state, mark), 1)
  assert.equal(Object.keys(state), Object.keys(wide(400)))
})

test('a wide object that is not frozen may get other keys meanwhile', () => {
  const node = wide(400)
  copyPlain(node, false)
  node.more = 1
  assert.equal(copyPlain(node, false), node)
})

test.run()
