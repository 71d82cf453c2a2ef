import * as assert from 'uvu/assert'
import { createStore, type ChangeSet, type Store } from 'cowslip'
import { code, suite } from '../../support/suite.ts'

const test = suite('history')

/** What somebody else does: as a change that comes from elsewhere. */
function foreign<T extends object>(store: Store<T>, recipe: (draft: any) => void): ChangeSet {
  const other = createStore(structuredClone(store.state) as T)
  return store.apply(other.edit(recipe as never) as ChangeSet) as ChangeSet
}

const listOf = (): Store<{ list: { n: number }[]; name: string }> =>
  createStore({ list: [{ n: 1 }], name: 'Ada' })

test('undo and redo go back and forth step by step', () => {
  const store = createStore({ n: 0, s: 'a' })
  const states = [store.state]
  for (const n of [1, 2, 3]) {
    store.edit(d => void (d.n = n))
    states.push(store.state)
  }
  assert.equal([store.canUndo, store.canRedo], [true, false])
  for (const expected of [states[2], states[1], states[0]]) {
    assert.is(store.undo()?.origin, 'undo')
    assert.equal(store.state, expected)
  }
  assert.is(store.undo(), null)
  assert.equal([store.canUndo, store.canRedo, store.version], [false, true, 6])
  for (const expected of [states[1], states[2], states[3]]) {
    assert.is(store.redo()?.origin, 'redo')
    assert.equal(store.state, expected)
  }
  assert.is(store.redo(), null)
  store.undo()
  store.undo()
  assert.equal(store.state, states[1])
})

test('a new edit forgets what was undone', () => {
  const store = createStore({ n: 0 })
  store.edit(d => void d.n++)
  store.undo()
  store.edit(d => void (d.n = 5))
  assert.is(store.canRedo, false)
  assert.is(store.redo(), null)
  store.undo()
  assert.is(store.state.n, 0)
})

test('the future can be forgotten, and the past stays', () => {
  const store = createStore({ n: 0 })
  store.edit(d => void d.n++)
  store.edit(d => void d.n++)
  store.undo()
  store.history.clearFuture()
  assert.equal([store.canRedo, store.canUndo], [false, true])
  assert.is(store.redo(), null)
  store.undo()
  assert.is(store.state.n, 0)
  assert.is(store.canRedo, true, 'the next undo can be redone')
})

test('excluded paths end no group, and neither time: one undo takes all', () => {
  for (const options of [{ group: 'typing' }, {}]) {
    const store = createStore(
      { text: '', cursor: 0 },
      { history: { exclude: ['cursor'], groupMS: 60_000 } },
    )
    for (const letter of 'abc') {
      store.edit(d => {
        d.text += letter
        d.cursor++
      }, options)
      store.edit(d => void d.cursor++, options)
    }
    assert.is(store.history.past.length, 1)
    store.undo()
    assert.equal(store.state, { text: '', cursor: 6 })
    assert.is(store.canUndo, false)
    store.redo()
    assert.equal(store.state, { text: 'abc', cursor: 6 })
  }
})

test('undo and redo end a group, and a redone step keeps its time', () => {
  const store = createStore({ n: 0 })
  const add = (): void => void store.edit(d => void d.n++, { group: 'g' })
  add()
  store.edit(d => void d.n++)
  const times = store.history.past.map(({ at }) => at)
  store.undo()
  add()
  assert.is(store.history.past.length, 2, 'the step before is not gone on with')
  store.undo()
  const before = Date.now()
  while (Date.now() === before);
  store.redo()
  add()
  assert.is(store.history.past.length, 3)
  store.undo()
  store.undo()
  store.undo()
  store.redo()
  assert.is(store.history.past[0]?.at, times[0])
})

test('the limit counts steps: a group is undone whole', () => {
  const store = createStore({ n: 0 }, { history: { limit: 1 } })
  store.edit(d => void (d.n = 100))
  for (let i = 0; i < 50; i++) store.edit(d => void d.n++, { group: 'g' })
  store.undo()
  assert.is(store.state.n, 100)
  assert.is(store.canUndo, false)
})

test('a group that cancels is no step, and what it left alone stays so for the step before', () => {
  const store = createStore({ n: 0, cursor: 0 }, { history: { exclude: ['cursor'] } })
  store.edit(d => void (d.n = 1))
  for (const n of [2, 1]) {
    store.edit(
      d => {
        d.n = n
        d.cursor++
      },
      { group: 'g' },
    )
  }
  assert.is(store.history.past.length, 1)
  store.undo()
  assert.equal(store.state, { n: 0, cursor: 2 })
})

test('an undo takes my element away, whatever a colleague put before it, and a redo brings it back', () => {
  const store = listOf()
  store.edit(d => void d.list.push({ n: 2 }))
  foreign(store, d => void d.list.unshift({ n: 0 }))
  store.undo()
  assert.equal(store.state.list, [{ n: 0 }, { n: 1 }])
  foreign(store, d => void d.list.unshift({ n: -1 }))
  store.redo()
  assert.equal(store.state.list, [{ n: -1 }, { n: 0 }, { n: 1 }, { n: 2 }])
  store.undo()
  assert.equal(store.state.list, [{ n: -1 }, { n: 0 }, { n: 1 }])
})

test('what came from elsewhere is no step', () => {
  const store = listOf()
  foreign(store, d => void (d.name = 'Grace'))
  assert.is(store.canUndo, false)
  assert.is(store.undo(), null)
  assert.is(store.state.name, 'Grace')
})

test('an undo that clashes says so and changes nothing, until it is settled', () => {
  const store = createStore({ name: 'a', n: 1 })
  store.edit(d => {
    d.name = 'b'
    d.n = 2
  })
  foreign(store, d => void (d.name = 'c'))
  const { state, version } = store
  try {
    store.undo()
    assert.unreachable()
  } catch (error) {
    assert.ok(code('conflict')(error))
    const { conflicts } = error as { conflicts?: unknown }
    assert.equal(conflicts, [{ path: ['name'], base: 'b', ours: 'a', theirs: 'c' }])
  }
  assert.equal([store.state === state, store.version, store.canUndo], [true, version, true])
  store.undo({ resolve: 'theirs' })
  assert.equal(store.state, { name: 'c', n: 1 })
  store.redo()
  assert.equal(store.state, { name: 'c', n: 2 })
})

test('what is undone already by somebody else is a step without a change', () => {
  const store = createStore({ n: 1, m: 1 })
  store.edit(d => void (d.m = 2))
  store.edit(d => void (d.n = 2))
  foreign(store, d => void (d.n = 1))
  assert.is(store.undo(), null)
  assert.equal(store.history.past.length, 1)
  store.undo()
  assert.equal(store.state, { n: 1, m: 1 })
})

test('listeners hear undo and redo, and find the history moved on', () => {
  const store = createStore({ n: 0 })
  const heard: unknown[] = []
  store.subscribe(({ origin }) => heard.push([origin, store.canUndo, store.canRedo]))
  store.edit(d => void d.n++)
  store.undo()
  store.redo()
  assert.equal(heard, [
    ['local', true, false],
    ['undo', false, true],
    ['redo', true, false],
  ])
})

test('edits of one group are one step, and so are edits shortly after one another', () => {
  const store = createStore({ text: '', n: 0 })
  for (const letter of 'abc') store.edit(d => void (d.text += letter), { group: 'typing' })
  store.edit(d => void d.n++)
  store.edit(d => void (d.text += 'd'), { group: 'typing' })
  assert.is(store.history.past.length, 3)
  store.undo()
  store.undo()
  assert.equal(store.state, { text: 'abc', n: 0 })
  store.undo()
  assert.equal(store.state, { text: '', n: 0 })
  store.redo()
  assert.is(store.state.text, 'abc')

  const quick = createStore({ n: 0 }, { history: { groupMS: 60_000 } })
  for (let i = 0; i < 5; i++) quick.edit(d => void d.n++)
  assert.is(quick.history.past.length, 1)
  quick.undo()
  assert.is(quick.state.n, 0)
  foreign(quick, d => void (d.n = 7))
  quick.edit(d => void d.n++)
  quick.edit(d => void d.n--)
  assert.is(quick.canUndo, false, 'what a group brought back is no step')
})

test('a colleague between two edits of a group keeps them apart', () => {
  const store = listOf()
  store.edit(d => void d.list.push({ n: 2 }), { group: 'g' })
  foreign(store, d => void d.list.unshift({ n: 0 }))
  store.edit(d => void d.list.push({ n: 3 }), { group: 'g' })
  store.undo()
  store.undo()
  assert.equal(store.state.list, [{ n: 0 }, { n: 1 }])
})

test('an open edit is one step, with its label; so is a patch', () => {
  const store = createStore({ a: 1, b: 1 })
  const edit = store.begin()
  edit.draft.a = 2
  edit.draft.b = 2
  edit.commit({ label: 'both' })
  store.patch({ a: 3 }, { label: 'one' })
  assert.equal(
    store.history.past.map(({ version, label, touched }) => [version, label, touched]),
    [
      [1, 'both', ['a', 'b']],
      [2, 'one', ['a']],
    ],
  )
  store.undo()
  assert.equal(
    store.history.future.map(({ label }) => label),
    ['one'],
  )
  store.undo()
  assert.equal(store.state, { a: 1, b: 1 })
  store.history.clear()
  assert.equal([store.canUndo, store.canRedo, store.state], [false, false, { a: 1, b: 1 }])
})

test('limits by count and by bytes, and none at all', () => {
  const few = createStore({ n: 0 }, { history: { limit: 3 } })
  for (let i = 0; i < 10; i++) few.edit(d => void d.n++)
  while (few.undo() !== null);
  assert.is(few.state.n, 7)

  const small = createStore({ text: '' }, { history: { bytes: 10_000 } })
  for (let i = 0; i < 10; i++) small.edit(d => void (d.text = String(i).repeat(1_000)))
  const { length } = small.history.past
  assert.ok(length >= 1 && length <= 4, `${length} steps`)

  const none = createStore({ n: 0 }, { history: false })
  none.edit(d => void d.n++)
  assert.is(none.undo(), null)
  assert.is(none.state.n, 1)
})

test('excluded paths stay as they are', () => {
  const store = createStore(
    { text: 'a', ui: { cursor: 0, open: false } },
    { history: { exclude: ['ui.cursor'] } },
  )
  store.edit(d => {
    d.text = 'ab'
    d.ui.cursor = 2
  })
  store.edit(d => void (d.ui.cursor = 1))
  assert.is(store.history.past.length, 1)
  store.edit(d => void (d.ui.open = true))
  store.undo()
  store.undo()
  assert.equal(store.state, { text: 'a', ui: { cursor: 1, open: false } })
  store.redo()
  store.redo()
  assert.equal(store.state, { text: 'ab', ui: { cursor: 1, open: true } })
})

test('bad options and an undo inside a recipe are refused', () => {
  for (const history of [5, null, { limit: -1 }, { bytes: 'x' }, { exclude: 'ui' }]) {
    assert.throws(() => createStore({}, { history: history as never }), code('bad-argument'))
  }
  const store = createStore({ n: 0 })
  store.edit(d => void d.n++)
  assert.throws(() => store.edit(() => void store.undo()), code('nested-edit'))
  assert.throws(() => store.undo({ resolve: 'mine' as never }), code('bad-argument'))
  assert.throws(() => store.undo(null as never), code('bad-argument'))
})

test('thousands of edits from elsewhere keep a step no longer than what they change', () => {
  const store = listOf()
  store.edit(d => void d.list.push({ n: 2 }))
  const other = createStore(structuredClone(store.state) as { name: string })
  for (let i = 0; i < 5_000; i++) {
    store.apply(other.edit(d => void (d.name = `n${i}`)) as ChangeSet)
  }
  store.undo()
  assert.equal([store.state.list, store.state.name], [[{ n: 1 }], 'n4999'])
})

test.run()
