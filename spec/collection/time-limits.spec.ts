import { createCollection, transaction } from 'cowslip'
import type { Adapter, Commit, CommitResult } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { ada, rejects, type Person } from './people.ts'

/** A storage that stops answering; what it was told is done when it `wakes`, or has been done before. */
function sleepy({ applies = 'late', resolves = false } = {}) {
  const inner = memoryAdapter()
  let sleeping: (() => void)[] | null = null
  const commits: Commit[] = []
  const turn = async <R>(act: () => Promise<R>): Promise<R> => {
    if (sleeping === null) return act()
    const early = applies === 'early' ? await act() : null
    await new Promise<void>(resolve => sleeping?.push(resolve))
    return early ?? act()
  }
  const adapter: Adapter = {
    capabilities: inner.capabilities,
    load: (c, ids) => turn(() => inner.load(c, ids)),
    async *find(c, query) {
      await turn(async () => {})
      yield* inner.find(c, query)
    },
    commit: commit => (commits.push(commit), turn(() => inner.commit(commit))),
    transaction: (all, reads) => turn(() => inner.transaction!(all, reads)),
    ...(resolves && { resolve: commit => turn(() => inner.commit(commit)) }),
    close: () => inner.close(),
  }
  return {
    commits,
    people: createCollection<Person>('people', { adapter, timeoutMS: 5_000 }),
    sleep: () => void (sleeping = []),
    wake() {
      const waiting = sleeping ?? []
      sleeping = null
      for (const resolve of waiting) resolve()
    },
  }
}

const timeoutMS = 30

const test = suite('limits of time')

test('every promise ends, with the code of where it was', async () => {
  const { people, sleep, wake } = sleepy()
  const doc = await people.insert(ada())
  const other = await people.insert({ ...ada(), _id: 'bob' })
  sleep()
  const first = doc.edit((d: any) => void d.n++, { timeoutMS })
  first.catch(() => {})
  await new Promise(resolve => setTimeout(resolve, 1))
  const calls: [string, Promise<unknown>, string][] = [
    ['edit', first, 'unknown'],
    ['edit behind it', doc.edit((d: any) => void d.n++, { timeoutMS }), 'timeout'],
    ['patch behind it', doc.patch({ n: 5 }, { timeoutMS }), 'timeout'],
    ['delete behind it', doc.delete({ timeoutMS }), 'timeout'],
    ['reload behind it', doc.reload({ timeoutMS }), 'timeout'],
    ['settled', doc.settled({ timeoutMS }), 'timeout'],
    ['insert', people.insert({ _id: 1 }, { timeoutMS }), 'unknown'],
    ['get', people.get('ada', { timeoutMS }), 'timeout'],
    ['find', people.find({}, { timeoutMS }).toArray(), 'timeout'],
    ['toArray', people.find({}).toArray({ timeoutMS }), 'timeout'],
    ['a loop', people.find({}, { timeoutMS })[Symbol.asyncIterator]().next(), 'timeout'],
    ['findOne', people.findOne({}, { timeoutMS }), 'timeout'],
    ['count', people.count({}, { timeoutMS }), 'timeout'],
    ['delete of none', people.delete('nobody', { timeoutMS }), 'unknown'],
    ['transaction', transaction(tx => tx.edit(other, d => void d.n++), { timeoutMS }), 'unknown'],
    [
      'transaction behind an edit',
      transaction(tx => tx.edit(doc, d => void d.n++), { timeoutMS }),
      'timeout',
    ],
  ]
  // They end while the first is looked at.
  for (const [, call] of calls) call.catch(() => {})
  const began = Date.now()
  for (const [name, call, expected] of calls) {
    const error = await rejects(call, expected).catch(cause => {
      throw new Error(`${name}: ${cause}`)
    })
    assert.equal(error.details.timeoutMS ?? timeoutMS, timeoutMS, name)
  }
  assert.ok(Date.now() - began < 2_000)
  assert.equal([doc.state.n, doc.version, doc.status], [0, 1, 'stored'])
  wake()
  await doc.settled()
  assert.equal(
    [doc.state.n, doc.version],
    [1, 2],
    'what was sent landed; what was not was never sent',
  )
  await doc.edit((d: any) => void d.n++)
  await other.edit((d: any) => void d.n++)
  assert.equal([doc.state.n, other.state.n], [2, 2])
  assert.is((await people.get(1))?.version, 1)
  await rejects(people.close({ timeoutMS: 'x' as never }), 'bad-argument')
  await people.close({ timeoutMS })
})

test('close ends in time, and has closed all the same', async () => {
  const { people, sleep, wake } = sleepy()
  const doc = await people.insert(ada())
  sleep()
  const editing = doc.edit((d: any) => void d.n++)
  await rejects(people.close({ timeoutMS }), 'timeout')
  await rejects(people.get('ada'), 'closed')
  wake()
  assert.is((await editing)?.version, 2)
})

test('a signal does the same, with its reason', async () => {
  const { people, sleep, wake } = sleepy()
  const doc = await people.insert(ada())
  sleep()
  const controller = new AbortController()
  const { signal } = controller
  const sent = doc.edit((d: any) => void d.n++, { signal })
  await new Promise(resolve => setTimeout(resolve))
  const calls = [doc.edit((d: any) => void d.n++, { signal }), people.get('ada', { signal })]
  for (const call of [sent, ...calls]) call.catch(() => {})
  await new Promise(resolve => setTimeout(resolve, 5))
  const reason = new Error('enough')
  controller.abort(reason)
  assert.is((await rejects(sent, 'unknown')).cause, reason)
  for (const call of calls) {
    await call.then(
      () => assert.unreachable(),
      error => assert.is(error, reason),
    )
  }
  wake()
  await doc.settled()
  assert.is(doc.state.n, 1)
  await people.get('ada', { signal: AbortSignal.abort(reason) }).then(
    () => assert.unreachable(),
    error => assert.is(error, reason),
  )
})

test('an open edit whose commit landed after all has ended', async () => {
  for (const applies of ['early', 'late'] as const) {
    const { people, sleep, wake } = sleepy({ applies })
    const doc = await people.insert(ada())
    const edit = doc.begin()
    edit.draft.n = 1
    sleep()
    await rejects(edit.commit({ timeoutMS }), 'unknown')
    const again = edit.commit()
    wake()
    await rejects(again, 'ended-edit')
    assert.equal([doc.state.n, doc.version], [1, 2])
    await rejects(edit.commit(), 'ended-edit')
  }
})

test('a write without an answer is asked after before the next, and is applied once', async () => {
  for (const landed of [true, false]) {
    const inner = memoryAdapter()
    let lose = false
    let asked = 0
    let knows = false
    const adapter: Adapter = {
      ...{ capabilities: inner.capabilities, close: () => inner.close() },
      load: (c, ids) => inner.load(c, ids),
      find: (c, query) => inner.find(c, query),
      async commit(commit) {
        if (!lose) return inner.commit(commit)
        lose = false
        if (landed) await inner.commit(commit)
        return { status: 'unknown', commitId: commit.commitId }
      },
      async resolve(commit): Promise<CommitResult> {
        asked++
        const { commitId } = commit
        if (!knows) return { status: 'unknown', commitId }
        const [stored] = await inner.load(commit.collection, [commit.id])
        if (stored?.commitId === commitId)
          return { status: 'committed', version: stored.version, commitId }
        return inner.commit(commit)
      },
    }
    const people = createCollection<Person>('people', { adapter })
    const doc = await people.insert(ada())
    lose = true
    await rejects(
      doc.edit((d: any) => void d.n++),
      'unknown',
    )
    if (!landed) {
      await rejects(
        doc.edit((d: any) => void d.n++),
        'unknown',
      )
      assert.equal([asked, doc.state.n], [2, 0])
      knows = true
    }
    // What is stored shows that the write was applied, even if the adapter cannot tell.
    await doc.edit((d: any) => void (d.n += 10))
    assert.equal([asked, doc.state.n, doc.version], [landed ? 2 : 3, 11, 3])
    // So it is with inserts and deletes.
    lose = true
    knows = false
    const made = people.wrap({ _id: 'new', n: 1 })
    await rejects(made.commit(), 'unknown')
    knows = true
    assert.is(await made.commit(), null)
    assert.equal([made.status, made.version], ['stored', 1])
    lose = true
    knows = false
    await rejects(made.delete(), 'unknown')
    knows = true
    assert.is(await people.get('new'), landed ? null : made)
    await rejects(
      made.edit((d: any) => void d.n++),
      'missing',
    )
  }
})

test('without a way to ask, what is stored decides', async () => {
  const inner = memoryAdapter()
  let lose = false
  const adapter: Adapter = {
    ...{ capabilities: inner.capabilities, close: () => inner.close() },
    load: (c, ids) => inner.load(c, ids),
    find: (c, query) => inner.find(c, query),
    async commit(commit) {
      const result = await inner.commit(commit)
      return lose ? { status: 'unknown', commitId: commit.commitId } : result
    },
  }
  const doc = await createCollection<Person>('people', { adapter }).insert(ada())
  lose = true
  await rejects(
    doc.edit((d: any) => void d.n++),
    'unknown',
  )
  lose = false
  await doc.edit((d: any) => void d.n++)
  assert.equal([doc.state.n, doc.version], [2, 3])
})

test.run()
