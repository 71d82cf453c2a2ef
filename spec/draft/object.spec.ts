import * as assert from 'uvu/assert'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { edit, rules, snapshot as take } from '../support/drafting.ts'
import { code, suite } from '../support/suite.ts'

const test = suite('object draft')

test('a set makes a new frozen root and an op with the old value', () => {
  const { base, next, op } = edit({ a: 1, b: { c: 2 } }, d => (d.a = 5))
  assert.equal(next, { a: 5, b: { c: 2 } })
  assert.ok(Object.isFrozen(next))
  assert.is(next.b, base.b)
  assert.equal(op, { kind: 'object', keys: new Map([['a', { kind: 'set', value: 5, old: 1 }]]) })
})

test('a new key has no old, a deleted one is an unset', () => {
  const { next, op } = edit({ a: 1 }, d => {
    d.b = 2
    delete d.a
  })
  assert.equal(next, { b: 2 })
  assert.equal(
    [...op.keys],
    [
      ['b', { kind: 'set', value: 2 }],
      ['a', { kind: 'unset', old: 1 }],
    ],
  )
})

test('nested edits are ops below, in the order of first touch', () => {
  const { next, op } = edit({ x: { y: { z: 1 } }, a: 1 }, d => {
    d.x.y.z = 2
    d.a = 2
  })
  assert.equal(next, { x: { y: { z: 2 } }, a: 2 })
  assert.equal([...op.keys.keys()], ['x', 'a'])
  const y = op.keys.get('x').keys.get('y')
  assert.equal(y.keys.get('z'), { kind: 'set', value: 2, old: 1 })
})

test('what ends where it began is no change', () => {
  const cases: ((d: any) => void)[] = [
    () => {},
    d => (d.a = 1),
    d => ((d.a = 2), (d.a = 1)),
    d => (delete d.a, (d.a = 1)),
    d => ((d.new = 1), delete d.new),
    d => (d.b = { c: 2 }),
    d => (d.b = d.b),
    d => ((d.b.c = 9), (d.b.c = 2)),
    d => (d.at = new Date(5)),
    d => (d.at.setTime(9), d.at.setTime(5)),
    d => ((d.b = 1), (d.b = { c: 2 })),
    d => {
      const { b } = d
      delete d.b
      d.b = b
    },
    d => (d.none = undefined),
    d => delete d.none,
  ]
  for (const recipe of cases) {
    const { base, next, op } = edit({ a: 1, b: { c: 2 }, at: new Date(5) }, recipe)
    assert.is(next, base, String(recipe))
    assert.is(op, null)
  }
})

test('undefined assigned is a delete', () => {
  const { next, op } = edit({ a: 1, b: 1 }, d => {
    d.a = undefined
    assert.not('a' in d)
  })
  assert.equal(next, { b: 1 })
  assert.is(op.keys.get('a').kind, 'unset')
})

test('a key that is deleted and set again stands at the end', () => {
  const { next } = edit({ a: 1, b: 2, c: 3 }, d => {
    delete d.a
    d.new = 1
    d.a = 9
    delete d.b
  })
  assert.equal(Object.keys(next), ['c', 'new', 'a'])
})

test('-0 and NaN follow Object.is', () => {
  assert.is(edit({ n: NaN }, d => (d.n = NaN)).op, null)
  assert.ok(Object.is(edit({ n: 0 }, d => (d.n = -0)).next.n, -0))
})

test('dates read through a draft are tracked copies', () => {
  const { base, next, op } = edit({ at: new Date(5), x: { at: new Date(7) } }, d => {
    d.x.at.setTime(8)
    assert.is(d.x.at, d.x.at)
    assert.is(d.at.getTime(), 5)
  })
  assert.is(next.x.at.getTime(), 8)
  assert.is(next.at, base.at)
  assert.equal([...op.keys.keys()], ['x'])
})

test('an inserted date belongs to the caller', () => {
  const mine = new Date(5)
  const { next } = edit({ at: null }, d => {
    d.at = mine
    d.at.setTime(6)
    assert.is(d.at.getTime(), 6)
  })
  assert.is(mine.getTime(), 5)
  assert.is(next.at.getTime(), 6)
  mine.setTime(7)
  assert.is(next.at.getTime(), 6)
})

test('an inserted object is read back as a draft over it, and never written to', () => {
  const mine = { n: 1, deep: { list: { x: 1 } } }
  const { next, op } = edit({}, d => {
    d.o = mine
    d.o.n = 2
    d.o.deep.list.x = 2
    delete d.o.deep.none
  })
  assert.equal(next, { o: { n: 2, deep: { list: { x: 2 } } } })
  assert.equal(mine, { n: 1, deep: { list: { x: 1 } } })
  assert.not(Object.isFrozen(mine))
  assert.equal(op.keys.get('o'), { kind: 'set', value: next.o })
  assert.is(op.keys.get('o').value, next.o)
})

test('a move keeps edits made through the old handle, before and after', () => {
  const { next } = edit({ a: { n: 1, m: 1 } }, d => {
    const handle = d.a
    handle.n = 2
    d.b = handle
    delete d.a
    handle.m = 2
    d.b.k = 2
  })
  assert.equal(next, { b: { n: 2, m: 2, k: 2 } })
})

test('an untouched part moved keeps its reference', () => {
  const { base, next } = edit({ a: { n: 1 } }, d => {
    d.b = d.a
    d.list = { inner: d.a }
    delete d.a
  })
  assert.is(next.b, base.a)
  assert.is(next.list.inner, base.a)
})

test('a piece of the snapshot assigned elsewhere can be edited without changing it', () => {
  const { base, next } = edit({ a: { n: 1 }, b: null }, d => {
    d.b = { piece: null }
    d.b.piece = d.a
    d.b.piece.n = 2
  })
  assert.is(base.a.n, 1)
  assert.equal(next, { a: { n: 2 }, b: { piece: { n: 2 } } })
})

test('the base value assigned back restores it, the kid assigned back keeps its edits', () => {
  const document = { a: { n: 1 } }
  const base = take(document)
  const one = new StoreScope(base, rules)
  const d1 = one.root.proxy as any
  d1.a.n = 2
  d1.a = base.a
  assert.is(d1.a.n, 1)
  assert.is(one.finish().value, base)
  const two = new StoreScope(base, rules)
  const d2 = two.root.proxy as any
  const handle = d2.a
  handle.n = 2
  d2.a = 5
  d2.a = handle
  assert.equal(two.finish().value, { a: { n: 2 } })
})

test('siblings swap', () => {
  const { base, next } = edit({ a: { n: 1 }, b: { n: 2 } }, d => {
    ;[d.a, d.b] = [d.b, d.a]
  })
  assert.is(next.a, base.b)
  assert.is(next.b, base.a)
})

test('a draft put inside itself is a cycle', () => {
  for (const recipe of [
    (d: any) => (d.a.self = d.a),
    (d: any) => (d.a.b = { list: { d } }),
    (d: any) => ((d.a.x = d.c), (d.c.x = d.a)),
  ]) {
    assert.throws(() => edit({ a: {}, c: {} }, recipe), code('cycle'))
  }
})

test('unsupported values are refused with their path', () => {
  assert.throws(() => edit({ a: {} }, d => (d.a.x = { y: new WeakMap() })), /"a.x.y"/)
  assert.throws(() => edit({ a: {} }, d => (d.a[Symbol('s')] = 1)), code('unsupported-value'))
  assert.throws(
    () =>
      edit({ a: {} }, d => {
        d.a.x = {
          get y() {
            return 1
          },
        }
        assert.is(d.a.x.y, 1)
      }),
    /"a.x.y"\. Received a getter/,
  )
  assert.throws(() => edit({ a: {} }, d => Object.freeze(d.a)), code('unsupported-value'))
  assert.throws(
    () => edit({ a: {} }, d => Object.setPrototypeOf(d, null)),
    code('unsupported-value'),
  )
  assert.throws(
    () => edit({ a: {} }, d => Object.defineProperty(d, 'x', { get: () => 1, configurable: true })),
    code('unsupported-value'),
  )
})

test('hostile keys are data', () => {
  const { next } = edit({ a: 1 }, d => {
    assert.is(d.__proto__, Object.prototype)
    d.__proto__ = { bad: 1 }
    assert.is(d.__proto__.bad, 1)
    d.constructor = 1
    d['a.b'] = 1
    d[''] = 1
    Object.defineProperty(d, 'x', {
      value: 1,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  })
  assert.equal(Object.keys(next), ['a', '__proto__', 'constructor', 'a.b', '', 'x'])
  assert.is(Object.getPrototypeOf(next), Object.prototype)
  assert.is(({} as any).bad, undefined)
})

test('own `__proto__` of the base is edited like any key', () => {
  const { base, next, op } = edit(JSON.parse('{"__proto__": {"n": 1}, "k": 1}'), d => {
    d.__proto__.n = 2
  })
  const own = (o: object) => Object.getOwnPropertyDescriptor(o, '__proto__')?.value
  assert.equal(own(next), { n: 2 })
  assert.equal(own(base), { n: 1 })
  assert.is(op.keys.get('__proto__').kind, 'object')
})

test('reads like an object', () => {
  edit({ a: 1, b: { c: 2 } }, d => {
    assert.equal(Object.keys(d), ['a', 'b'])
    assert.ok('a' in d)
    assert.not('x' in d)
    assert.equal(JSON.parse(JSON.stringify(d)), { a: 1, b: { c: 2 } })
    assert.equal({ ...d.b }, { c: 2 })
    assert.is(d.toString(), '[object Object]')
    assert.ok(Object.hasOwn(d, 'a'))
    assert.is(Object.getPrototypeOf(d), Object.prototype)
    d.b.e = 3
    assert.equal(Object.entries(d.b), [
      ['c', 2],
      ['e', 3],
    ])
    const copy = Object.assign({}, d)
    copy.b.c = 9
    assert.is(d.b.c, 9)
  })
})

test('a draft that ended refuses every use', () => {
  let leaked: any
  edit({ a: { b: 1 } }, d => (leaked = d.a))
  const uses: (() => unknown)[] = [
    () => leaked.b,
    () => (leaked.b = 1),
    () => delete leaked.b,
    () => 'b' in leaked,
    () => Object.keys(leaked),
    () => edit({}, d => (d.x = leaked)),
    () => edit({}, d => (d.x = [{ leaked }])),
  ]
  for (const use of uses) assert.throws(use, code('ended-draft'))
})

test('a live draft of another edit is taken as the value it shows', () => {
  const other = new StoreScope(take({ a: { n: 1 } }), rules)
  const foreign = (other.root.proxy as any).a
  foreign.n = 2
  const { next } = edit({}, d => (d.x = foreign))
  foreign.n = 3
  assert.equal(next, { x: { n: 2 } })
})

test.run()
