// Undo and redo of documents: guarded commits, rebased over what others did since.
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import { withFaults, type Adapter, type CommitResult } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'
import { rejects } from './people.ts'

const test = suite('undo of documents')

const open = (adapter: Adapter = memoryAdapter(), more: Partial<CollectionOptions> = {}) =>
  createCollection<any>('docs', { adapter, ...more })

const fresh = (more = {}) => ({ _id: 'd', n: 0, list: [] as string[], ...more })

const push = (name: string) => (d: any) => void d.list.push(name)

test('an edit is undone and done again, each as a commit of its own', async () => {
  const docs = open()
  const doc = await docs.insert(fresh())
  assert.equal([doc.canUndo, doc.canRedo], [false, false])
  assert.is(await doc.undo(), null)
  await doc.edit(push('a'), { label: 'add a' })
  await doc.edit(push('b'))
  assert.equal(
    doc.history.past.map(({ version, label, touched }) => [version, label, touched]),
    [
      [2, 'add a', ['list']],
      [3, undefined, ['list']],
    ],
  )
  const heard: string[] = []
  doc.on('change', e => heard.push(`${e.change.origin} ${e.state.list}`))
  const change = await doc.undo()
  assert.equal([change?.origin, change?.version, doc.version], ['undo', 4, 4])
  await doc.undo()
  assert.equal([doc.state.list, doc.canUndo, doc.canRedo], [[], false, true])
  await doc.redo()
  assert.equal(doc.state.list, ['a'])
  await doc.edit(push('c'))
  assert.is(doc.canRedo, false)
  assert.is(await doc.redo(), null)
  assert.equal(heard, ['undo a', 'undo ', 'redo a', 'local a,c'])
  assert.equal((await docs.get('d'))?.state.list, ['a', 'c'])
  doc.history.clear()
  assert.equal([doc.canUndo, doc.history.past.length], [false, 0])
})

test('undo leaves what others did, and says where it cannot', async () => {
  const adapter = memoryAdapter()
  const doc = await open(adapter).insert(fresh({ name: 'x' }))
  const other: any = await open(adapter).get('d')
  await doc.edit(push('mine'))
  await other.edit(push('theirs'))
  await doc.edit((d: any) => void (d.name = 'y'))
  await other.edit(push('theirs too'))
  assert.is((await doc.undo())?.touched.join(), 'name')
  await doc.undo()
  assert.equal(doc.state, { _id: 'd', n: 0, list: ['theirs', 'theirs too'], name: 'x' })
  await doc.redo()
  assert.equal(doc.state.list, ['mine', 'theirs', 'theirs too'])
  await doc.edit((d: any) => void (d.name = 'z'))
  await other.edit((d: any) => void (d.name = 'other'))
  await rejects(doc.undo(), 'conflict')
  assert.equal([doc.state.name, doc.canUndo], ['other', true])
  await doc.undo({ resolve: 'ours' })
  assert.is(doc.state.name, 'x')
  // The inserts of the other one have no step here.
  assert.is(other.history.past.length, 3)
})

test('options of the collection: limits, none, excluded paths; groups of edits', async () => {
  assert.throws(() => open(memoryAdapter(), { history: { limit: -1 } }), code('bad-argument'))
  const none = await open(memoryAdapter(), { history: false }).insert(fresh())
  await none.edit(push('a'))
  assert.is(none.canUndo, false)
  const options = { history: { limit: 2, exclude: ['n'] } }
  const doc = await open(memoryAdapter(), options).insert(fresh())
  for (const name of ['a', 'b', 'c', 'd']) {
    await doc.edit(d => {
      d.list.push(name)
      d.n++
    })
  }
  while (doc.canUndo) await doc.undo()
  assert.equal(doc.state, { _id: 'd', n: 4, list: ['a', 'b'] })
  const grouped = await open().insert(fresh())
  await Promise.all(['a', 'b', 'c'].map(name => grouped.edit(push(name), { group: 'typing' })))
  await grouped.edit(push('d'))
  await grouped.undo()
  await grouped.undo()
  assert.equal([grouped.state.list, grouped.canUndo], [[], false])
  await rejects(grouped.undo({ group: 1 } as never), 'bad-argument')
})

test('undo waits for the edits before it, and edits after it for the undo', async () => {
  const doc = await open().insert(fresh())
  const work = [doc.edit(push('a')), doc.edit(push('b')), doc.undo(), doc.edit(push('c'))]
  const changes = await Promise.all(work)
  assert.equal(
    changes.map(change => change?.origin),
    ['local', 'local', 'undo', 'local'],
  )
  assert.equal(doc.state.list, ['a', 'c'])
  await Promise.all([doc.undo(), doc.undo(), doc.redo()])
  assert.equal(doc.state.list, ['a'])
})

test('an optimistic undo shows at once, also of what is not stored yet', async () => {
  const adapter = memoryAdapter()
  const doc = await open(adapter, { optimistic: true }).insert(fresh())
  const edits = [doc.edit(push('a')), doc.edit(push('b'))]
  assert.equal([doc.canUndo, doc.history.past.length], [true, 2])
  const undone = doc.undo()
  assert.equal([doc.state.list, doc.canRedo], [['a'], true])
  const redone = doc.redo()
  assert.equal(doc.state.list, ['a', 'b'])
  const [last, first] = [doc.undo(), doc.undo()]
  assert.equal([doc.state.list, doc.canUndo], [[], false])
  await Promise.all([...edits, undone, redone, last, first])
  assert.equal([doc.canUndo, doc.history.future.length], [false, 2])
  await doc.redo()
  assert.equal((await open(adapter).get('d'))?.state.list, ['a'])
})

test('undo and redo that wait and optimistic ones take turns', async () => {
  for (const concurrency of ['version', 'fields'] as const) {
    const start = async () => {
      const doc = await open(memoryAdapter(), { concurrency }).insert(fresh())
      await doc.edit(push('a'))
      await doc.edit(push('b'))
      return doc
    }
    const twice = await start()
    await Promise.all([twice.undo(), twice.undo({ optimistic: true })])
    assert.equal(twice.state.list, [])
    const back = await start()
    await Promise.all([back.undo(), back.redo({ optimistic: true })])
    assert.equal(back.state.list, ['a', 'b'])
    const mixed = await start()
    const shown: unknown[] = []
    mixed.on('change', ({ state }) =>
      shown.push(Object.keys(state.list).length === state.list.length),
    )
    await Promise.all([
      mixed.undo({ optimistic: true }),
      mixed.undo(),
      mixed.redo({ optimistic: true }),
      mixed.edit(push('c'), { optimistic: true }),
    ])
    assert.equal([mixed.state.list, shown.includes(false)], [['a', 'c'], false])
    let clashes = 0
    const grouped = await open(memoryAdapter(), { concurrency }).insert(fresh())
    grouped.on('conflict', () => clashes++)
    await Promise.all([
      grouped.edit(push('x'), { group: 1, optimistic: true }),
      grouped.edit(push('y'), { group: 1, optimistic: true }),
      grouped.undo(),
      grouped.undo({ optimistic: true }),
    ])
    assert.equal([grouped.state.list, clashes], [[], 0])
  }
})

/** An adapter that refuses documents whose list has `bad`. */
function refusingBad(): Adapter {
  const inner = memoryAdapter()
  return {
    capabilities: inner.capabilities,
    load: (...args) => inner.load(...args),
    find: (...args) => inner.find(...args),
    close: () => inner.close(),
    async commit(commit): Promise<CommitResult> {
      const isBad = commit.kind === 'update' && (commit.next as any).list.includes('bad')
      await new Promise(resolve => setTimeout(resolve, 1))
      if (!isBad) return inner.commit(commit)
      return { status: 'rejected', code: 'bad', error: new Error('bad') }
    },
  }
}

test('a refused edit has no step; an undo of it has nothing to do', async () => {
  const adapter = refusingBad()
  for (const optimistic of [false, true]) {
    const docs = open(adapter, { optimistic })
    const doc = await docs.insert(fresh({ _id: `d${optimistic}` }))
    await doc.edit(push('a'))
    const bad = doc.edit(push('bad'))
    const good = doc.edit(push('b'))
    await rejects(bad, 'rejected')
    await good
    assert.equal(doc.history.past.length, 2)
    await doc.undo()
    assert.equal(doc.state.list, ['a'])
    await doc.redo()
    // An undo that meant the refused edit.
    const worse = doc.edit(push('bad'))
    const undone = doc.undo()
    const after = doc.edit(d => void d.n++)
    if (optimistic) await worse
    else await rejects(worse, 'rejected')
    await undone
    await after
    assert.equal(doc.state.list, optimistic ? ['a', 'b'] : ['a'])
    await doc.undo()
    assert.is(doc.state.n, 0)
  }
})

test('a shown edit that fails below an undo clears the history, and an event says so', async () => {
  const doc = await open(refusingBad(), { optimistic: true }).insert(fresh())
  await doc.edit(push('a'))
  const heard: unknown[] = []
  doc.on('history-cleared', () => heard.push([doc.state, doc.history.past.length]))
  const [bad, good] = [doc.edit(push('bad')), doc.edit(push('b'))]
  const undone = doc.undo()
  assert.equal([doc.history.past.length, doc.canRedo, heard], [2, true, []])
  await rejects(bad, 'rejected')
  await Promise.all([good, undone])
  // Only the edit that is still shown has a step: of the undo nobody can tell any more what it meant.
  assert.equal(heard, [[fresh({ list: ['a'] }), 1]])
  await rejects(doc.edit(push('bad')), 'rejected')
  assert.is(heard.length, 1)
})

test('a transaction is a step of each of its documents', async () => {
  const docs = open()
  const [a, b] = [await docs.insert(fresh({ _id: 'a' })), await docs.insert(fresh({ _id: 'b' }))]
  await transaction(tx => {
    tx.edit(a, push('x'))
    tx.edit(b, push('x'))
  })
  await a.undo()
  assert.equal([a.state.list, b.state.list], [[], ['x']])
})

test('random edits, undos and clashes: undoing all own edits leaves what others did', async () => {
  for (let seed = 1; seed <= 80; seed++) {
    const random = new Random(seed)
    const adapter = withFaults(memoryAdapter(), ({ commits }) =>
      commits[0]?.kind === 'update' && random.below(6) === 0
        ? random.pick(['fail-before', 'fail-after', 'twice'] as const)
        : null,
    )
    const optimistic = random.below(2) === 0
    const doc = await open(adapter, { optimistic }).insert(fresh({ theirs: 0 }))
    const other: any = await open(adapter).get('d')
    const work: Promise<unknown>[] = []
    let theirs = 0
    for (let step = 0; step < 25; step++) {
      const act = random.below(8)
      if (act < 3) work.push(doc.edit(push(`m${step}`)))
      else if (act === 3) work.push(doc.edit((d: any) => void d.n++))
      else if (act === 4) work.push(doc.undo())
      else if (act === 5) work.push(doc.redo())
      else if (act === 6) {
        theirs++
        work.push(other.edit((d: any) => void (d.theirs++, d.list.unshift('t'))))
      } else await new Promise(resolve => setTimeout(resolve, 0))
    }
    await Promise.all(work)
    await doc.settled()
    const count = doc.history.past.length
    for (let i = 0; doc.canUndo; i++) {
      assert.ok(i <= count, 'every undo takes a step')
      await doc.undo()
    }
    await doc.reload()
    assert.equal(
      doc.state,
      fresh({ theirs, list: Array<string>(theirs).fill('t') }),
      `seed ${seed}${optimistic ? ', optimistic' : ''}`,
    )
    while (doc.canRedo) await doc.redo()
    await other.reload()
    assert.equal(other.state, doc.state)
  }
})

test.run()
