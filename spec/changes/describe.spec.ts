import * as assert from 'uvu/assert'
import { inspect } from 'node:util'
import { createStore, describe } from 'cowslip'
import { suite } from '../support/suite.ts'

const test = suite('describe')

function lines(base: object, recipe: (draft: any) => void): readonly string[] {
  return describe(createStore(base as any).edit(recipe)!)
}

test('keys that changed, came and went', () => {
  const base = { name: 'Ada', age: 36, at: { city: 'London' } }
  const told = lines(base, d => {
    d.at.city = "King's Lynn\n"
    d.born = new Date(0)
    delete d.age
    d['odd key'] = null
  })
  assert.equal(told, [
    "at.city: 'London' -> 'King\\'s Lynn\\n'",
    'born: + 1970-01-01T00:00:00.000Z',
    'age: - 36',
    '["odd key"]: + null',
  ])
})

test('arrays: pushed, inserted, removed, edited, moved', () => {
  const list = () => ({ l: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }] })
  assert.equal(
    lines({ tags: ['a'] }, d => d.tags.push('navy')),
    ["tags: + 'navy'"],
  )
  assert.equal(
    lines({ tags: ['a'] }, d => d.tags.unshift('b', 'c')),
    ["tags[0]: + 'b', 'c'"],
  )
  assert.equal(
    lines({ tags: ['a', 'b'] }, d => d.tags.splice(0, 1)),
    ["tags[0]: - 'a'"],
  )
  assert.equal(
    lines(list(), d => (d.l[1].n = 9)),
    ['l[1].n: 2 -> 9'],
  )
  assert.equal(
    lines(list(), d => d.l.push(...d.l.splice(0, 1))),
    ['l: [0] -> [4]'],
  )
  assert.equal(
    lines(list(), d => d.l.reverse()),
    ['l: reordered'],
  )
})

test('Maps, Sets, and long values cut', () => {
  const base = { m: new Map([['x', 1]]), s: new Set([1, 2]), text: '', o: { z: 0 } }
  const told = lines(base, d => {
    d.m.set('x', 2)
    d.s.delete(1)
    d.s.add(3)
    d.text = 'x'.repeat(100)
    d.o = { a: [1, 2, 3, 4], b: { c: { d: { e: 1 } } }, f: () => 1, g: 1 }
  })
  assert.equal(told, [
    'm.x: 1 -> 2',
    's: - 1',
    's: + 3',
    `text: '' -> '${'x'.repeat(60)}...'`,
    'o: { z: 0 } -> { a: [1, 2, 3, ...], b: { c: {...} }, f: a function, ... }',
  ])
})

test('after fifty lines the rest is counted', () => {
  const told = lines({}, d => {
    for (let i = 0; i < 60; i++) d[`k${i}`] = i
  })
  assert.equal([told.length, told.at(-1)], [51, '... and 10 more'])
})

test('console.log of a change set', () => {
  const store = createStore({ n: 1, tags: ['a'] })
  const change = store.edit(d => {
    d.n = 2
    d.tags.push('b')
  })
  assert.is(inspect(change), "ChangeSet (local, version 1)\n  n: 1 -> 2\n  tags: + 'b'")
  assert.is(inspect({ change }).includes('n: 1 -> 2'), true)
})

test.run()
