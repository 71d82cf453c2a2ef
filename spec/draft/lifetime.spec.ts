// What becomes of drafts that are put where they should not be, and of pieces that are put anywhere.
import * as assert from 'uvu/assert'
import { createStore, immerable } from 'cowslip'
import { produce } from 'cowslip/produce/full'
import { code, suite } from '../support/suite.ts'

const test = suite('lifetime')

class Holder {
  held: unknown
  constructor(held: unknown) {
    this.held = held
  }
}
class Marked extends Holder {
  static [immerable] = true
}

const document = (): any => ({ a: { n: 1 }, list: [{ n: 2 }], set: new Set(), map: new Map() })

function inStore(recipe: (draft: any) => void): any {
  const store = createStore<any>(document())
  store.edit(recipe)
  return store.state
}

const inProduce = (recipe: (draft: any) => void): any =>
  produce(document(), (draft: any) => void recipe(draft))

/** Both ways to edit a document; each gives the next state. */
const EDITORS = { store: inStore, produce: inProduce }

/** Where a draft may hide and is found: what stands there is its final value. */
const FOUND: Record<string, [hide: (draft: any) => void, find: (state: any) => any]> = {
  'a plain object': [d => (d.x = { deep: [d.a] }), s => s.x.deep[0]],
  'a frozen object': [d => (d.x = Object.freeze({ a: d.a })), s => s.x.a],
  'a frozen array': [d => (d.x = Object.freeze([d.a])), s => s.x[0]],
  'a Set': [d => d.set.add(d.a), s => [...s.set][0]],
  'a new Set': [d => (d.x = new Set([d.a])), s => [...s.x][0]],
  'a value of a Map': [d => d.map.set('k', d.a), s => s.map.get('k')],
  'a new Map': [d => (d.x = new Map([['k', [d.a]]])), s => s.x.get('k')[0]],
  'a marked instance': [d => (d.x = new Marked(d.a)), s => s.x.held],
}

/** Where it cannot be: refused. */
const REFUSED: Record<string, (draft: any) => void> = {
  'an instance': d => (d.x = new Holder(d.a)),
  'a key of a Map': d => d.map.set(d.a, 1),
  'a key of a new Map': d => (d.x = new Map([[d.a, 1]])),
  'inside a key of a Map': d => d.map.set([{ a: d.a }], 1),
}

for (const [editor, run] of Object.entries(EDITORS)) {
  for (const [place, [hide, find]] of Object.entries(FOUND)) {
    test(`${editor}: a draft in ${place} ends as its value, edits made later included`, () => {
      const next = run(d => {
        hide(d)
        d.a.n = 7
      })
      assert.equal(find(next), { n: 7 })
      assert.ok(Object.isFrozen(find(next)))
      assert.equal(next.a, { n: 7 })
    })
  }

  for (const [place, hide] of Object.entries(REFUSED)) {
    test(`${editor}: a draft hidden in ${place} is refused`, () => {
      assert.throws(() => run(hide), code('unsupported-value'))
    })
  }

  test(`${editor}: a draft that leaked by a closure or a promise throws whatever is done with it`, async () => {
    let leaked: any
    let later: Promise<any> = Promise.resolve()
    run(d => {
      leaked = [d.a, d.list, d.set, d.map]
      later = Promise.resolve([d.a])
    })
    const [object, list, set, map] = leaked
    const uses: (() => unknown)[] = [
      () => object.n,
      () => (object.n = 1),
      () => delete object.n,
      () => 'n' in object,
      () => Object.keys(object),
      () => list.length,
      () => list.push(1),
      () => [...list],
      () => set.size,
      () => set.add(1),
      () => map.get('k'),
      () => [...map],
    ]
    for (const use of uses) assert.throws(use, code('ended-draft'))
    const [held] = await later
    assert.throws(() => held.n, code('ended-draft'))
  })

  test(`${editor}: a draft of an ended edit put into another is refused`, () => {
    let leaked: any
    run(d => void (leaked = d.a))
    assert.throws(() => run(d => (d.x = leaked)), code('ended-draft'))
    assert.throws(() => run(d => d.set.add([leaked])), code('ended-draft'))
  })

  test(`${editor}: one draft put in twice is one value at both`, () => {
    const next = run(d => {
      d.x = d.a
      d.y = [d.a]
      d.y[0].n = 5
    })
    assert.is(next.x, next.y[0])
    assert.equal(next.x, { n: 5 })
  })

  test(`${editor}: detached, edited, and attached elsewhere`, () => {
    const next = run(d => {
      const [first] = d.list.splice(0, 1)
      first.n = 9
      d.map.set('moved', first)
      d.set.add(first)
      first.n++
    })
    assert.equal(next.list, [])
    assert.equal(next.map.get('moved'), { n: 10 })
    assert.is([...next.set][0], next.map.get('moved'))
  })
}

const other = createStore({ piece: { n: 1, deep: { m: 1 }, still: { s: 1 } } }).state

test('store: a piece of a snapshot is shared, edited further, and stays as it was there', () => {
  const next = inStore(d => {
    d.shared = other.piece
    d.edited = other.piece
    d.edited.deep.m = 2
    d.list.push(other.piece.deep)
  })
  assert.is(next.shared, other.piece)
  assert.equal(next.edited, { n: 1, deep: { m: 2 }, still: { s: 1 } })
  assert.is(next.edited.still, other.piece.still)
  assert.is(next.list[1], other.piece.deep)
  assert.equal(other.piece, { n: 1, deep: { m: 1 }, still: { s: 1 } })
})

test('produce: a piece of a snapshot is shared, and as frozen as it is', () => {
  const next = inProduce(d => {
    d.shared = other.piece
    d.list.push(other.piece.deep)
    assert.throws(() => (d.shared.n = 2), TypeError)
  })
  assert.is(next.shared, other.piece)
  assert.is(next.list[1], other.piece.deep)
})

test('store: one object put in twice is edited at one place only', () => {
  const mine = { n: 1 }
  const next = inStore(d => {
    d.x = mine
    d.y = mine
    d.x.n = 2
  })
  assert.equal([next.x, next.y, mine], [{ n: 2 }, { n: 1 }, { n: 1 }])
})

test('produce: one object put in twice stays one', () => {
  const mine = { n: 1 }
  const next = inProduce(d => {
    d.x = mine
    d.y = [mine]
    d.x.n = 2
  })
  assert.is(next.x, mine)
  assert.is(next.y[0], mine)
  assert.equal(mine, { n: 2 })
})

/** A draft, or an object of the user, inside itself: through every container. */
const CYCLES: ((d: any) => void)[] = [
  d => (d.a.self = d.a),
  d => (d.a.self = { deep: [d.a] }),
  d => d.list.push(d.list),
  d => d.map.set('self', d.map),
  d => d.set.add(d.set),
  d => d.map.set('s', new Set([d.map])),
  d => (d.a.up = d),
  d => {
    const [x, y]: any[] = [{}, {}]
    x.y = y
    y.x = x
    d.x = x
  },
]

test('store: cycles are refused', () => {
  for (const cycle of CYCLES) assert.throws(() => inStore(cycle), code('cycle'))
})

test('produce: cycles become values that contain themselves', () => {
  const states = CYCLES.map(inProduce)
  const [self, deep, list, map, set, inner, up, mine] = states
  assert.is(self.a.self, self.a)
  assert.is(deep.a.self.deep[0], deep.a)
  assert.is(list.list[1], list.list)
  assert.is(map.map.get('self'), map.map)
  assert.is([...set.set][0], set.set)
  assert.is([...inner.map.get('s')][0], inner.map)
  assert.is(up.a.up, up)
  assert.is(mine.x.y.x, mine.x)
  for (const state of states) {
    for (const node of Object.values(state)) assert.ok(Object.isFrozen(node))
    const next = produce<any>(state, (d: any) => void (d.a.n = 8))
    assert.is(next.a.n, 8)
  }
})

test.run()
