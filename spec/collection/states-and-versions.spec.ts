import { ConflictError, createCollection } from 'cowslip'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { ada, altered, rejects, two, type Person } from './people.ts'

const states = suite('states()')

states('yields frozen snapshots, and makes no live document', async () => {
  const { ours, theirs } = two()
  const born = new Date(5)
  for (let n = 0; n < 4; n++) await theirs.insert({ _id: n, n, deep: { born, list: [n] } })
  const cursor = ours.find({ n: { $gt: 0 } }, { sort: { n: -1 } }).states()
  const seen: any[] = []
  for await (const state of cursor) seen.push(state)
  assert.equal(
    seen.map(({ n }) => n),
    [3, 2, 1],
  )
  assert.ok([seen[0], seen[0].deep, seen[0].deep.list].every(Object.isFrozen))
  assert.equal(await cursor.toArray(), seen)
  assert.is((ours as any).identityMap.live.size, 0)
  const doc = (await ours.get(1))!
  await (await theirs.get(1))!.edit((d: any) => (d.n = 10))
  assert.is((await ours.find({ _id: 1 }).states().toArray())[0].n, 10)
  assert.is(doc.state.n, 1, 'a live document is not moved')
  await rejects(
    ours
      .find({ n: { $nonsense: 1 } })
      .states()
      .toArray(),
    'unsupported-query',
  )
  await rejects(
    ours
      .find()
      .states()
      .toArray({ timeoutMS: 'x' as never }),
    'bad-argument',
  )
})

states.run()

const versions = suite('ifVersion')

versions('an edit runs on that version alone', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const change = await doc.edit((d: any) => void d.n++, { ifVersion: 1 })
  assert.is(change?.version, 2)
  let runs = 0
  const error = await rejects(
    doc.edit((d: any) => void (runs++, d.n++), { ifVersion: 1 }),
    'conflict',
  )
  assert.instance(error, ConflictError)
  await rejects(doc.patch({ n: 5 }, { ifVersion: 1 }), 'conflict')
  assert.equal([runs, doc.state.n, doc.version], [0, 1, 2])
  // What another has written is seen at the server, and the recipe is not run again on it.
  await (await theirs.get('ada'))!.edit((d: any) => void (d.n = 10))
  await rejects(
    doc.edit((d: any) => void (runs++, d.n++), { ifVersion: 2 }),
    'conflict',
  )
  assert.equal([runs, doc.state.n, doc.version], [1, 10, 3])
  // A caller may know more than this document.
  await (await theirs.get('ada'))!.edit((d: any) => void (d.n = 20))
  await doc.edit((d: any) => void d.n++, { ifVersion: 4 })
  assert.equal([doc.state.n, doc.version], [21, 5])
  await rejects(
    doc.edit((d: any) => void d.n++, { ifVersion: 99 }),
    'conflict',
  )
  for (const ifVersion of [-1, 1.5, '5', null]) {
    await rejects(
      doc.edit((d: any) => void d.n++, { ifVersion } as any),
      'bad-argument',
    )
  }
})

versions('is judged when the edits before have ended', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const first = doc.edit((d: any) => void d.n++)
  const second = doc.edit((d: any) => void d.n++, { ifVersion: 1 })
  await first
  await rejects(second, 'conflict')
  const edit = doc.begin()
  edit.draft.n = 7
  await rejects(edit.commit({ ifVersion: 1 }), 'conflict')
  await edit.commit({ ifVersion: 2 })
  assert.is(doc.state.n, 7)
})

versions('a clash gives up at once, not after a time', async () => {
  const adapter = altered((commit, go) =>
    commit.kind === 'update' ? Promise.resolve({ status: 'conflict' }) : go(),
  )
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  let runs = 0
  await rejects(
    doc.edit((d: any) => void (runs++, d.n++), { ifVersion: 1 }),
    'conflict',
  )
  assert.is(runs, 1)
})

versions.run()
