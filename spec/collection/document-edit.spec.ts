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
