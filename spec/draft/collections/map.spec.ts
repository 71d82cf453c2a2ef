import * as assert from 'uvu/assert'
import { edit } from '../../support/drafting.ts'
import { code, suite } from '../../support/suite.ts'

const test = suite('Map draft')

const people = (): Map<unknown, any> =>
  new Map<unknown, any>([
    ['ada', { age: 36 }],
    [1, 'one'],
    [null, [1, 2]],
  ])

test('set, delete and an edit below are one op, keyed by what the keys are', () => {
  const { base, next, op } = edit({ m: people(), n: 1 }, d => {
    d.m.get('ada').age = 37
    d.m.set('bob', { age: 1 })
    d.m.delete(1)
  })
  const entries = [...op.keys.get('m').entries]
  assert.equal(entries, [
    ['ada', { kind: 'object', keys: new Map([['age', { kind: 'set', value: 37, old: 36 }]]) }],
    ['bob', { kind: 'set', value: { age: 1 } }],
    [1, { kind: 'unset', old: 'one' }],
  ])
  assert.equal([...next.m.keys()], ['ada', null, 'bob'])
  assert.is(next.m.get(null), base.m.get(null))
  assert.ok(Object.isFrozen(next.m) && Object.isFrozen(next.m.get('bob')))
})

test('a snapshot refuses to be changed', () => {
  const { next } = edit({ m: people() }, d => d.m.set('x', 1))
  for (const change of ['set', 'delete', 'clear']) {
    assert.throws(() => next.m[change]('ada', 1), /frozen Map or Set/)
  }
})

test('it is a Map to whoever asks', () => {
  edit({ m: people() }, ({ m }) => {
    assert.ok(m instanceof Map)
    assert.is(m.constructor, Map)
    assert.is(Object.prototype.toString.call(m), '[object Map]')
    assert.is(m.size, 3)
    assert.is(m.set('x', 1), m)
    assert.equal([m.has('x'), m.delete('x'), m.delete('x'), m.has('x')], [true, true, false, false])
    assert.throws(() => ((m as any).named = 1), code('unsupported-value'))
    assert.throws(() => Object.freeze(m), code('unsupported-value'))
    assert.throws(() => Map.prototype.get.call(m, 'ada'), TypeError)
    assert.throws(() => m.get.call(new Map(), 'ada'), TypeError)
  })
})

test('every way to read hands out drafts', () => {
  const ways: [string, (m: any) => any][] = [
    ['get', m => m.get('ada')],
    ['values', m => [...m.values()][0]],
    ['entries', m => [...m.entries()][0][1]],
    ['iteration', m => [...m][0][1]],
    [
      'forEach',
      m => {
        let first: any
        m.forEach((value: any, key: unknown, map: any) => {
          assert.is(map, m)
          if (key === 'ada') first = value
        })
        return first
      },
    ],
    ['new Map', m => new Map<any, any>(m).get('ada')],
  ]
  for (const [way, read] of ways) {
    const { base, next } = edit({ m: people() }, d => (read(d.m).age = 1))
    assert.is(next.m.get('ada').age, 1, way)
    assert.is(base.m.get('ada').age, 36)
  }
})

test('reading copies nothing and changes nothing', () => {
  const { base, next, op } = edit({ m: people() }, d => {
    for (const [, value] of d.m) void value
    d.m.forEach(() => {})
    d.m.delete('nobody')
    d.m.set(1, 'one')
  })
  assert.is(next, base)
  assert.is(op, null)
})

test('what comes back in its place is no change', () => {
  const { base, next } = edit({ m: people() }, d => {
    const last = [...d.m.keys()].at(-1)
    const value = d.m.get(last)
    d.m.delete(last)
    d.m.set(last, value)
    d.m.set(1, 2).set(1, 'one')
    d.m.set(null, [1, 2])
    d.m.set('new', 1).delete('new')
  })
  assert.is(next, base)
})

test('an entry that comes back elsewhere is another order: a whole set', () => {
  const { base, next, op } = edit({ m: people() }, d => {
    const ada = d.m.get('ada')
    d.m.delete('ada')
    d.m.set('ada', ada)
  })
  assert.is([...next.m.keys()].at(-1), 'ada')
  assert.is(next.m.get('ada'), base.m.get('ada'))
  assert.equal(op.keys.get('m'), { kind: 'set', value: next.m, old: base.m })
})

test('a deleted entry that comes back stands at the end', () => {
  const { next } = edit({ m: people() }, d => {
    const ada = d.m.get('ada')
    d.m.clear()
    d.m.set(null, 0).set('ada', ada)
    ada.age = 1
  })
  assert.equal(
    [...next.m],
    [
      [null, 0],
      ['ada', { age: 1 }],
    ],
  )
})

test('an iteration meets what comes, and not what goes', () => {
  const visit = (m: Map<number, any>): number[] => {
    const seen: number[] = []
    for (const key of m.keys()) {
      seen.push(key)
      if (key === 1) {
        m.delete(2)
        m.delete(1)
        m.set(9, {})
      }
      if (key === 3) m.set(1, {})
    }
    return seen
  }
  const document = () => new Map([1, 2, 3].map(key => [key, {}]))
  edit({ m: document() }, d => assert.equal(visit(d.m), visit(document())))
})

test('an object is a key by identity, neither copied nor frozen', () => {
  const key = { id: 1 }
  const { next } = edit({ m: new Map([[key, { n: 1 }]]) }, d => (d.m.get(key).n = 2))
  assert.equal(next.m.get(key), { n: 2 })
  assert.not(Object.isFrozen(key))
})

test('a draft is no key, nor hides in one', () => {
  edit({ m: people(), a: {} }, d => {
    d.m.set(d.a, 1)
    d.m.delete(d.a)
  })
  const refused = (key: (d: any) => unknown): void =>
    void assert.throws(
      () => edit({ m: people(), a: {} }, d => d.m.set(key(d), 1)),
      /a draft as a key/,
    )
  refused(d => d.a)
  refused(d => ({ deep: [d.a] }))
})

test('undefined is a value; NaN and 0 are the keys they are', () => {
  const { next, op } = edit({ m: new Map<unknown, unknown>([[0, 'zero']]) }, d => {
    d.m.set(NaN, undefined).set(-0, 'same')
  })
  assert.equal(
    [...next.m],
    [
      [0, 'same'],
      [NaN, undefined],
    ],
  )
  assert.equal(op.keys.get('m').entries.get(NaN), { kind: 'set', value: undefined })
})

test('an inserted Map is adopted: read back and edited, never written to', () => {
  const mine = new Map([['x', { n: 1 }]])
  const { next } = edit({ m: people() }, d => {
    d.inner = mine
    d.inner.get('x').n = 2
    d.inner.set('y', d.m.get('ada'))
    d.m.get('ada').age = 99
  })
  assert.equal(
    [...next.inner],
    [
      ['x', { n: 2 }],
      ['y', { age: 99 }],
    ],
  )
  assert.equal([...mine], [['x', { n: 1 }]])
  assert.not(Object.isFrozen(mine))
})

test('dates inside are tracked', () => {
  const { base, next } = edit({ m: new Map([['d', new Date(1)]]) }, d => d.m.get('d').setTime(5))
  assert.is(next.m.get('d').getTime(), 5)
  assert.is(base.m.get('d').getTime(), 1)
})

test('a cycle through a Map is refused', () => {
  assert.throws(() => edit({ m: people() }, d => d.m.set('self', d.m)), code('cycle'))
})

test.run()
