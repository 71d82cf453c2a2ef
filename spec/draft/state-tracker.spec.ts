import { StateTracker } from 'cowslip'
import { inspect } from 'node:util'
import { code, suite } from '../support/suite.ts'
import * as assert from 'uvu/assert'

const test = suite('StateTracker')

type Person = Record<string, unknown>

/** A record with a tracker, and a setter that tells it. */
function tracked(data: Person) {
  const tracker = new StateTracker(data)
  const set = (field: string, value: unknown) => {
    tracker.trackChange(field, data[field])
    data[field] = value
  }
  const remove = (field: string) => {
    tracker.trackChange(field, data[field])
    delete data[field]
  }
  return { data, tracker, set, remove }
}

test('is unmodified when new', () => {
  const { tracker } = tracked({ name: 'Ada' })
  assert.not(tracker.isModified())
  assert.equal(tracker.getChanges(), {})
  assert.is(tracker.changeCount(), 0)
})

test('reads no property of the data when made', () => {
  let reads = 0
  const count = () => ((reads += 1), undefined)
  new StateTracker(
    new Proxy({ a: 1 }, { get: count, has: () => !!count(), ownKeys: () => (count(), []) }),
  )
  assert.is(reads, 0)
})

test('leaves the record as it is', () => {
  const data = { name: 'Ada', nested: { a: 1 } }
  new StateTracker(data)
  assert.not(Object.isFrozen(data))
  assert.equal(Object.keys(data), ['name', 'nested'])
})

test('is modified after a change is tracked', () => {
  const { tracker, set } = tracked({ name: 'Ada' })
  set('name', 'Grace')
  assert.ok(tracker.isModified())
})

test('knows which fields are in the log', () => {
  const { tracker, set } = tracked({ name: 'Ada', age: 36 })
  set('name', 'Grace')
  assert.ok(tracker.hasChanged('name'))
  assert.not(tracker.hasChanged('age'))
  assert.not(tracker.hasChanged('nothing'))
})

test('gives the current value of each changed field', () => {
  const { tracker, set } = tracked({ name: 'Ada', age: 36, city: 'London' })
  set('name', 'Grace')
  set('age', 37)
  set('age', 38)
  assert.equal(tracker.getChanges(), { name: 'Grace', age: 38 })
})

test('changes made behind its back show in the current value', () => {
  const { data, tracker, set } = tracked({ name: 'Ada' })
  set('name', 'Grace')
  data.name = 'Joan'
  assert.equal(tracker.getChanges(), { name: 'Joan' })
})

test('keeps the first old value', () => {
  const { tracker, set } = tracked({ n: 1 })
  set('n', 2)
  set('n', 3)
  assert.is(tracker.getOriginalValue('n'), 1)
})

test('has no original value for a field that has not changed', () => {
  const { tracker, set } = tracked({ n: 1, m: 2 })
  set('n', 2)
  assert.is(tracker.getOriginalValue('m'), undefined)
  assert.is(tracker.getOriginalValue('nothing'), undefined)
})

test('keeps the original by reference, without a copy', () => {
  const tags = ['math']
  const { tracker, set } = tracked({ tags })
  set('tags', ['navy'])
  assert.is(tracker.getOriginalValue('tags'), tags)
})

test('compareField tells a real difference', () => {
  const { tracker, set } = tracked({ n: 1 })
  set('n', 2)
  assert.ok(tracker.compareField('n'))
})

test('compareField is false for a field set back, which hasChanged still lists', () => {
  const { tracker, set } = tracked({ n: 1 })
  set('n', 2)
  set('n', 1)
  assert.ok(tracker.hasChanged('n'))
  assert.not(tracker.compareField('n'))
})

test('compareField is false for a field that is not tracked, whatever it holds', () => {
  const { data, tracker } = tracked({ n: 1 })
  data.n = 2
  assert.not(tracker.compareField('n'))
})

test('compareField compares containers and dates by value', () => {
  const { tracker, set } = tracked({ tags: ['a', { b: 1 }], at: new Date(5) })
  set('tags', ['a', { b: 1 }])
  set('at', new Date(5))
  assert.not(tracker.compareField('tags'))
  assert.not(tracker.compareField('at'))
  set('at', new Date(6))
  assert.ok(tracker.compareField('at'))
})

test('compareField tells types apart', () => {
  for (const [from, to] of [
    [1, '1'],
    [1, true],
    [0, -0],
    [null, undefined],
    [[], {}],
    [1, 1n],
  ]) {
    const { tracker, set } = tracked({ n: from })
    set('n', to)
    assert.ok(tracker.compareField('n'), `${String(from)} against ${String(to)}`)
  }
})

test('NaN equals itself', () => {
  const { tracker, set } = tracked({ n: NaN })
  set('n', NaN)
  assert.not(tracker.compareField('n'))
})

test('rollback puts the originals back and empties the log', () => {
  const { data, tracker, set } = tracked({ name: 'Ada', age: 36 })
  set('name', 'Grace')
  set('age', 37)
  tracker.rollback()
  assert.equal(data, { name: 'Ada', age: 36 })
  assert.not(tracker.isModified())
  assert.equal(tracker.getChanges(), {})
})

test('rollback deletes a key that was absent', () => {
  const { data, tracker, set } = tracked({ name: 'Ada' })
  set('age', 36)
  tracker.rollback()
  assert.not('age' in data)
})

test('rollback deletes a key that was absent when the change was told after the write', () => {
  const { data, tracker } = tracked({ name: 'Ada' })
  data.age = 36
  tracker.trackChange('age', undefined)
  tracker.rollback()
  assert.not('age' in data)
})

test('rollback keeps a key that held undefined', () => {
  const { data, tracker, set } = tracked({ nick: undefined })
  set('nick', 'Ada')
  tracker.rollback()
  assert.ok('nick' in data)
  assert.is(data.nick, undefined)
})

test('rollback brings a deleted key back', () => {
  const { data, tracker, remove } = tracked({ name: 'Ada', age: 36 })
  remove('age')
  tracker.rollback()
  assert.equal(data, { name: 'Ada', age: 36 })
})

test('rollback without a change does nothing', () => {
  const { data, tracker } = tracked({ name: 'Ada' })
  tracker.rollback()
  assert.equal(data, { name: 'Ada' })
})

test('a deleted key is in the log, and not among the changes', () => {
  const { tracker, remove } = tracked({ name: 'Ada', age: 36 })
  remove('age')
  assert.ok(tracker.hasChanged('age'))
  assert.ok(tracker.compareField('age'))
  assert.equal(tracker.getChanges(), {})
  assert.equal(tracker.changedFieldNames(), ['age'])
})

test('set to null, set to undefined and delete differ', () => {
  const { tracker, set, remove } = tracked({ a: 1, b: 1, c: 1 })
  set('a', null)
  set('b', undefined)
  remove('c')
  assert.equal(tracker.getChanges(), { a: null, b: undefined })
  assert.ok('b' in tracker.getChanges())
})

test('reset accepts what is there', () => {
  const { data, tracker, set } = tracked({ n: 1 })
  set('n', 2)
  tracker.reset()
  assert.not(tracker.isModified())
  tracker.rollback()
  assert.is(data.n, 2)
})

test('tracks again after reset and after rollback', () => {
  const { tracker, set } = tracked({ n: 1 })
  set('n', 2)
  tracker.reset()
  set('n', 3)
  assert.is(tracker.getOriginalValue('n'), 2)
  tracker.rollback()
  set('n', 4)
  assert.is(tracker.getOriginalValue('n'), 2)
})

test('getAllOriginalData is the whole record as it was', () => {
  const { data, tracker, set, remove } = tracked({ name: 'Ada', age: 36, city: 'London' })
  set('name', 'Grace')
  set('rank', 'admiral')
  remove('city')
  const original = tracker.getAllOriginalData()
  assert.equal(original, { name: 'Ada', age: 36, city: 'London' })
  assert.not('rank' in original)
  assert.equal(data, { name: 'Grace', age: 36, rank: 'admiral' })
  assert.ok(tracker.isModified())
})

test('getAllOriginalData is a copy', () => {
  const { data, tracker } = tracked({ name: 'Ada' })
  assert.is.not(tracker.getAllOriginalData(), data)
})

test('counts and names the changed fields, sorted', () => {
  const { tracker, set } = tracked({ b: 1, a: 1, c: 1 })
  set('b', 2)
  set('a', 2)
  set('b', 3)
  assert.is(tracker.changeCount(), 2)
  assert.equal(tracker.changedFieldNames(), ['a', 'b'])
})

test('keeps two originals for two of a hundred fields', () => {
  const data = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, { i }]))
  const { tracker, set } = tracked(data)
  set('f7', 1)
  set('f9', 1)
  const held = Object.values(tracker).filter(value => value instanceof Map)
  assert.is(held.length, 1)
  assert.is(held[0]?.size, 2)
})

test('reads well in the console', () => {
  const { tracker, set } = tracked({ b: 1, a: 1 })
  set('b', 2)
  assert.is(inspect(tracker), "StateTracker { modified: true, count: 1, fields: [ 'b' ] }")
  assert.equal(tracker.inspect(), { modified: true, count: 1, fields: ['b'] })
})

test('keys that objects inherit are ordinary fields', () => {
  const { data, tracker } = tracked({})
  for (const field of ['constructor', 'toString', '__proto__', 'a.b', '$set', '', '\0']) {
    assert.not(tracker.hasChanged(field))
    tracker.trackChange(field, undefined)
    Object.defineProperty(data, field, {
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    })
    assert.ok(tracker.hasChanged(field), field)
    assert.is(Object.getOwnPropertyDescriptor(tracker.getChanges(), field)?.value, 1)
  }
  tracker.rollback()
  assert.is(Object.getPrototypeOf(data), Object.prototype)
  assert.equal(Object.keys(data), [])
})

test('tracks the accessors of a class', () => {
  class Account {
    #owner = 'Ada'
    get owner() {
      return this.#owner
    }
    set owner(name) {
      this.#owner = name
    }
  }
  const account = new Account()
  const tracker = new StateTracker(account)
  tracker.trackChange('owner', account.owner)
  account.owner = 'Grace'
  assert.equal(tracker.getChanges(), { owner: 'Grace' })
  assert.ok(tracker.compareField('owner'))
  tracker.rollback()
  assert.is(account.owner, 'Ada')
})

test('refuses what is no record', () => {
  for (const data of [null, undefined, 1, 'text', Symbol('s'), () => 1]) {
    assert.throws(() => new StateTracker(data as never), code('bad-argument'))
  }
})

test('refuses a field that is no text', () => {
  const { tracker } = tracked({ a: 1 })
  assert.throws(() => tracker.trackChange(1 as never, 1), code('bad-argument'))
  assert.not(tracker.isModified())
})

test.run()
