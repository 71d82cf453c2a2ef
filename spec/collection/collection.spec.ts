import { createCollection, type DocumentStore } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { ada, altered, rejects, two, type Person } from './people.ts'

const docs = suite('a collection')

docs('inserts, and gives a live document at version 1', async () => {
  const { ours } = two()
  const entity = ada()
  const doc = await ours.insert(entity)
  assert.equal(doc.state, ada())
  assert.equal([doc.id, doc.version, doc.status], ['ada', 1, 'stored'])
  assert.not(Object.isFrozen(entity.tags))
})

docs('makes an id where there is none', async () => {
  const { ours } = two()
  const doc = await ours.insert({ name: 'x' })
  assert.match(String(doc.id), /^[0-9a-f]{8}-/)
  assert.is(doc.state._id, doc.id)
  assert.is(await ours.get(doc.id), doc)
})

docs('an id that is taken is a duplicate', async () => {
  const { ours, theirs } = two()
  await ours.insert(ada())
  const error = await rejects(theirs.insert({ ...ada(), name: 'x' }), 'duplicate')
  assert.equal(error.details, { collection: 'people', id: 'ada', fields: ['_id'] })
  assert.is((await theirs.get('ada'))?.state.name, 'Ada')
})

docs('gives one live document for each id, told apart by type', async () => {
  const { ours } = two()
  await ours.insert({ _id: 1 })
  await ours.insert({ _id: '1' })
  const [one, text] = [await ours.get(1), await ours.get('1')]
  assert.is.not(one, text)
  assert.is(await ours.get(1), one)
  assert.is(await ours.findOne({ _id: 1 }), one)
  assert.is(await ours.get('nobody'), null)
})

docs('get moves the live document if it is behind', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const changes: unknown[] = []
  doc.subscribe(change => changes.push([change.origin, change.touched, change.version]))
  const before = doc.state
  await (await theirs.get('ada'))!.edit((d: any) => (d.address.city = 'Paris'))
  assert.is(await ours.get('ada'), doc)
  assert.is(doc.state.address.city, 'Paris')
  assert.is(doc.state.tags, before.tags)
  assert.equal(changes, [['remote', ['address'], 2]])
})

docs('find is a cursor of live documents', async () => {
  const { ours } = two()
  for (let n = 0; n < 6; n++) await ours.insert({ _id: n, n, even: n % 2 === 0 })
  const cursor = ours.find({ even: true }, { sort: { n: -1 } })
  const seen: unknown[] = []
  for await (const doc of cursor) seen.push(doc.state.n)
  assert.equal(seen, [4, 2, 0])
  const again = await cursor.toArray()
  assert.is(again[0], await ours.get(4))
  assert.equal(
    (await ours.find({}, { sort: { n: 1 }, skip: 2, limit: 2 }).toArray()).map(d => d.id),
    [2, 3],
  )
  assert.is(await ours.count({ even: true }), 3)
  assert.is(await ours.count(), 6)
  assert.is(await ours.findOne({ n: 99 }), null)
  await rejects(ours.find({ $where: '1' }).toArray(), 'unsupported-query')
})

docs('deletes, and says whether there was one', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const heard: string[] = []
  for (const type of ['deleted', 'change'] as const) doc.on(type, e => heard.push(e.type))
  assert.ok(await ours.delete('ada'))
  assert.not(await ours.delete('ada'))
  assert.not(await theirs.delete('ada'))
  assert.equal([doc.status, heard], ['deleted', ['deleted']])
  await rejects(
    doc.edit((d: any) => void d.n++),
    'missing',
  )
  const made = await ours.insert(ada())
  assert.equal([made.status, made.version], ['stored', 1])
})

docs('a delete without an answer, or refused, is no `false`', async () => {
  const error = new Error('because')
  for (const [result, expected] of [
    [{ status: 'unknown', commitId: 'x', error }, 'unknown'],
    [{ status: 'rejected', code: 'x', error }, 'rejected'],
  ] as const) {
    const adapter = altered((commit, go) =>
      commit.kind === 'delete' ? Promise.resolve(result) : go(),
    )
    const c = createCollection<Person>('c', { adapter })
    await rejects(c.delete('nobody'), expected)
    const doc = await c.insert(ada())
    await rejects(c.delete('ada'), expected)
    assert.is(doc.status, 'stored')
  }
})

docs('a document deleted by others is told when we look', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  await theirs.delete('ada')
  await rejects(
    doc.edit((d: any) => void d.n++),
    'missing',
  )
  assert.is(doc.status, 'deleted')
  assert.is(await ours.get('ada'), null)
})

docs('wrap tracks before it is stored, commit inserts', async () => {
  const { ours, theirs } = two()
  const doc = ours.wrap(ada())
  assert.equal([doc.status, doc.version], ['new', 0])
  await doc.edit((d: any) => (d.name = 'Grace'))
  const open = doc.begin()
  open.draft.n = 5
  await open.commit()
  assert.is(await theirs.get('ada'), null)
  assert.not(await doc.delete())
  const change = await doc.commit()
  assert.equal([doc.status, doc.version, change?.touched.length], ['stored', 1, 5])
  assert.is((await theirs.get('ada'))!.state.name, 'Grace')
  assert.is(await ours.get('ada'), doc)
  assert.is(await doc.commit(), null)
  await doc.edit((d: any) => (d.n = 6))
  assert.is(doc.version, 2)
})

docs('a wrapped document whose id is taken stays new', async () => {
  const { ours } = two()
  await ours.insert(ada())
  const doc = ours.wrap(ada())
  await rejects(doc.commit(), 'duplicate')
  assert.is(doc.status, 'new')
})

docs('explain gives what would be sent', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const open = doc.begin()
  open.draft.n = 5
  const change = open.changeSet()
  const sent = ours.explain(change) as any
  assert.equal([sent.kind, sent.id, sent.next.n, sent.guard.version], ['update', 'ada', 5, 1])
  assert.throws(() => two().ours.explain(change), code('bad-argument'))
})

docs('close waits, then refuses', async () => {
  const { ours, adapter } = two()
  const doc = await ours.insert(ada())
  const pending = doc.edit((d: any) => (d.n = 1))
  await ours.close()
  assert.ok(await pending)
  await rejects(ours.get('ada'), 'closed')
  await rejects(
    doc.edit((d: any) => (d.n = 2)),
    'closed',
  )
  await rejects(ours.insert({}), 'closed')
  assert.throws(() => ours.find(), code('closed'))
  assert.is((await adapter.load('people', ['ada']))[0]?.version, 2)
})

docs('refuses bad arguments', async () => {
  const adapter = memoryAdapter()
  for (const name of ['', 1, null, 'a\0b']) {
    assert.throws(() => createCollection(name as never, { adapter }), code('bad-argument'))
  }
  const bad = [
    null,
    {},
    { adapter: {} },
    { adapter, schema: {} },
    { adapter, timeoutMS: -1 },
    { adapter, leaves: [1] },
  ]
  for (const options of bad) {
    assert.throws(() => createCollection('c', options as never), code('bad-argument'))
  }
  const { ours } = two()
  for (const id of [null, undefined, {}, [], NaN, true]) {
    await rejects(ours.get(id), 'bad-argument')
    await rejects(ours.delete(id), 'bad-argument')
  }
  await rejects(ours.insert({ _id: {} }), 'bad-argument')
  await rejects(ours.insert([] as never), 'bad-argument')
  await rejects(ours.insert({ f: () => 1 }), 'unsupported-value')
  const doc = await ours.insert(ada())
  await rejects(doc.edit(5 as never), 'bad-argument')
  await rejects(
    doc.edit(() => {}, { timeoutMS: 'x' as never }),
    'bad-argument',
  )
  await rejects(doc.patch(5 as never), 'bad-argument')
})

docs('live documents are held while in use, else weakly', async () => {
  const { ours } = two()
  const wait = async () => {
    for (let i = 0; i < 5; i++) {
      await new Promise(resolve => setTimeout(resolve, 2))
      globalThis.gc?.()
    }
  }
  const make = async (id: string, use: (doc: DocumentStore<Person>) => unknown) => {
    const doc = await ours.insert({ _id: id, n: 0 })
    use(doc)
    return new WeakRef(doc)
  }
  let stop = () => {}
  const idle = await make('idle', () => {})
  const heard = await make('heard', doc => (stop = doc.subscribe(() => {})))
  await wait()
  assert.is(idle.deref(), undefined)
  assert.ok(heard.deref())
  stop()
  stop = () => {}
  await wait()
  assert.is(heard.deref(), undefined)
  assert.is((await ours.get('idle'))?.state.n, 0)
})

docs.run()
