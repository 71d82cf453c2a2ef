import * as assert from 'uvu/assert'
import { createStore, immerable } from 'cowslip'
import { code, suite } from '../support/suite.ts'

const test = suite('marked classes')

class Point {
  static [immerable] = true
  x: number
  y: number
  tags: string[] = []
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  get sum(): number {
    return this.x + this.y
  }
  set both(value: number) {
    this.x = value
    this.y = value
  }
  get first(): string | undefined {
    return this.tags[0]
  }
  move(by: number): void {
    this.x += by
    this.tags.push(`moved ${by}`)
  }
}

test('an instance is edited field by field and stays one', () => {
  const point = new Point(1, 2)
  const store = createStore({ point, n: 1 })
  const before = store.state
  const change = store.edit(d => {
    d.point.move(4)
    assert.is(d.point.sum, 7)
    assert.ok(d.point instanceof Point)
  })
  assert.ok(store.state.point instanceof Point)
  assert.is(store.state.point.sum, 7)
  assert.equal(change?.patches, [
    { op: 'replace', path: ['point', 'x'], value: 5 },
    { op: 'add', path: ['point', 'tags', 0], value: 'moved 4' },
  ])
  assert.is(before.point.x, 1)
  assert.not(Object.isFrozen(point))
  assert.ok(Object.isFrozen(store.state.point))
})

test('setters write through the draft, a getter alone refuses, as in the class', () => {
  const store = createStore({ point: new Point(1, 2) })
  store.edit(d => {
    d.point.both = 9
  })
  assert.equal([store.state.point.x, store.state.point.y], [9, 9])
  assert.throws(() => store.edit(d => ((d.point as any).sum = 1)), TypeError)
  assert.equal(Object.keys(store.state.point), ['x', 'y', 'tags'])
})

test('what comes back is no change; a field added and deleted too', () => {
  const store = createStore({ point: new Point(1, 2) })
  const change = store.edit((d: any) => {
    d.point.x = 3
    d.point.x = 1
    d.point.z = 1
    delete d.point.z
    d.point = new Point(1, 2)
  })
  assert.is(change, null)
})

test('inserted instances are copied, adopted, and compared with their class', () => {
  const store = createStore<any>({ p: { x: 1, y: 2, tags: [] }, q: null })
  const mine = new Point(1, 2)
  store.edit(d => {
    d.p = mine
    d.p.move(1)
    d.q = mine
  })
  assert.ok(store.state.p instanceof Point)
  assert.equal([store.state.p.x, store.state.q.x, mine.x], [2, 1, 1])
  assert.not(Object.isFrozen(mine))
})

test('an open edit rolls a field of one back', () => {
  const edit = createStore({ point: new Point(1, 2) }).begin()
  edit.draft.point.both = 5
  const savepoint = edit.savepoint()
  edit.draft.point.move(1)
  edit.rollback(savepoint)
  edit.rollback('point.x')
  assert.equal([edit.draft.point.x, edit.draft.point.y, edit.draft.point.tags.length], [1, 5, 0])
})

test('a getter of private state is refused with its path', () => {
  class Plain {
    static [immerable] = true
    #secret = 1
    n = 1
    get secret(): number {
      return this.#secret
    }
  }
  const store = createStore({ account: new Plain() })
  assert.throws(() => store.edit(d => d.account.secret), code('unsupported-value'))
  store.edit(d => d.account.n++)
  assert.is(store.state.account.n, 2)
})

test('unmarked classes are refused with their remedy; a constructor among data marks nothing', () => {
  class Other {}
  assert.throws(() => createStore({ a: new Other() }), /an instance of Other.*immerable/)
  const store = createStore<any>({ a: JSON.parse('{ "constructor": { "x": 1 } }') })
  store.edit(d => (d.a.constructor.x = 2))
  assert.is(store.state.a.constructor.x, 2)
})

test('a class may be marked by a field of its own', () => {
  class Field {
    readonly [immerable] = true
    n = 1
    twice(): number {
      return this.n * 2
    }
  }
  const store = createStore({ field: new Field(), list: [new Field()] })
  const change = store.edit(draft => {
    draft.field.n = 2
    draft.list.push(new Field())
    draft.list[1]!.n = 5
  })
  assert.equal(change?.touched, ['field', 'list'])
  assert.is(store.state.field.twice(), 4)
  assert.is(store.state.list[1]?.twice(), 10)
  assert.is(store.state.list[1]?.[immerable], true)
  store.edit(draft => void draft.list[1]!.n++)
  assert.is(store.state.list[1]?.n, 6)
  store.undo()
  assert.is(store.state.list[1]?.n, 5)
})

test.run()
