// Bases that no edit of ours made, edited again and again from the same reference: what was learnt of one is
// used only where it still holds. Immer, which learns nothing, says what is right.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce/full'
import { Random } from '../properties/random.ts'
import { suite } from '../support/suite.ts'

const test = suite('bases of others')

type Base = Record<PropertyKey, any>

function randomBase(random: Random): Base {
  const base: Base = random.chance(0.1) ? Object.create(null) : {}
  const width = random.pick([3, 7, 12, 20, 60, 140, 350])
  for (let i = 0; i < width; i++) base[`k${i}`] = random.chance(0.2) ? { n: i } : i
  if (random.chance(0.1)) base[7] = 'seven'
  if (random.chance(0.1)) base[Symbol.for('s')] = { s: 1 }
  if (random.chance(0.1))
    Object.defineProperty(base, 'got', { get: () => 'got', enumerable: true, configurable: true })
  return random.chance(0.5) ? JSON.parse(JSON.stringify(base)) : base
}

/** What somebody else does to a base between two edits of it. */
function change(base: Base, random: Random): void {
  const keys = Object.keys(base)
  const key = random.pick(keys)
  const kind = random.below(8)
  if (!Object.isExtensible(base)) return
  if (kind === 0) base[`new${random.below(9)}`] = { fresh: 1 }
  else if (kind === 1) delete base[key]
  else if (kind === 2) {
    const value = base[key]
    delete base[key]
    base[key] = value
  } else if (kind === 3) define(base, key, { value: { o: 1 }, enumerable: true, writable: true })
  else if (kind === 4) define(base, key, { value: base[key], enumerable: false })
  else if (kind === 5) define(base, key, { get: () => 5, enumerable: true })
  else if (kind === 6) base[Symbol.for('s')] = random.below(9)
}

function define(base: Base, key: string, field: PropertyDescriptor): void {
  Object.defineProperty(base, key, { configurable: true, ...field })
}

const entries = (value: Base): unknown[] =>
  Reflect.ownKeys(value).map(key => [
    String(key),
    value[key],
    Object.getOwnPropertyDescriptor(value, key)?.enumerable,
  ])

test('2,000 bases that change, are reordered and redefined between the edits', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = new Random(seed)
    const base = randomBase(random)
    if (random.chance(0.4)) Object.freeze(base)
    for (let i = 0; i < 6; i++) {
      const key = random.pick([...Object.keys(base), 'added'])
      const recipe = (draft: any): void => {
        draft[key] = -seed - i
      }
      const next = ours.produce(base, recipe)
      const expected = immer.produce(base, recipe)
      assert.equal(entries(next), entries(expected), `seed ${seed}, edit ${i}`)
      assert.is(Object.getPrototypeOf(next), Object.getPrototypeOf(expected))
      for (const value of Object.values(next)) assert.ok(Object.isFrozen(value), `seed ${seed}`)
      if (random.chance(0.5)) change(base, random)
    }
  }
})

test('lists that change between the edits, and end frozen', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = new Random(seed)
    const items = Array.from({ length: random.pick([3, 20, 100]) }, (_, id) => ({ id, in: { id } }))
    const base = random.chance(0.3) ? Object.freeze({ items: Object.freeze(items) }) : { items }
    for (let i = 0; i < 5; i++) {
      const at = random.below(items.length)
      const next = ours.produce(base as { items: typeof items }, draft => {
        const item = draft.items[at]
        if (item !== undefined) item.id = -1 - i
        if (i === 3) draft.items.splice(1, 1, { id: 99, in: { id: 99 } })
      })
      for (const item of next.items) {
        assert.ok(Object.isFrozen(item) && Object.isFrozen(item.in), `seed ${seed}, edit ${i}`)
      }
      if (Object.isFrozen(items)) continue
      if (random.chance(0.5)) items.push({ id: 100 + i, in: { id: 1 } })
      if (random.chance(0.3)) items[random.below(items.length)] = { id: 50, in: { id: 2 } }
      if (random.chance(0.3)) items.reverse()
    }
  }
})

test('a child that was replaced the first time is frozen when it stays the second time', () => {
  const base: any = { n: 0 }
  for (let i = 0; i < 40; i++) base[`k${i}`] = { i }
  Object.freeze(base)
  ours.produce(base, (draft: any) => void (draft.k3 = 1))
  ours.produce(base, (draft: any) => void (draft.k3 = 2))
  const next = ours.produce<any>(base, (draft: any) => void (draft.n = 1))
  assert.ok(Object.isFrozen(next.k3))
})

test('a Map and a Set that others froze pass as they are', () => {
  const base = { map: Object.freeze(new Map([['a', {}]])), set: Object.freeze(new Set([1])), n: 1 }
  const next = ours.produce(base, draft => void draft.n++)
  assert.is(next.map, base.map)
  const mine = Object.freeze(new Map([['a', { n: 1 }]]))
  const last = ours.produce(next, (draft: any) => void (draft.mine = mine))
  assert.is((last as any).mine, mine)
  assert.is(ours.freeze(mine, true), mine)
  assert.is(ours.freeze(mine), mine)
})

const wide = (): Base => Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i}`, i]))

test('a base that is closed to new keys, but not frozen, is read anew each time', () => {
  for (const close of [Object.preventExtensions, Object.seal]) {
    const base = close(wide())
    for (let n = 0; n < 5; n++) {
      base.k1 = n
      const next = ours.produce(base, draft => void (draft.k2 = -1 - n))
      assert.is(next.k1, n)
    }
  }
})

test('an accessor of a frozen base is asked each time', () => {
  let now = 0
  const base = Object.freeze(
    Object.defineProperty(wide(), 'now', { enumerable: true, get: () => now }),
  )
  for (; now < 5; now++) assert.is(ours.produce(base, draft => void (draft.k2 = -1 - now)).now, now)
})

test.run()
