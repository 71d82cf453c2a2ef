import * as assert from 'uvu/assert'
import { edit, snapshot } from '../../support/drafting.ts'
import { code, suite } from '../../support/suite.ts'

const test = suite('array draft')

/** Edits `{ list }`; gives the list before and after, and its op. */
function list(items: unknown[], recipe: (list: any, draft: any) => void) {
  const { base, next, op } = edit({ list: items }, d => recipe(d.list, d))
  return { base: base.list, next: next.list, op: op?.keys.get('list') ?? null }
}

const things = (n: number) => Array.from({ length: n }, (_, id) => ({ id }))

test('an edit below an element is one edit by base index', () => {
  const { base, next, op } = list(things(3), l => (l[1].id = 9))
  assert.equal(next, [{ id: 0 }, { id: 9 }, { id: 2 }])
  assert.ok(Object.isFrozen(next))
  assert.is(next[0], base[0])
  assert.is(op.runs, null)
  assert.is(op.removed, null)
  assert.equal([...op.edits.keys()], [1])
})

test('an assigned element is a set with its old value', () => {
  const { op } = list([1, 2, 3], l => (l[1] = 9))
  assert.equal(op, {
    kind: 'array',
    length: 3,
    runs: null,
    edits: new Map([[1, { kind: 'set', value: 9, old: 2 }]]),
    removed: null,
  })
})

test('push, unshift, pop and shift are runs', () => {
  const { next, op } = list([1, 2, 3], l => {
    assert.is(l.push(4, 5), 5)
    assert.is(l.length, 5)
  })
  assert.equal(next, [1, 2, 3, 4, 5])
  assert.equal(op.runs, [{ keep: 0, count: 3 }, { insert: [4, 5] }])
  assert.is(op.removed, null)
  assert.equal(list([1, 2], l => assert.is(l.unshift(0), 3)).op.runs, [
    { insert: [0] },
    { keep: 0, count: 2 },
  ])
  const popped = list([1, 2], l => assert.is(l.pop(), 2)).op
  assert.equal(popped.runs, [{ keep: 0, count: 1 }])
  assert.equal(popped.removed, new Map([[1, 2]]))
  assert.equal(list([1, 2], l => assert.is(l.shift(), 1)).op.runs, [{ keep: 1, count: 1 }])
})

test('a splice at the head of 100,000 items is two runs', () => {
  const { op } = list(
    Array.from({ length: 100_000 }, (_, i) => i),
    l => l.splice(0, 1, 'new'),
  )
  assert.equal(op.runs, [{ insert: ['new'] }, { keep: 1, count: 99_999 }])
  assert.is(op.removed.size, 1)
})

test('splices elsewhere, and edits by base index after them', () => {
  const { next, op } = list(things(6), l => {
    l.splice(4, 1)
    l.splice(1, 1, { id: 'n' })
    l[4].id = 'last'
    l[0].id = 'first'
  })
  assert.equal(
    next.map((x: any) => x.id),
    ['first', 'n', 2, 3, 'last'],
  )
  assert.equal(op.runs, [
    { keep: 0, count: 1 },
    { insert: [{ id: 'n' }] },
    { keep: 2, count: 2 },
    { keep: 5, count: 1 },
  ])
  assert.equal([...op.edits.keys()].sort(), [0, 5])
  assert.equal([...op.removed.keys()], [1, 4])
})

test('sort and reverse are moves of kept elements', () => {
  const { base, next, op } = list(things(4), l => {
    const drafts = [...l]
    assert.is(l.reverse(), l)
    drafts[0].id = 'zero'
    assert.is(l[3], drafts[0])
  })
  assert.equal(next, [{ id: 3 }, { id: 2 }, { id: 1 }, { id: 'zero' }])
  assert.is(next[0], base[3])
  assert.equal(
    op.runs.map((r: any) => r.keep),
    [3, 2, 1, 0],
  )
  assert.equal(op.removed, null)
  const sorted = list([3, 10, 2], l => l.sort())
  assert.equal(sorted.next, [10, 2, 3])
  assert.equal(list([3, 10, 2], l => l.sort((a: number, b: number) => a - b)).next, [2, 3, 10])
})

test('what ends where it began is no change', () => {
  const cases: ((l: any, d: any) => void)[] = [
    l => (l.push({}), l.pop()),
    l => l.sort((a: any, b: any) => a.id - b.id),
    l => l.reverse().reverse(),
    l => l.splice(1, 0),
    l => l.splice(1, 1, { id: 1 }),
    l => l.unshift(l.shift()),
    l => l.push(...l.splice(0)),
    (_, d) => (d.list = [{ id: 0 }, { id: 1 }, { id: 2 }]),
    (_, d) => (d.list = d.list.filter(() => true)),
    l => {
      const [a, b] = l
      l[0] = b
      l[1] = a
      l[0] = a
      l[1] = b
    },
    l => {
      const x = l.splice(1, 1)[0]
      l.splice(0, 0, x)
      l.splice(1, 0, l.shift())
    },
    l => ((l.length = 1), l.push({ id: 1 }, { id: 2 })),
    l => ((l[0] = 5), (l[0] = { id: 0 })),
  ]
  for (const recipe of cases) {
    const { base, next, op } = list(things(3), recipe)
    assert.is(next, base, String(recipe))
    assert.is(op, null)
  }
})

test('a swap by assignment is a move, edits go along', () => {
  const { base, next, op } = list(things(3), l => {
    const first = l[0]
    ;[l[0], l[2]] = [l[2], l[0]]
    first.id = 'first'
    l[1].id = 'mid'
  })
  assert.equal(next, [{ id: 2 }, { id: 'mid' }, { id: 'first' }])
  assert.is(next[0], base[2])
  assert.equal(
    op.runs.map((r: any) => r.keep),
    [2, 1, 0],
  )
  assert.is(op.removed, null)
})

test('splice out and in is a move', () => {
  const { next, op } = list(things(4), l => {
    const [x] = l.splice(0, 1)
    x.id = 'x'
    l.splice(2, 0, x)
  })
  assert.equal(next, [{ id: 1 }, { id: 2 }, { id: 'x' }, { id: 3 }])
  assert.equal(op.runs, [
    { keep: 1, count: 2 },
    { keep: 0, count: 1 },
    { keep: 3, count: 1 },
  ])
  assert.equal([...op.edits.keys()], [0])
})

test('an element in two places is kept once', () => {
  const { next, op } = list(things(2), l => {
    l[1] = l[0]
    l[0].id = 'both'
  })
  assert.equal(next, [{ id: 'both' }, { id: 'both' }])
  assert.equal(op.runs, [{ keep: 0, count: 1 }, { insert: [{ id: 'both' }] }])
})

test('an element moved to another array and edited', () => {
  const { base, next } = edit({ a: things(2), b: [] }, d => {
    d.b.push(d.a.shift())
    d.b[0].id = 'moved'
    d.b.push(d.a[0])
  })
  assert.equal(next, { a: [{ id: 1 }], b: [{ id: 'moved' }, { id: 1 }] })
  assert.is(next.a[0], base.a[1])
  assert.is(next.b[1], base.a[1])
})

test('inserted objects are drafts when read back, also after they moved', () => {
  const mine = { id: 'm', sub: { n: 1 } }
  const { next } = list([1, 2], l => {
    l.push(mine)
    l[2].sub.n = 2
    l.reverse()
    l[0].sub.k = 3
    const again = l.shift()
    again.sub.j = 4
    l.push(again)
  })
  assert.equal(next, [2, 1, { id: 'm', sub: { n: 2, k: 3, j: 4 } }])
  assert.equal(mine, { id: 'm', sub: { n: 1 } })
})

test('inserted arrays are edited with every structural call', () => {
  const mine = [3, 1, 2, [5]]
  const { next } = edit({}, d => {
    d.l = mine
    d.l.push(9)
    d.l.splice(0, 1)
    d.l[2].push(6)
    d.l.sort()
    d.l.length = 3
  })
  assert.equal(next, { l: [1, 2, [5, 6]] })
  assert.equal(mine, [3, 1, 2, [5]])
})

test('dates in arrays are tracked wherever they move', () => {
  const { base, next, op } = list([new Date(1), new Date(2), new Date(3)], l => {
    const last = l.pop()
    last.setTime(33)
    l.unshift(last)
    l[1].setTime(11)
  })
  assert.equal(next, [new Date(33), new Date(11), new Date(2)])
  assert.is(next[2], base[1])
  assert.equal([...op.edits.keys()], [0])
})

test('callbacks and results of array methods are drafts', () => {
  const { base, next } = list(things(4), l => {
    l.find((x: any) => x.id === 1).id = 'found'
    l.forEach((x: any) => x.id === 2 && (x.id = 'each'))
    l.filter((x: any) => x.id === 3)[0].id = 'filtered'
    for (const x of l) x.seen = true
    assert.is(l.indexOf(l[2]), 2)
    assert.ok(l.includes(l[1]))
    assert.is(l.at(-1), l[3])
    assert.equal(
      l.map((x: any) => x.id),
      [0, 'found', 'each', 'filtered'],
    )
    assert.is(l.concat([1]).length, 5)
    assert.ok(Array.isArray(l))
    assert.is(l.slice(1, 2)[0], l[1])
    assert.is(l.toSorted(() => 0)[0], l[0])
    assert.is(JSON.stringify(l[0]), '{"id":0,"seen":true}')
  })
  assert.equal(base, things(4))
  assert.equal(
    next.map((x: any) => x.seen),
    [true, true, true, true],
  )
})

test('fill and copyWithin run on the draft', () => {
  assert.equal(list([1, 2, 3, 4], l => l.fill(0, 1, 3)).next, [1, 0, 0, 4])
  assert.equal(list([1, 2, 3, 4], l => l.copyWithin(0, 2)).next, [3, 4, 3, 4])
  const { next } = list(things(4), l => l.copyWithin(0, 2))
  assert.equal(next, [{ id: 2 }, { id: 3 }, { id: 2 }, { id: 3 }])
})

test('length shortens, and never lengthens', () => {
  assert.equal(list([1, 2, 3], l => (l.length = 1)).next, [1])
  assert.equal(list([1, 2, 3], l => (l.length = 0)).op.removed.size, 3)
  assert.throws(() => list([1, 2, 3], l => (l.length = 4)), code('hole'))
  for (const length of [-1, 1.5, NaN, 'x', 2 ** 32]) {
    assert.throws(() => list([1, 2, 3], l => (l.length = length)), RangeError)
  }
})

test('holes, named properties and deletes of elements are refused with their path', () => {
  assert.throws(() => list([1], l => (l[2] = 1)), /"list\[2\]"/)
  for (const recipe of [
    (l: any) => (l[0] = undefined),
    (l: any) => l.push(undefined),
    (l: any) => l.splice(0, 1, 2, undefined),
    (l: any) => delete l[0],
    (l: any) => l.push([1, , 2]),
  ]) {
    assert.throws(() => list([1], recipe), code('hole'))
  }
  for (const recipe of [
    (l: any) => (l.name = 1),
    (l: any) => (l['01'] = 1),
    (l: any) => (l[-1] = 1),
    (l: any) => (l[Symbol.iterator] = 1),
    (l: any) => Object.freeze(l),
  ]) {
    assert.throws(() => list([1], recipe), code('unsupported-value'))
  }
})

test('a comparator that throws or is none changes nothing', () => {
  const { base, next } = list([3, 1, 2], l => {
    assert.throws(
      () =>
        l.sort(() => {
          throw new Error('mine')
        }),
      /mine/,
    )
    assert.throws(() => l.sort('x'), TypeError)
  })
  assert.is(next, base)
})

test('an edit of a nested array follows the element that moves', () => {
  const { base, next, op } = list([[1, [2]], [3]], l => {
    l[0][1].push(4)
    l.push(l.shift())
  })
  assert.equal(next, [[3], [1, [2, 4]]])
  assert.is(next[0], base[1])
  assert.is(op.edits.get(0).edits.get(1).kind, 'array')
})

test('the root of a snapshot may hold frozen values of another', () => {
  const other = snapshot({ list: things(2) })
  const { next } = edit({ x: null }, d => {
    d.x = other.list
    d.y = other
    d.y.list.push(1)
    d.x[0].id = 'changed'
  })
  assert.equal(other, { list: things(2) })
  assert.equal(next, { x: [{ id: 'changed' }, { id: 1 }], y: { list: [{ id: 0 }, { id: 1 }, 1] } })
})

test.run()
