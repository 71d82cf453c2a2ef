import { createCollection } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { ada, altered, rejects, two, type Person } from './people.ts'

const held = suite('an open edit of a document')

held('commits when the adapter has acknowledged', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const edit = doc.begin()
  const draft = edit.draft
  draft.tags.push('x')
  const pending = edit.commit({ label: 'l' })
  assert.throws(() => draft.tags, code('ended-draft'))
  assert.is((await pending)?.label, 'l')
  assert.equal(doc.state.tags, ['math', 'x'])
  await rejects(edit.commit(), 'ended-edit')
})

held('merges where others changed other keys, and clashes where the same', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const other = (await theirs.get('ada'))!
  const edit = doc.begin()
  const draft = edit.draft
  draft.address.city = 'Paris'
  await other.edit((d: any) => (d.n = 5))
  await edit.commit()
  assert.equal([doc.state.n, doc.state.address.city, doc.version], [5, 'Paris', 3])
  const clash = doc.begin()
  const drafted = clash.draft
  drafted.n = 1
  drafted.name = 'x'
  await other.reload()
  await other.edit((d: any) => (d.n = 6))
  const error = await rejects(clash.commit(), 'conflict')
  assert.equal(error.conflicts, [{ path: ['n'], base: 5, ours: 1, theirs: 6 }])
  assert.equal(clash.changedFieldNames(), ['n', 'name'])
  clash.rollback('n')
  drafted.tags.push('y')
  await clash.commit()
  assert.equal([doc.state.n, doc.state.name, doc.state.tags], [6, 'x', ['math', 'y']])
})

held('stays open after any rejection', async () => {
  let refuse = true
  const adapter = altered((commit, go) =>
    refuse && commit.kind === 'update'
      ? Promise.resolve({ status: 'rejected', code: 'x', error: new Error('no') })
      : go(),
  )
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  const edit = doc.begin()
  const draft = edit.draft
  draft.n = 1
  await rejects(edit.commit(), 'rejected')
  draft.name = 'y'
  refuse = false
  await edit.commit()
  assert.equal([doc.state.n, doc.state.name], [1, 'y'])
})

held("the collection's `resolve` settles clashes, that of the edit comes first", async () => {
  const asked: unknown[] = []
  for (const [resolve, n] of [
    ['ours', 1],
    ['theirs', 6],
    [(conflict: unknown) => (asked.push(conflict), 'ours'), 1],
  ] as const) {
    const { ours, theirs } = two({ resolve: resolve as never })
    const doc = await ours.insert(ada())
    const other = (await theirs.get('ada'))!
    const edit = doc.begin()
    edit.draft.n = 1
    edit.draft.name = 'x'
    await other.edit((d: any) => void (d.n = 6))
    await edit.commit()
    assert.equal([doc.state.n, doc.state.name], [n, 'x'])
    assert.equal((await theirs.get('ada'))?.state, doc.state)
    const own = doc.begin()
    own.draft.n = 2
    own.rebase({ resolve: 'theirs' })
    await other.reload()
    await other.edit((d: any) => void (d.n = 7))
    await own.commit()
    assert.is(doc.state.n, 7)
    // A change set that is taken back meets a clash as well.
    const change = (await doc.edit((d: any) => void (d.n = 8)))!
    await other.reload()
    await other.edit((d: any) => void (d.n = 9))
    await doc.apply(change.invert())
    assert.is(doc.state.n, resolve === 'theirs' ? 9 : 7)
  }
  assert.equal(asked[0], { path: ['n'], base: 0, ours: 1, theirs: 6 })
  const { adapter } = two()
  for (const resolve of ['mine', 5, null, {}]) {
    assert.throws(() => createCollection('x', { adapter, resolve } as never), code('bad-argument'))
  }
})

held('`pending` counts the edits that wait', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  assert.is(doc.pending, 0)
  const edits = [1, 2, 3].map(n => doc.edit((d: any) => void (d.n = n)))
  assert.is(doc.pending, 3)
  await Promise.all(edits)
  assert.is(doc.pending, 0)
  await rejects(
    doc.edit(() => Promise.resolve()),
    'async-recipe',
  )
  assert.is(doc.pending, 0)
})

held.run()

const schemas = suite('a schema')

const standard = (validate: (value: any) => any) => ({
  schema: { '~standard': { version: 1 as const, vendor: 'spec', validate } },
})
const named = standard(v =>
  typeof v.name === 'string' ? { value: v } : { issues: [{ message: 'no name', path: ['name'] }] },
)

schemas('refuses what has issues, before anything is sent', async () => {
  const { ours, theirs } = two(named)
  const error = await rejects(ours.insert({ _id: 1 }), 'invalid')
  assert.equal(error.details.issues, [{ message: 'no name', path: ['name'] }])
  const doc = await ours.insert(ada())
  await rejects(
    doc.edit((d: any) => (d.name = 5)),
    'invalid',
  )
  const edit = doc.begin()
  edit.draft.name = 5
  await rejects(edit.commit(), 'invalid')
  edit.draft.name = 'x'
  await edit.commit()
  assert.is(doc.state.name, 'x')
  assert.is((await theirs.get('ada'))!.version, 2)
})

schemas('that throws passes through; one that answers with a promise is an error', async () => {
  const mine = new Error('mine')
  const throwing = two(
    standard(() => {
      throw mine
    }),
  ).ours
  await throwing.insert(ada()).then(
    () => assert.unreachable(),
    error => assert.is(error, mine),
  )
  const late = two(standard(async v => ({ value: v }))).ours
  await rejects(late.insert(ada()), 'bad-argument')
})

schemas.run()
