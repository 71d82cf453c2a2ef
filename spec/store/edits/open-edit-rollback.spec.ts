import * as assert from 'uvu/assert'
import { createStore } from 'cowslip'
import { code, suite } from '../../support/suite.ts'
import { begin } from '../sample.ts'

const back = suite('an open edit, taken back')

back('rollback discards and closes, and tells', () => {
  const { store, edit, draft } = begin()
  const before = store.state
  const heard: unknown[] = []
  store.on('rollback', e => heard.push(e))
  draft.name = 'x'
  draft.address.city = 'y'
  edit.rollback()
  assert.is(store.state, before)
  assert.equal(heard, [{ type: 'rollback', touched: ['name', 'address'] }])
  for (const use of [
    () => edit.commit(),
    () => edit.rollback(),
    () => edit.rollback('name'),
    () => edit.savepoint(),
    () => edit.isModified(),
    () => edit.hasChanged('name'),
    () => edit.getChanges(),
    () => edit.getOriginalValue('name'),
    () => edit.getAllOriginalData(),
    () => edit.changeSet(),
  ]) {
    assert.throws(use, code('ended-edit'))
  }
  assert.throws(() => draft.name, code('ended-draft'))
  edit[Symbol.dispose]()
})

back('dispose rolls back what is still open', () => {
  const { store, edit, draft } = begin()
  draft.name = 'x'
  edit[Symbol.dispose]()
  assert.is(store.state.name, 'Ada')
  assert.throws(() => draft.name, code('ended-draft'))
  const other = store.begin()
  other.draft.name = 'y'
  other.commit()
  other[Symbol.dispose]()
  assert.is(store.state.name, 'y')
})

back('rollback of a field, and of a path, leaves the rest and the drafts', () => {
  const { store, edit, draft } = begin()
  const { address } = draft
  draft.name = 'Grace'
  address.city = 'Paris'
  address.geo.lat = 2
  draft.rank = 1
  delete draft.age
  edit.rollback('name')
  edit.rollback('address.city')
  edit.rollback('rank')
  edit.rollback('age')
  assert.equal(edit.changedFieldNames(), ['address'])
  assert.equal(edit.getChanges(), { address: { city: 'London', geo: { lat: 2 } } })
  address.city = 'Rome'
  edit.rollback('address')
  assert.not(edit.isModified())
  address.city = 'Oslo'
  edit.commit()
  assert.is(store.state.address.city, 'Oslo')
})

back('rollback of a replaced or deleted field brings its drafts back', () => {
  for (const replace of [(d: any) => (d.address = 5), (d: any) => delete d.address]) {
    const { store, edit, draft } = begin()
    const { address } = draft
    address.city = 'x'
    replace(draft)
    edit.rollback('address')
    assert.not(edit.isModified())
    address.city = 'Oslo'
    edit.commit()
    assert.equal(store.state.address, { city: 'Oslo', geo: { lat: 1 } })
  }
})

back('rollback of a path below a replaced object puts the value back into it', () => {
  const { edit, draft } = begin()
  draft.address = { city: 'x', geo: { lat: 9 }, more: 1 }
  edit.rollback('address.geo.lat')
  edit.rollback('address.more')
  assert.equal(edit.getChanges(), { address: { city: 'x', geo: { lat: 1 } } })
  draft.address = 5
  assert.throws(() => edit.rollback('address.city'), code('bad-path'))
})

back('rollback of a date and of array elements in place', () => {
  const { edit, draft } = begin()
  const { at } = draft
  at.setTime(9)
  draft.items[1].n = 9
  draft.tags[0] = 'x'
  edit.rollback('at')
  edit.rollback(['items', 1, 'n'])
  edit.rollback('tags.0')
  assert.not(edit.isModified())
  at.setTime(7)
  assert.equal(edit.getChanges(), { at: new Date(7) })
})

back('a path below an array whose elements moved is refused, naming the array', () => {
  const { edit, draft } = begin()
  draft.items.shift()
  draft.items[0].n = 9
  assert.throws(() => edit.rollback(['items', 1, 'n']), /array at "items"/)
  assert.throws(() => edit.rollback(['items', 1]), code('bad-path'))
  edit.rollback('items')
  assert.not(edit.isModified())
  draft.items[0].n = 5
  draft.items.push({ n: 4 })
  draft.items.pop()
  edit.rollback(['items', 0, 'n'])
  assert.not(edit.isModified())
})

back('rollback of the root path takes everything back and stays open', () => {
  const { edit, draft } = begin()
  const { address } = draft
  draft.items.reverse()
  address.city = 'x'
  delete draft.name
  edit.rollback([])
  assert.not(edit.isModified())
  address.city = 'y'
  assert.equal(edit.changedFieldNames(), ['address'])
})

back('a savepoint is come back to, again and again', () => {
  const { edit, draft } = begin()
  draft.name = 'one'
  const first = edit.savepoint()
  const mine = { deep: { n: 1 } }
  draft.mine = mine
  draft.items.reverse()
  const second = edit.savepoint()
  const held = draft.mine.deep
  const { at } = draft
  held.n = 2
  at.setTime(9)
  draft.items.length = 0
  edit.rollback(second)
  assert.equal(edit.getChanges(), {
    name: 'one',
    mine: { deep: { n: 1 } },
    items: [{ n: 3 }, { n: 2 }, { n: 1 }],
  })
  held.n = 3
  at.setTime(8)
  assert.equal(edit.getChanges().mine, { deep: { n: 3 } })
  assert.equal(edit.getChanges().at, new Date(8))
  edit.rollback(second)
  edit.rollback(first)
  assert.equal(edit.getChanges(), { name: 'one' })
  assert.is(draft.items[0].n, 1)
  edit.rollback(second)
  assert.equal(edit.changedFieldNames(), ['items', 'mine', 'name'])
  assert.is(mine.deep.n, 1)
  edit.commit()
})

back('refuses what is neither path nor savepoint, and savepoints of others', () => {
  const { edit, draft } = begin()
  draft.name = 'x'
  const other = begin().edit.savepoint()
  for (const to of [null, undefined, 1, {}, { number: 1 }, other, () => 1]) {
    assert.throws(() => edit.rollback(to as never), code('bad-argument'))
  }
  assert.throws(() => edit.rollback([{}]), code('bad-path'))
  assert.ok(edit.isModified())
  assert.not(edit.hasChanged([null]))
  for (const path of [null, 1, {}]) {
    assert.throws(() => edit.hasChanged(path as never), code('bad-argument'))
    assert.throws(() => edit.getOriginalValue(path as never), code('bad-argument'))
  }
})

back(
  'a raw value of the base put back where it was is read anew, and the last handle stands',
  () => {
    const store = createStore({ place: { city: 'Bern' }, at: new Date(0) })
    const { place, at } = store.state
    const edit = store.begin()
    const start = edit.savepoint()
    const [first, firstAt] = [edit.draft.place, edit.draft.at]
    first.city = 'Basel'
    firstAt.setTime(1)
    edit.draft.place = place
    edit.draft.at = at
    const [second, secondAt] = [edit.draft.place, edit.draft.at]
    assert.is(second.city, 'Bern')
    assert.is(secondAt.getTime(), 0)
    assert.is(edit.changeSet().isEmpty, true)
    edit.rollback(start)
    assert.is(edit.draft.place, second)
    assert.is(edit.draft.at, secondAt)
    second.city = 'Chur'
    secondAt.setTime(2)
    first.city = 'Davos'
    firstAt.setTime(3)
    assert.equal(edit.getChanges(), { place: { city: 'Chur' }, at: new Date(2) })
  },
)

back.run()
