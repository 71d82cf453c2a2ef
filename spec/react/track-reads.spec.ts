// The places that a selector reads.
import * as assert from 'uvu/assert'
import { createStore } from 'cowslip'
import { trackReads } from '../../lib/react/track-reads.ts'
import { suite } from '../support/suite.ts'

const test = suite('the reads of a selector')

const state: any = createStore<any>({
  user: { name: 'Ada', address: { city: 'London', zip: '1' } },
  list: [{ n: 1 }, { n: 2 }, { n: 3 }],
  tags: new Map([['a', 1]]),
  due: new Date(0),
  at: 1,
}).state

const paths = (selector: (s: any) => unknown): unknown =>
  trackReads<any, unknown>(selector, state).paths?.map(path => path.join('.')) ?? null

const CASES: [selector: (s: any) => unknown, read: string[] | null][] = [
  [s => s.user.name, ['user.name']],
  [s => s.user, ['user']],
  [s => s, ['']],
  [() => 1, []],
  [s => s.user.address.city + s.user.name, ['user.address.city', 'user.name']],
  [s => s.list[s.at].n, ['list.1.n', 'at']],
  [s => s.list.length, ['list.length']],
  [s => (s.at > 5 ? s.user : s.due), ['at', 'due']],
  [s => s.missing?.deep, ['missing']],
  [s => 'name' in s.user, ['user.name']],
  [s => Object.hasOwn(s.user, 'age'), ['user.age']],
  [s => Object.keys(s.user).length, ['user']],
  [s => ({ ...s.user.address }), ['user.address']],
  [s => s.tags.get('a'), ['tags']],
  [s => s.due.getTime(), ['due']],
  [s => ({ name: s.user.name, first: s.list[0] }), ['user.name', 'list.0']],
  [s => [s.user.address], ['user.address']],
  [s => s.list.find((item: any) => item.n === 2).n, ['list.length', 'list.0.n', 'list.1.n']],
  [s => s.list.map((item: any) => item.n), ['list.length', 'list.0.n', 'list.1.n', 'list.2.n']],
  [s => s.user === state.user, null],
  [s => new Set(s.list), null],
]

for (const [selector, read] of CASES) {
  test(String(selector), () => {
    const found = paths(selector) as string[] | null
    if (read === null) return assert.is(found, null)
    for (const path of read) assert.ok(found?.includes(path), `${path} in ${found?.join(' ')}`)
    // `constructor` and the like are asked for by native methods.
    const extra = found!.filter(path => !read.includes(path) && !/constructor$/.test(path))
    const isArrays = /\.(?:find|map)\(/.test(String(selector))
    if (!isArrays) assert.equal(extra, [])
  })
}

test('the value is that of the state itself', () => {
  assert.is(trackReads<any, any>(s => s.user.address, state).value, state.user.address)
  const made = trackReads<any, any>(s => ({ a: s.user }), state)
  assert.is(made.value.a, state.user)
})

test('a selector that remembers is asked at each change', () => {
  let last: [unknown, unknown] = [undefined, undefined]
  const remembering = (s: any) => {
    if (last[0] !== s) last = [s, { of: s.user.name }]
    return last[1]
  }
  assert.is(paths(remembering), null)
  const marked = Object.assign((s: any) => s.user.name, { resultFunc: () => {} })
  assert.is(paths(marked), null)
})

test('of very many places the top-level keys are taken', () => {
  const wide = createStore({ list: Array.from({ length: 200 }, (_, n) => ({ n })), x: 1 }).state
  const { paths: read } = trackReads<any, number>(
    s => s.x + s.list.reduce((sum: number, { n }: any) => sum + n, 0),
    wide,
  )
  assert.equal([...(read ?? [])].sort(), [['list'], ['x']])
})

test('one that throws on proxies alone is asked at each change; one that throws, throws', () => {
  const picky = (s: any) => {
    if (!Object.isFrozen(s)) throw new Error('not frozen')
    return s.at
  }
  assert.is(paths(picky), null)
  const wrong = (): never => {
    throw new RangeError('wrong')
  }
  assert.throws(() => paths(wrong), /wrong/)
})

test('a selector that writes is refused', () => {
  assert.throws(() => paths(s => void (s.at = 2)), TypeError)
})

test.run()
