// `edit.subscribe`: who shows a held edit hears of its writes.
import { createCollection, createStore } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../../support/suite.ts'

const test = suite('edit.subscribe')

const turn = () => new Promise(resolve => setTimeout(resolve, 0))

test('tells of writes once a turn, of every kind of container', async () => {
  const store = createStore({
    a: 1,
    deep: { b: [1, 2, 3] },
    map: new Map([['x', 1]]),
    set: new Set([1]),
  })
  const edit = store.begin()
  let told = 0
  const stop = edit.subscribe(() => void told++)
  const { draft } = edit
  await turn()
  assert.is(told, 0)
  draft.a = 2
  draft.a = 3
  draft.deep.b.push(4)
  assert.is(told, 0, 'not within the write')
  await turn()
  assert.is(told, 1)
  for (const write of [
    () => void draft.deep.b.splice(0, 1),
    () => void draft.deep.b.reverse(),
    () => void (draft.deep.b[0] = 9),
    () => void draft.map.set('y', 2),
    () => void draft.map.delete('x'),
    () => void draft.set.add(2),
    () => void draft.set.clear(),
    () => void delete (draft as { a?: number }).a,
    () => edit.rollback('a'),
  ]) {
    const before = told
    write()
    await turn()
    assert.is(told, before + 1, String(write))
  }
  const before = told
  draft.deep.b.map(x => x)
  edit.isModified()
  edit.getChanges()
  await turn()
  assert.is(told, before, 'reading is no write')
  stop()
  draft.a = 7
  await turn()
  assert.is(told, before)
  const mark = edit.savepoint()
  edit.subscribe(() => void told++)
  edit.rollback(mark)
  await turn()
  assert.is(told, before + 1)
  draft.a = 8
  edit.commit()
  await turn()
  assert.is(told, before + 1, 'the edit has ended')
  assert.throws(() => edit.subscribe(() => {}), code('ended-edit'))
})

test('a listener may ask the edit, write to it, fail, and be one of many', async () => {
  const store = createStore({ n: 0, due: new Date(0) })
  const edit = store.begin()
  const heard: unknown[] = []
  const errors: unknown[] = []
  store.on('error', event => errors.push(event.listener))
  edit.subscribe(() => {
    heard.push(edit.isModified())
    if (edit.draft.n === 1) edit.draft.n = 2
  })
  edit.subscribe(() => {
    throw new Error('mine')
  })
  edit.draft.due.setTime(5)
  edit.draft.n = 1
  await turn()
  assert.equal(heard, [true, true])
  assert.equal(errors, ['a listener of an edit', 'a listener of an edit'])
  assert.throws(() => edit.subscribe(null as never), code('bad-argument'))
  edit.rollback()
})

test('documents have it too', async () => {
  const doc = await createCollection<any>('c', { adapter: memoryAdapter() }).insert({ n: 1 })
  const edit = doc.begin()
  let told = 0
  edit.subscribe(() => void told++)
  edit.draft.n = 2
  await turn()
  assert.is(told, 1)
  await edit.commit()
  assert.is(doc.state.n, 2)
})

test.run()
