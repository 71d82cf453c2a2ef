import { ConflictError, createStore } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../../support/suite.ts'
import { begin, sample } from '../sample.ts'

const reading = suite('an open edit, read')

reading('is held across awaits, the store unchanged until commit', async () => {
  const { store, edit, draft } = begin()
  draft.name = 'Grace'
  await new Promise(resolve => setTimeout(resolve, 1))
  draft.tags.push('navy')
  assert.is(store.state.name, 'Ada')
  const change = edit.commit({ label: 'l' })
  assert.is(change?.label, 'l')
  assert.equal(store.state.tags, ['math', 'poet', 'navy'])
  assert.is(store.version, 1)
})

reading('answers net, at any depth, while it stays open', () => {
  const { edit, draft } = begin()
  assert.not(edit.isModified())
  draft.address.city = 'Paris'
  draft.rank = 'x'
  delete draft.age
  draft.at.setTime(6)
  assert.ok(edit.isModified())
  assert.equal(edit.changedFieldNames(), ['address', 'age', 'at', 'rank'])
  assert.is(edit.changeCount(), 4)
  assert.equal(edit.getChanges(), {
    address: { city: 'Paris', geo: { lat: 1 } },
    rank: 'x',
    at: new Date(6),
  })
  assert.equal(edit.getRemoved(), ['age'])
  draft.address.city = 'London'
  delete draft.rank
  draft.age = 36
  draft.at.setTime(5)
  assert.not(edit.isModified())
  assert.equal(edit.getChanges(), {})
  assert.is(edit.commit(), null)
})

reading('hasChanged answers by path', () => {
  const { edit, draft } = begin()
  draft.address.geo.lat = 2
  draft.tags[0] = 'maths'
  draft.name = 'Grace'
  draft['a.b'] = 1
  const changed = ['address', 'address.geo', 'address.geo.lat', 'tags', 'tags.0', 'name', ['a.b']]
  for (const path of changed) assert.ok(edit.hasChanged(path), String(path))
  for (const path of [
    'address.city',
    'tags.1',
    'a.b',
    'age',
    'none.x',
    ['address', 'x'],
    'tags.7',
  ]) {
    assert.not(edit.hasChanged(path), String(path))
  }
  assert.ok(edit.compareField('name'))
  assert.not(edit.compareField('age'))
})

reading("an ancestor's set counts below it where the value differs", () => {
  const { edit, draft } = begin()
  draft.address = { city: 'London', geo: { lat: 7 } }
  assert.ok(edit.hasChanged('address.geo.lat'))
  assert.not(edit.hasChanged('address.city'))
  draft.address = 5
  assert.ok(edit.hasChanged('address.city'))
  assert.not(edit.hasChanged('address.none'))
})

reading('indices are places in the base', () => {
  const { edit, draft } = begin()
  draft.items[2].n = 9
  draft.items.shift()
  assert.ok(edit.hasChanged(['items', 0]))
  assert.not(edit.hasChanged(['items', 1]))
  assert.ok(edit.hasChanged(['items', 2, 'n']))
  assert.is(edit.getOriginalValue(['items', 2, 'n']), 3)
  assert.ok(edit.hasChanged('items.length'))
  draft.items.push({ n: 4 }, { n: 5 })
  assert.ok(edit.hasChanged(['items', 3]))
  assert.not(edit.hasChanged(['items', 8]))
})

reading('getOriginalValue gives the value in the base, changed or not', () => {
  const { store, edit, draft } = begin()
  draft.address.city = 'Paris'
  assert.is(edit.getOriginalValue('address.city'), 'London')
  assert.is(edit.getOriginalValue(['tags', 0]), 'math')
  assert.is(edit.getOriginalValue('none.x'), undefined)
  assert.is(edit.getOriginalValue('toString'), undefined)
  assert.is(edit.getOriginalValue('address.geo'), store.state.address.geo)
  ;(edit.getOriginalValue('at') as Date).setTime(99)
  assert.is(store.state.at.getTime(), 5)
  assert.is(edit.getAllOriginalData(), store.state)
})

reading('changeSet tells what a commit would say', () => {
  const { store, edit, draft } = begin()
  assert.ok(edit.changeSet().isEmpty)
  draft.items.reverse()
  draft.items[0].n = 33
  const before = edit.changeSet()
  const change = edit.commit()
  assert.equal(before.ops, change?.ops)
  assert.equal(before.patches, change?.patches)
  assert.is(before.baseVersion, 0)
  assert.ok(store.apply(change!.invert()))
})

reading('questions leave drafts as they are', () => {
  const { edit, draft } = begin()
  const mine = { n: 7 }
  const { items, at } = draft
  items.push(mine)
  const last = items[3]
  const first = items[0]
  for (let i = 0; i < 3; i++) {
    edit.changeSet()
    last.n++
    first.n++
    at.setTime(at.getTime() + 1)
    items.unshift(items.pop())
    assert.is(items[0], i === 0 ? last : items[0])
  }
  assert.is(mine.n, 7)
  edit.commit()
  assert.throws(() => last.n, code('ended-draft'))
})

reading('a value that cannot be kept is refused, and the edit stays open', () => {
  const { store, edit, draft } = begin()
  assert.throws(() => (draft.address.bad = new WeakMap()), code('unsupported-value'))
  assert.is(edit.isModified(), false)
  draft.name = 'Grace'
  assert.ok(edit.commit())
  assert.is(store.state.name, 'Grace')
})

reading.run()

const moved = suite('commit after the store moved on')

moved('merges where both touched different top-level keys', () => {
  const { store, edit, draft } = begin()
  draft.address.city = 'Paris'
  draft.rank = 1
  store.edit(d => {
    d.name = 'Grace'
    delete d.age
  })
  const change = edit.commit()
  assert.equal(
    [store.state.name, store.state.rank, store.state.address.city],
    ['Grace', 1, 'Paris'],
  )
  assert.not('age' in store.state)
  assert.equal([change?.baseVersion, change?.version], [1, 2])
  assert.equal(change?.originals, { address: { city: 'London', geo: { lat: 1 } } })
})

moved('throws a ConflictError with the keys where they overlap, and stays open', () => {
  const { store, edit, draft } = begin()
  draft.name = 'ours'
  draft.rank = 1
  draft.tags.push('x')
  store.edit(d => {
    d.name = 'theirs'
    d.rank = 2
    delete d.tags
  })
  const before = store.state
  try {
    edit.commit()
    assert.unreachable()
  } catch (error) {
    assert.instance(error, ConflictError)
    assert.equal((error as ConflictError).conflicts, [
      { path: ['name'], base: 'Ada', ours: 'ours', theirs: 'theirs' },
      { path: ['rank'], base: undefined, ours: 1, theirs: 2 },
      { path: ['tags'], base: ['math', 'poet'], ours: ['math', 'poet', 'x'], theirs: undefined },
    ])
  }
  assert.is(store.state, before)
  for (const key of ['name', 'rank', 'tags']) edit.rollback(key)
  draft.age = 40
  edit.commit()
  assert.is(store.state.age, 40)
  assert.is(store.state.name, 'theirs')
})

moved('what came back to the very same value is no conflict', () => {
  const { store, edit, draft } = begin()
  draft.age = 40
  store.edit(d => (d.age = 37))
  store.edit(d => (d.age = 36))
  assert.ok(edit.commit())
})

moved('comes on top of what was done below the same keys', () => {
  const { store, edit, draft } = begin()
  draft.address.city = 'Paris'
  draft.tags.push('mine')
  store.edit(d => {
    d.address.geo.lat = 9
    d.tags.unshift('theirs')
  })
  assert.ok(edit.commit())
  assert.equal(store.state.address, { city: 'Paris', geo: { lat: 9 } })
  assert.equal(store.state.tags, ['theirs', 'math', 'poet', 'mine'])
})

moved('rebase settles clashes, for the commit that follows', () => {
  const { store, edit, draft } = begin()
  draft.name = 'ours'
  draft.age = 1
  store.edit(d => {
    d.name = 'theirs'
    d.age = 2
  })
  assert.throws(() => edit.rebase(), code('conflict'))
  const half = (conflict: { path: readonly unknown[] }): 'ours' | undefined =>
    conflict.path[0] === 'name' ? 'ours' : undefined
  assert.throws(() => edit.rebase({ resolve: half }), code('conflict'))
  assert.throws(() => edit.commit(), code('conflict'))
  edit.rebase({ resolve: conflict => (conflict.path[0] === 'name' ? 'ours' : 'theirs') })
  edit.commit()
  assert.equal([store.state.name, store.state.age], ['ours', 2])
  assert.throws(() => edit.rebase(), code('ended-edit'))
})

moved('where theirs wins all, nothing is left to commit', () => {
  const { store, edit, draft } = begin()
  draft.name = 'ours'
  store.edit(d => void (d.name = 'theirs'))
  edit.rebase({ resolve: 'theirs' })
  assert.is(edit.commit(), null)
  assert.is(store.state.name, 'theirs')
})

moved('two open edits at once both commit', () => {
  const store = sample()
  const [one, two] = [store.begin(), store.begin()]
  one.draft.name = 'x'
  two.draft.age = 1
  one.commit()
  two.commit()
  assert.equal([store.state.name, store.state.age], ['x', 1])
})

moved('a listener loop refuses the commit, and the edit stays open', () => {
  const store = createStore({ n: 0 })
  let stuck: ReturnType<typeof store.begin> | null = null
  const errors: unknown[] = []
  store.on('error', e => errors.push((e.error as { code: string }).code))
  store.subscribe(() => {
    const edit = store.begin()
    edit.draft.n++
    stuck = edit
    edit.commit()
  })
  store.edit(d => void d.n++)
  assert.equal(errors, ['listener-loop'])
  assert.ok(stuck!.isModified())
})

moved.run()
