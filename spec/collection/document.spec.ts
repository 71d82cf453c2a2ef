import { ConflictError, createCollection } from 'cowslip'
import type { CommitResult } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { ada, altered, rejects, two, type Person } from './people.ts'

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
  await (await theirs.get('ada'))!.edit((d: any) => (d.tags = ['z']))
  await rejects(doc.apply(change!), 'conflict')
  await rejects(doc.apply(5 as never), 'bad-argument')
})

edits('an edit that changes nothing sends nothing and gives null', async () => {
  let sent = 0
  const adapter = altered((_, go) => (sent++, go()))
  const doc = await createCollection<Person>('c', { adapter }).insert(ada())
  assert.is(await doc.edit((d: any) => (d.name = 'Ada')), null)
  assert.is(await doc.patch({ n: 0 }), null)
  assert.is(await doc.begin().commit(), null)
  assert.is(sent, 1)
})

edits('edits of one document are stored in order, those that wait by one update', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const changes = await Promise.all(
    Array.from({ length: 50 }, (_, i) => doc.edit((d: any) => void (d.n++, d.tags.push(`t${i}`)))),
  )
  assert.is(doc.state.n, 50)
  assert.equal(new Set(changes.map(c => c?.version)), new Set([2]))
  assert.is(new Set(changes.map(c => c?.id)).size, 50, 'each has a change set of its own')
  assert.equal(changes[7]?.changes, {
    n: 8,
    tags: [...ada().tags, ...Array.from({ length: 8 }, (_, i) => `t${i}`)],
  })
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

edits('many writers reach the exact sum', async () => {
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
  const adapter = altered((commit, go) => {
    if (commit.kind !== 'update' || (commit.next as Person).n < 100) return go()
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

edits('a delete that another writer crossed is sent again, held or not', async () => {
  let crossed = 0
  const adapter = altered(async (commit, go) => {
    if (commit.kind !== 'delete' || crossed > 1) return go()
    crossed++
    return { status: 'conflict', current: 1 }
  })
  const c = createCollection<Person>('c', { adapter })
  const doc = await c.insert(ada())
  assert.is(await doc.delete(), true)
  assert.equal([crossed, doc.status], [2, 'deleted'])
  crossed = 0
  await createCollection<Person>('c', { adapter }).insert(ada())
  assert.is(await createCollection<Person>('c', { adapter }).delete('ada'), true)
  assert.is(crossed, 2)
})

edits('delete, reload and settled refuse the options of edits', async () => {
  const { ours } = two()
  const doc = await ours.insert(ada())
  const options = { ifVersion: 99 } as never
  for (const call of [
    () => doc.delete(options),
    () => ours.delete('ada', options),
    () => doc.reload(options),
    () => doc.settled(options),
  ]) {
    await rejects(call(), 'bad-argument')
  }
  assert.is(doc.status, 'stored')
})

edits.run()
