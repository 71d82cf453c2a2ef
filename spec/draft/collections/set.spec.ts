import * as assert from 'uvu/assert'
import { edit } from '../../support/drafting.ts'
import { code, suite } from '../../support/suite.ts'

const test = suite('Set draft')

const members = (): Set<any> => new Set<any>(['x', { n: 1 }, { n: 2 }])

test('adds and deletes are one op', () => {
  const { next, op } = edit({ s: members() }, d => {
    d.s.add('y')
    d.s.add('x')
    d.s.delete('x')
  })
  assert.equal(op.keys.get('s'), { kind: 'members', added: ['y'], removed: ['x'] })
  assert.equal([...next.s], [{ n: 1 }, { n: 2 }, 'y'])
  assert.ok(Object.isFrozen(next.s))
  for (const change of ['add', 'delete', 'clear']) {
    assert.throws(() => next.s[change]('x'), /frozen Map or Set/)
  }
})

test('an edited member takes the place of the old one', () => {
  const { base, next, op } = edit({ s: members() }, d => {
    for (const member of d.s) if (member.n === 1) member.n = 5
  })
  assert.equal([...next.s], ['x', { n: 5 }, { n: 2 }])
  const [, first, second] = [...base.s]
  assert.equal(op.keys.get('s'), { kind: 'members', added: [{ n: 5 }], removed: [{ n: 1 }] })
  assert.is(op.keys.get('s').removed[0], first)
  assert.is([...next.s][2], second)
})

test('it is a Set to whoever asks, and knows its drafts and their originals', () => {
  edit({ s: members() }, d => {
    const { s } = d
    assert.ok(s instanceof Set)
    assert.is(s.constructor, Set)
    assert.is(Object.prototype.toString.call(s), '[object Set]')
    assert.is(s.size, 3)
    const [, first] = [...s]
    assert.ok(s.has(first))
    assert.is(s.add(first), s)
    assert.is(s.size, 3)
    assert.ok(s.delete(first))
    assert.not(s.has(first))
    assert.not(s.delete(first))
    s.add(first)
    assert.is([...s][2], first)
    assert.throws(() => ((s as any).named = 1), code('unsupported-value'))
    assert.throws(() => s.has.call(new Set(), 'x'), TypeError)
  })
})

test('every way to read hands out drafts', () => {
  const ways: [string, (s: any) => any][] = [
    ['values', s => [...s.values()][1]],
    ['keys', s => [...s.keys()][1]],
    ['entries', s => [...s.entries()][1][1]],
    ['iteration', s => [...s][1]],
    ['new Set', s => [...new Set<any>(s)][1]],
    [
      'forEach',
      s => {
        const all: any[] = []
        s.forEach((value: any, key: any, set: any) => {
          assert.ok(value === key && set === s)
          all.push(value)
        })
        return all[1]
      },
    ],
  ]
  for (const [way, read] of ways) {
    const { base, next } = edit({ s: members() }, d => (read(d.s).n = 7))
    assert.equal([...next.s][1], { n: 7 }, way)
    assert.equal([...base.s][1], { n: 1 })
  }
})

test('reading copies nothing; what comes back is no change', () => {
  const { base, next, op } = edit({ s: members() }, d => {
    const all = [...d.s]
    d.s.clear()
    for (const member of all) d.s.add(member)
    all[1].n = 3
    all[1].n = 1
  })
  assert.is(next, base)
  assert.is(op, null)
})

test('an equal member in the place of the last one is no change; elsewhere it is another order', () => {
  const { base, next } = edit({ s: members() }, d => {
    d.s.delete([...d.s][2])
    d.s.add({ n: 2 })
  })
  assert.is(next, base)
  const moved = edit({ s: members() }, d => {
    d.s.delete([...d.s][1])
    d.s.add({ n: 1 })
  })
  const [x, one, two] = moved.base.s
  assert.equal([...moved.next.s], [x, two, one])
  assert.is([...moved.next.s][2], one, 'by reference')
  assert.equal(moved.op.keys.get('s'), { kind: 'set', value: moved.next.s, old: moved.base.s })
})

test('a member deleted and edited keeps its edits when it comes back, at the end', () => {
  const { next } = edit({ s: members() }, d => {
    const [, first] = [...d.s]
    d.s.delete(first)
    first.n = 9
    d.s.add(first)
  })
  assert.equal([...next.s], ['x', { n: 2 }, { n: 9 }])
})

test('an inserted object can be read and edited further, and stays as it is', () => {
  const mine = { n: 0, deep: [1] }
  const { next } = edit({ s: members() }, d => {
    d.s.add(mine)
    const draft = [...d.s][3]
    draft.deep.push(2)
    assert.ok(d.s.has(mine) && d.s.has(draft))
    assert.is([...d.s][3], draft)
  })
  assert.equal([...next.s][3], { n: 0, deep: [1, 2] })
  assert.equal(mine, { n: 0, deep: [1] })
})

test('an inserted Set is adopted, its members too', () => {
  const mine = new Set([{ n: 1 }])
  const { next } = edit({ a: {} }, d => {
    d.s = mine
    for (const member of d.s) member.n++
    d.s.add(d.a)
    d.a.x = 1
  })
  assert.equal([...next.s], [{ n: 2 }, { x: 1 }])
  assert.equal([...mine], [{ n: 1 }])
})

test('dates inside are tracked', () => {
  const { base, next } = edit({ s: new Set([new Date(1)]) }, d => {
    for (const date of d.s) {
      date.setTime(4)
      assert.ok(d.s.has(date))
    }
  })
  assert.is([...next.s][0].getTime(), 4)
  assert.is([...base.s][0].getTime(), 1)
})

test('one piece of the snapshot put in twice is one member', () => {
  const { next } = edit({ a: { n: 1 }, s: new Set() }, d => {
    d.s.add(d.a)
    d.s.add(d.a)
  })
  assert.is(next.s.size, 1)
  assert.is([...next.s][0], next.a)
})

const names = ['union', 'intersection', 'difference', 'symmetricDifference'] as const
for (const name of [...names, 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'] as const) {
  if (!(name in Set.prototype)) continue
  test(`${name} is what it is of a Set`, () => {
    edit({ s: new Set([1, 2, 3]) }, d => {
      const other = new Set([3, 4])
      const native = (new Set([1, 2, 3]) as any)[name](other)
      assert.equal(d.s[name](other), native)
    })
  })
}

test.run()
