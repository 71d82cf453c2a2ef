// Reading copies no container, and a no-op keeps every reference: counted on the states of an edit.
import * as assert from 'uvu/assert'
import { immerable } from 'cowslip'
import { statesOf } from '../../lib/draft/state.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { suite } from '../support/suite.ts'

const test = suite('reads')

class Point {
  static [immerable] = true
  x = 1
  get double(): number {
    return this.x * 2
  }
}

const document = (): any => ({
  list: Array.from({ length: 20 }, (_, id) => ({ id, tags: ['a', 'b'] })),
  map: new Map([['k', { n: 1, set: new Set([{ m: 1 }]) }]]),
  point: new Point(),
  due: new Date(1),
  plain: { deep: { deeper: { n: 1 } } },
})

/** How many containers an edit copied, and what came of it. */
function count(recipe: (draft: any) => void): { copies: number; drafts: number; kept: boolean } {
  const base = snapshot(document())
  const scope = new StoreScope(base, rules)
  recipe(scope.root.proxy)
  const copies = statesOf(scope).filter(({ copy }) => copy !== null).length
  const { value, op } = scope.finish()
  const after = statesOf(scope).filter(({ copy }) => copy !== null).length
  return {
    copies: Math.max(copies, after),
    drafts: statesOf(scope).length,
    kept: value === base && !op,
  }
}

/** Reads all there is, in every way. */
function readAll(value: any): void {
  if (typeof value !== 'object' || value === null || value instanceof Date) return
  if (value instanceof Map || value instanceof Set) {
    for (const item of value.values()) readAll(item)
    value.forEach(() => {})
    return void [...value.entries()]
  }
  if (Array.isArray(value)) {
    value.map(x => x)
    value.filter(() => true)
    value.find(() => false)
    value.slice(1).concat(value)
    value.toSorted()
    value.includes(value[0])
    for (const item of value) readAll(item)
  }
  for (const key of Object.keys(value)) readAll(value[key])
  JSON.stringify(value)
  void { ...value }
}

test('a recipe that reads everything in every way copies no container', () => {
  const { copies, drafts, kept } = count(d => {
    readAll(d)
    assert.is(d.point.double, 2)
    d.due.getTime()
  })
  assert.is(copies, 0)
  assert.ok(drafts > 40, `${drafts} drafts were made`)
  assert.ok(kept)
})

test('writes of what stands there copy nothing', () => {
  const { copies, kept } = count(d => {
    d.plain.deep.deeper.n = 1
    d.list[3].id = 3
    d.map.set('none', d.map.get('none')).delete('none')
    d.point.x = 1
    d.list.splice(0, 0)
    d.list.sort(() => 0)
    d.list.length = 20
    delete d.plain.none
  })
  // The Map was written to, and taken back.
  assert.is(copies, 1)
  assert.ok(kept)
})

test('an edit copies its own path only', () => {
  const { copies } = count(d => {
    readAll(d)
    d.plain.deep.deeper.n = 2
  })
  assert.is(copies, 4)
})

test('what is put back keeps every reference', () => {
  const { kept } = count(d => {
    const [first] = d.list
    d.list.shift()
    d.list.unshift(first)
    const { plain } = d
    delete d.plain
    d.plain = plain
    for (const [key, value] of [...d.map]) d.map.delete(key) && d.map.set(key, value)
    d.due.setTime(2)
    d.due.setTime(1)
  })
  assert.ok(kept)
})

test.run()
