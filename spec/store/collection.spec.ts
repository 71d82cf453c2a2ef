import {
  ConflictError,
  createCollection,
  type Collection,
  type CollectionOptions,
  type DocumentStore,
} from 'cowslip'
import type { Adapter, Commit, CommitResult } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

type Person = any

/** Two collections on one storage, as two processes would have. */
function two(options: Partial<CollectionOptions> = {}) {
  const adapter = memoryAdapter()
  const open = (): Collection<Person> => createCollection<Person>('people', { adapter, ...options })
  return { adapter, ours: open(), theirs: open() }
}

/** A promise that must reject with this code. */
async function rejects(promise: Promise<unknown>, expected: string): Promise<any> {
  try {
    await promise
  } catch (error) {
    assert.ok(code(expected)(error))
    return error
  }
  return assert.unreachable(`expected ${expected}`)
}

/** An adapter that does what `change` makes of each commit. */
function altered(
  change: (commit: Commit, go: () => Promise<CommitResult>) => Promise<CommitResult>,
): Adapter {
  const inner = memoryAdapter()
  return {
    capabilities: inner.capabilities,
    load: (c, ids) => inner.load(c, ids),
    find: (c, query) => inner.find(c, query),
    commit: commit => change(commit, () => inner.commit(commit)),
    close: () => inner.close(),
  }
}

const ada = () => ({ _id: 'ada', name: 'Ada', tags: ['math'], address: { city: 'London' }, n: 0 })

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
  assert.equal(error.details, { collection: 'people', id: 'ada' })
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
  ;(open.draft as any).n = 5
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
  ;(open.draft as any).n = 5
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

const edits = suite('a document')

edits('edit saves, then moves the state and tells', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const heard: unknown[] = []
  doc.on('change', e => heard.push(['change', e.change.touched, e.state.n]))
  doc.on('confirmed', e => heard.push(['confirmed', e.version]))
  const pending = doc.edit((d: any) => (d.n = 1), { label: 'l', meta: 5 })
  assert.is(doc.state.n, 0)
  const change = await pending
  assert.equal([change?.label, change?.meta, change?.baseVersion, change?.version], ['l', 5, 1, 2])
  assert.equal(heard, [
    ['change', ['n'], 1],
    ['confirmed', 2],
  ])
  const patched = await doc.patch({ n: 2, tags: undefined })
  assert.equal(patched?.removed, ['tags'])
  const stored = (await theirs.get('ada'))!
  assert.equal(stored.state, doc.state)
  assert.is(stored.version, 3)
})

edits('apply takes changes from elsewhere, and inverses', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  const change = await doc.edit((d: any) => void d.tags.push('x'))
  await doc.apply(change!.invert(), { label: 'undo' })
  assert.equal(doc.state, ada())
  const taken = await doc.apply([{ op: 'replace', path: ['n'], value: 7 }])
  assert.equal([taken?.origin, doc.state.n], ['remote', 7])
  await (await theirs.get('ada'))!.edit((d: any) => (d.tags = []))
  await rejects(doc.apply(change!), 'conflict')
  await rejects(doc.apply(5 as never), 'bad-argument')
})

edits('nothing changed: nothing sent, null', async () => {
  let sent = 0
  const adapter = altered((_, go) => (sent++, go()))
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  assert.is(await doc.edit((d: any) => (d.name = 'Ada')), null)
  assert.is(await doc.patch({ n: 0 }), null)
  assert.is(await doc.begin().commit(), null)
  assert.is(sent, 1)
})

edits('edits of one document run in order', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const changes = await Promise.all(
    Array.from({ length: 50 }, (_, i) => doc.edit((d: any) => void (d.n++, d.tags.push(`t${i}`)))),
  )
  assert.is(doc.state.n, 50)
  assert.equal(
    changes.map(c => c?.version),
    Array.from({ length: 50 }, (_, i) => i + 2),
  )
  assert.equal(doc.state.tags[50], 't49')
})

edits('a stale edit is made again on what is stored', async () => {
  const { ours, theirs } = two()
  const mine = await ours.insert(ada())
  const other = (await theirs.get('ada'))!
  const conflicts: unknown[] = []
  mine.on('conflict', e => conflicts.push(e.current))
  await other.edit((d: any) => (d.n = 10))
  let runs = 0
  const change = await mine.edit((d: any) => void (runs++, d.n++))
  assert.equal([mine.state.n, mine.version, runs, conflicts], [11, 3, 2, [2]])
  assert.equal(change?.originals, { n: 10 })
})

edits('many writers, the exact sum', async () => {
  const { adapter } = two()
  const writers = Array.from({ length: 8 }, () => createCollection<Person>('people', { adapter }))
  await writers[0]!.insert(ada())
  await Promise.all(
    writers.map(async writer => {
      const doc = (await writer.get('ada'))!
      for (let i = 0; i < 25; i++) await doc.edit((d: any) => void d.n++)
    }),
  )
  assert.is((await two().ours.get('x')) ?? (await writers[0]!.get('ada'))!.state.n, 200)
})

edits('it gives up after timeoutMS with a ConflictError', async () => {
  const adapter = altered((commit, go) =>
    commit.kind === 'update' ? Promise.resolve({ status: 'conflict' }) : go(),
  )
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  const error = await rejects(
    doc.edit((d: any) => void d.n++, { timeoutMS: 30 }),
    'conflict',
  )
  assert.instance(error, ConflictError)
  assert.is(doc.state.n, 0)
})

edits('outcomes are told apart, and the document is usable afterwards', async () => {
  let outcome: CommitResult | Error | null = null
  const adapter = altered((commit, go) => {
    if (outcome === null || commit.kind !== 'update') return go()
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
  })
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  const heard: string[] = []
  for (const type of ['rejected', 'unknown'] as const) doc.on(type, e => heard.push(e.type))
  const cause = new Error('because')
  const cases: [CommitResult | Error, string][] = [
    [{ status: 'rejected', code: 'validator', error: cause }, 'rejected'],
    [{ status: 'rejected', code: 'duplicate', error: cause }, 'duplicate'],
    [{ status: 'unknown', commitId: 'x', error: cause }, 'unknown'],
    [cause, 'adapter'],
  ]
  for (const [result, expected] of cases) {
    outcome = result
    const error = await rejects(
      doc.edit((d: any) => void d.n++),
      expected,
    )
    assert.is(error.cause, cause)
    assert.is(doc.state.n, 0)
  }
  assert.equal(heard, ['rejected', 'rejected', 'unknown'])
  outcome = null
  await doc.edit((d: any) => void d.n++)
  assert.is(doc.state.n, 1)
})

edits('an edit behind a rejected one runs on the acknowledged state', async () => {
  let first = true
  const adapter = altered((commit, go) => {
    if (commit.kind !== 'update' || !first) return go()
    first = false
    return Promise.resolve({ status: 'rejected', code: 'x', error: new Error('x') })
  })
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  const [one, two] = [doc.edit((d: any) => (d.n = 100)), doc.edit((d: any) => void d.n++)]
  await rejects(one, 'rejected')
  await two
  assert.is(doc.state.n, 1)
})

edits('what the recipe throws is the rejection, never a synchronous throw', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const mine = new Error('mine')
  const promise = doc.edit(() => {
    throw mine
  })
  await promise.then(
    () => assert.unreachable(),
    error => assert.is(error, mine),
  )
  await rejects(
    doc.edit(async () => {}),
    'async-recipe',
  )
  await rejects(
    doc.edit((d: any) => (d.x = new Map())),
    'unsupported-value',
  )
  await rejects(
    doc.edit((d: any) => (d.x = () => 1)),
    'unsupported-value',
  )
  assert.is(doc.version, 1)
})

edits('`_id` stays', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  await rejects(
    doc.edit((d: any) => (d._id = 'x')),
    'immutable-field',
  )
  await rejects(
    doc.edit((d: any) => delete d._id),
    'immutable-field',
  )
  await rejects(doc.patch({ _id: 'x' }), 'immutable-field')
  assert.is(await doc.edit((d: any) => (d._id = 'ada')), null)
})

edits('a signal keeps what was not sent from being sent', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const controller = new AbortController()
  const first = doc.edit((d: any) => (d.n = 1))
  const second = doc.edit((d: any) => (d.n = 2), { signal: controller.signal })
  controller.abort(new Error('enough'))
  await first
  await second.then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'enough'),
  )
  assert.is(doc.state.n, 1)
})

edits('settled waits for everything, and never rejects', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const bad = doc.edit(() => {
    throw new Error('x')
  })
  bad.catch(() => {})
  void doc.edit((d: any) => (d.n = 1))
  await doc.settled()
  assert.is(doc.state.n, 1)
})

edits('reload takes what is stored', async () => {
  const { ours, theirs } = two()
  const doc = await ours.insert(ada())
  assert.is(await doc.reload(), null)
  await (await theirs.get('ada'))!.edit((d: any) => (d.n = 5))
  const change = await doc.reload()
  assert.equal([change?.touched, change?.origin, doc.state.n], [['n'], 'remote', 5])
  await theirs.delete('ada')
  await theirs.insert({ _id: 'ada', fresh: true })
  await doc.reload()
  assert.equal([doc.state, doc.version], [{ _id: 'ada', fresh: true }, 1])
})

edits.run()

const held = suite('an open edit of a document')

held('commits when the adapter has acknowledged', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const edit = doc.begin()
  const draft = edit.draft as any
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
  const draft = edit.draft as any
  draft.address.city = 'Paris'
  await other.edit((d: any) => (d.n = 5))
  await edit.commit()
  assert.equal([doc.state.n, doc.state.address.city, doc.version], [5, 'Paris', 3])
  const clash = doc.begin()
  const drafted = clash.draft as any
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
  const draft = edit.draft as any
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
  ;(edit.draft as any).name = 5
  await rejects(edit.commit(), 'invalid')
  ;(edit.draft as any).name = 'x'
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
