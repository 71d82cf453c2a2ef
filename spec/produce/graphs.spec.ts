// Bases that are no trees: whatever refers to whatever, everything ends, in time that follows the nodes.
import * as assert from 'uvu/assert'
import * as ours from 'cowslip/produce/full'
import { suite } from '../support/suite.ts'

const produce: (base: any, recipe: (draft: any) => void) => any = ours.produce

const test = suite('produce on graphs')

test('a base that contains itself is edited, and keeps its reference to the base', () => {
  const base: any = { x: 1 }
  base.self = base
  assert.is(
    produce(base, () => {}),
    base,
  )
  const next = produce(base, draft => void (draft.x = 2))
  assert.is(next.x, 2)
  assert.is(next.self, base)
  assert.ok(Object.isFrozen(next) && Object.isFrozen(base))
})

test('binary data that is put in is not listed byte by byte', () => {
  const { keys, getOwnPropertyDescriptors } = Object
  const binary = [new Uint8Array(1_000), Buffer.alloc(1_000), new DataView(new ArrayBuffer(1_000))]
  let listed = 0
  const counted =
    <T>(list: (value: object) => T) =>
    (value: object): T => {
      if (ArrayBuffer.isView(value)) listed++
      return list(value)
    }
  Object.assign(Object, {
    keys: counted(keys),
    getOwnPropertyDescriptors: counted(getOwnPropertyDescriptors),
  })
  try {
    for (const value of binary) {
      const next = produce({ list: [] }, draft => {
        draft.list.push({ value })
        draft.direct = value
        draft.map = new Map([[value, value]])
      })
      assert.is(next.list[0].value, value)
      assert.is(next.direct, value)
    }
  } finally {
    Object.assign(Object, { keys, getOwnPropertyDescriptors })
  }
  assert.is(listed, 0)
})

test('what stands under a symbol, and under a text key too, is frozen', () => {
  const mine = { n: { m: 1 } }
  // Of what an edit of ours made, only what was put in is looked at.
  const base = produce({ a: 1 }, draft => void (draft.a = 2))
  const next = produce(base, draft => {
    draft[Symbol.for('s')] = mine
    draft.mine = mine
  })
  assert.is(next.mine, mine)
  assert.ok(Object.isFrozen(mine) && Object.isFrozen(mine.n))
})

test('a field that is not enumerable is none of those that a draft lists', () => {
  const base = Object.defineProperty({ a: 1 }, 'hidden', { value: { h: 1 } })
  produce(base, draft => {
    assert.equal(Object.keys(draft), ['a'])
    assert.equal({ ...draft }, { a: 1 })
    assert.equal(Reflect.ownKeys(draft), ['a', 'hidden'])
  })
})

test('two objects that contain one another are edited, in a Map and a Set too', () => {
  const a: any = { name: 'a', map: new Map(), set: new Set() }
  const b: any = { name: 'b', a }
  a.map.set('b', b)
  a.set.add(b)
  const next = produce(a, draft => void (draft.map.get('b').name = 'c'))
  assert.is(next.map.get('b').name, 'c')
  assert.is(next.map.get('b').a, a)
  assert.is(b.name, 'b')
})

test('items that each point to their list cost no more than one edit', () => {
  const base: any = { items: [] }
  for (let id = 0; id < 20_000; id++) base.items.push({ id, home: base, list: base.items })
  const next = produce(base, draft => {
    draft.items.find((item: any) => item.id === 500).id = -1
    draft.items.push({ id: 20_000 })
  })
  assert.is(next.items[500].id, -1)
  assert.is(next.items[500].home, base)
  const last = produce(next, draft => {
    draft.items.filter((item: any) => item.id > 19_990).forEach((item: any) => (item.id = 0))
  })
  assert.is(last.items[19_999].id, 0)
})

test('a graph that has far more ways than nodes', () => {
  const doubled = (): any => {
    let node: any = { n: 0 }
    for (let i = 0; i < 60; i++) node = { left: node, right: node, both: [node, node] }
    return node
  }
  const next = produce({ top: doubled(), n: 0 }, draft => {
    draft.n = 1
    draft.top.left.left.n = 2
  })
  assert.is(next.top.left.left.n, 2)
  assert.is(next.top.right.left.n, undefined)
  assert.ok(Object.isFrozen(next.top.right.right))
})

test('a frozen value that is put in again is not walked again', () => {
  let looks = 0
  const watched = new Proxy(Object.freeze({ n: 1 }), {
    ownKeys(target) {
      looks++
      return Reflect.ownKeys(target)
    },
  })
  const items = Array.from({ length: 30 }, (_, id) => Object.freeze({ id, at: new Date(id) }))
  const big = Object.freeze({ items: Object.freeze(items), watched })
  const put = (): any => produce({ n: 0 }, draft => void (draft.big = big))
  assert.is(put().big, big)
  const once = looks
  assert.ok(once > 0)
  assert.is(put().big, big)
  assert.is(looks, once)
})

test('what is frozen but holds something that is not is walked each time', () => {
  const holder = Object.freeze({
    list: Object.freeze(Array.from({ length: 40 }, () => Object.freeze({}))),
    loose: { at: null },
  })
  produce({ n: 0 }, draft => void (draft.holder = holder))
  const next = produce({ a: { n: 1 } }, draft => {
    // Not frozen, though it stands in something that is: as in Immer.
    holder.loose.at = draft.a
    draft.holder = holder
    draft.a.n = 2
  })
  assert.equal(next.holder.loose, { at: { n: 2 } })
  assert.not(ours.isDraft(next.holder.loose.at))
})

test.run()
