// Optimistic edits: the state moves at once, and what fails is taken back alone.
import { createCollection, transaction, type CollectionOptions, type DocumentStore } from 'cowslip'
import { withFaults, type Adapter, type CommitResult } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../../properties/random.ts'
import { suite } from '../../support/suite.ts'
import { rejects } from '../people.ts'

const test = suite('optimistic edits')

interface Doc {
  _id: string
  n: number
  list: string[]
  poison?: boolean
}

/** A collection on an adapter that answers when `release` is called, and refuses documents with poison. */
function held(options: Partial<CollectionOptions> = {}) {
  const inner = memoryAdapter()
  const waiting: (() => void)[] = []
  const control = { hold: true, updates: 0 }
  const adapter = {
    capabilities: inner.capabilities,
    load: (...args: Parameters<Adapter['load']>) => inner.load(...args),
    find: (...args: Parameters<Adapter['find']>) => inner.find(...args),
    transaction: inner.transaction?.bind(inner),
    close: () => inner.close(),
    async commit(commit): Promise<CommitResult> {
      if (commit.kind !== 'update') return inner.commit(commit)
      control.updates++
      if (control.hold) await new Promise<void>(resolve => waiting.push(resolve))
      if ((commit.next as Doc).poison !== true) return inner.commit(commit)
      return { status: 'rejected', code: 'poison', error: new Error('poison is refused') }
    },
  } as Adapter
  const open = () => createCollection<Doc>('docs', { adapter, optimistic: true, ...options })
  const release = async (): Promise<void> => {
    control.hold = false
    for (const resolve of waiting.splice(0)) resolve()
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  return { docs: open(), open, inner, release, control }
}

const fresh = (): Doc => ({ _id: 'd', n: 0, list: [] })

test('show in the state at once, and are confirmed later', async () => {
  const { docs, release } = held()
  const doc = await docs.insert(fresh())
  const heard: string[] = []
  doc.on('change', ({ change, state }) => heard.push(`${change.origin} n=${state.n}`))
  doc.on('confirmed', ({ version }) => heard.push(`confirmed ${version}`))
  const edits = [1, 2, 3].map(() => doc.edit(d => void d.n++))
  assert.is(doc.state.n, 3)
  assert.is(doc.version, 1, 'the version is the stored one')
  assert.is(doc.pending, 3)
  assert.equal(heard, ['local n=1', 'local n=2', 'local n=3'])
  await release()
  const changes = await Promise.all(edits)
  assert.equal(heard.slice(3), ['confirmed 2'])
  assert.equal(
    changes.map(c => [c?.changes.n, c?.baseVersion, c?.version]),
    [
      [1, 1, 2],
      [2, 1, 2],
      [3, 1, 2],
    ],
  )
  assert.equal([doc.version, doc.pending], [2, 0])
})

test('are edited by every method: edit, patch, apply, an open edit', async () => {
  const { docs, release } = held()
  const doc = await docs.insert(fresh())
  const first = doc.edit(d => void d.list.push('a'))
  const second = doc.patch({ n: 5 })
  const third = doc.apply([{ op: 'add', path: ['list', 1], value: 'b' }])
  const open = doc.begin()
  open.draft.list.push('c')
  const fourth = open.commit()
  assert.equal(doc.state, { _id: 'd', n: 5, list: ['a', 'b', 'c'] })
  await release()
  await Promise.all([first, second, third, fourth])
  assert.equal((await docs.get('d'))?.state.list, ['a', 'b', 'c'])
})

test('one edit may be optimistic in a collection that is not, and the other way round', async () => {
  const { docs, release, open } = held({ optimistic: false })
  const doc = await docs.insert(fresh())
  const plain = doc.edit(d => void d.list.push('plain'))
  assert.equal(doc.state.list, [])
  const heard: string[] = []
  doc.on('change', ({ state }) => heard.push(state.list.join()))
  // It was made on the waiting edit, so both show.
  const optimistic = doc.edit(d => void d.list.push('optimistic'), { optimistic: true })
  assert.equal(doc.state.list, ['plain', 'optimistic'])
  const after = doc.edit(d => void d.list.push('after'))
  assert.equal(doc.state.list, ['plain', 'optimistic'])
  await release()
  const told = await Promise.all([plain, optimistic, after])
  assert.equal(
    told.map(change => change?.touched),
    [['list'], ['list'], ['list']],
  )
  assert.equal(heard, ['plain', 'plain,optimistic', 'plain,optimistic,after'])
  const other = await open().get('d')
  const waits = other?.edit(d => void d.n++, { optimistic: false })
  assert.is(other?.state.n, 0)
  await waits
  assert.is(other?.state.n, 1)
})

test('one that is refused is taken back alone', async () => {
  const { docs, release } = held()
  const doc = await docs.insert(fresh())
  const heard: string[] = []
  const state = (s: Partial<Doc>): string => `${s.list?.join('')}${s.poison ? '!' : ''}`
  doc.on('change', e => heard.push(`${e.change.origin} ${state(e.previous)}>${state(e.state)}`))
  doc.on('rejected', () => heard.push(`rejected, ${state(doc.state)}`))
  const a = doc.edit(d => void d.list.push('a'))
  const bad = doc.edit(d => {
    d.poison = true
    d.list.push('x')
  })
  const b = doc.edit(d => void d.list.push('b'))
  assert.is(state(doc.state), 'axb!')
  await release()
  const error = await rejects(bad, 'rejected')
  assert.is(error.cause.message, 'poison is refused')
  await Promise.all([a, b])
  assert.equal(doc.state.list, ['a', 'b'])
  assert.equal(heard, [
    'local >a',
    'local a>ax!',
    'local ax!>axb!',
    'remote axb!>ab',
    'rejected, ab',
  ])
  assert.equal((await docs.get('d'))?.state.list, ['a', 'b'])
})

test('those that rely on a refused one fail with it as the cause', async () => {
  const { docs, release } = held()
  const doc = await docs.insert(fresh())
  const bad = doc.edit(d => {
    d.poison = true
    d.list.push('x')
  })
  const relying = doc.edit(d => {
    if (d.list[0] !== 'x') throw new Error('no x')
    d.list[0] = 'y'
  })
  const open = doc.begin()
  open.draft.list[0] = 'z'
  const opened = open.commit()
  const other = doc.edit(d => void d.n++)
  assert.equal(doc.state.list, ['z'])
  await release()
  const error = await rejects(bad, 'rejected')
  const second = await relying.catch(e => e)
  assert.is(second.message, 'no x')
  assert.is(second.cause, error)
  const third = await rejects(opened, 'conflict')
  assert.is(third.cause, error)
  await other
  assert.equal(doc.state, { _id: 'd', n: 1, list: [] })
  open.draft.list = ['again']
  open.rollback()
})

test('are made again on what another writer stored, with one event', async () => {
  const { docs, open, release } = held()
  const doc = await docs.insert(fresh())
  const theirs = await open().get('d')
  await release()
  await theirs?.edit(d => {
    d.n = 10
    d.list.push('theirs')
  })
  const heard: string[] = []
  doc.on('change', e => heard.push(`${e.change.origin} ${e.state.n} ${e.state.list.join()}`))
  const edits = [1, 2].map(() => doc.edit(d => void d.n++))
  assert.is(doc.state.n, 2)
  const changes = await Promise.all(edits)
  assert.equal(heard, ['local 1 ', 'local 2 ', 'remote 12 theirs'])
  assert.equal(
    changes.map(c => c?.changes.n),
    [11, 12],
  )
  assert.equal(doc.state, { _id: 'd', n: 12, list: ['theirs'] })
})

test('what a listener edits comes after all events before it', async () => {
  for (const optimistic of [true, false]) {
    const docs = createCollection<Doc>('docs', { adapter: memoryAdapter(), optimistic })
    const doc = await docs.insert(fresh())
    const heard: string[] = []
    const nested: Promise<unknown>[] = []
    let seen: unknown = doc.state
    doc.on('change', ({ previous, state }) => {
      assert.is(previous, seen)
      seen = state
      heard.push(state.list.join(''))
      if (nested.length === 0)
        nested.push(doc.edit(d => void d.list.push('n'), { optimistic: true }))
    })
    await Promise.all([doc.edit(d => void d.list.push('a')), doc.edit(d => void d.list.push('b'))])
    await Promise.all(nested)
    assert.equal(heard.at(-1), doc.state.list.join(''))
    assert.is(doc.state.list.length, 3)
    assert.is(seen, doc.state)
  }
})

test('a rejection that nobody awaits is reported once, and ends nothing', async () => {
  const { docs, release } = held()
  await release()
  const doc = await docs.insert(fresh())
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const logged: unknown[] = []
  const { error: log } = console
  console.error = (...args: unknown[]) => void logged.push(args[0])
  const pause = () => new Promise(resolve => setTimeout(resolve, 20))
  try {
    void doc.edit(d => void (d.poison = true))
    await pause()
    assert.is((logged[0] as { code?: string }).code, 'rejected')
    assert.is(logged.length, 1)
    const heard: unknown[] = []
    const stop = doc.on('error', event => heard.push(event))
    const open = doc.begin()
    open.draft.poison = true
    open.draft.n = 7
    void doc.patch({ poison: true })
    void doc.edit(() => {
      throw new Error('mine')
    })
    void open.commit()
    await pause()
    assert.equal(
      heard.map((e: any) => [e.type, e.listener, e.error.code ?? e.error.message]),
      [
        ['error', 'an edit', 'mine'],
        ['error', 'an edit', 'rejected'],
        ['error', 'an edit', 'rejected'],
      ],
    )
    open.rollback()
    // Who awaits hears it himself.
    await rejects(
      doc.edit(d => void (d.poison = true)),
      'rejected',
    )
    await doc.patch({ poison: true }).catch(() => {})
    await Promise.allSettled([doc.patch({ poison: true })])
    await pause()
    assert.equal([heard.length, logged.length, unhandled.length], [3, 1, 0])
    stop()
  } finally {
    console.error = log
    process.off('unhandledRejection', note)
  }
})

test('an edit that is aborted before it is sent is taken back at once', async () => {
  const { docs, release } = held()
  const doc = await docs.insert(fresh())
  const first = doc.edit(d => void d.n++)
  await new Promise(resolve => setTimeout(resolve, 1))
  const controller = new AbortController()
  const second = doc.edit(d => void (d.n += 10), { signal: controller.signal })
  const third = doc.edit(d => void (d.n += 100), { timeoutMS: 5 })
  assert.is(doc.state.n, 111)
  controller.abort(new Error('enough'))
  assert.is((await second.catch(e => e)).message, 'enough')
  assert.is(doc.state.n, 101)
  await rejects(third, 'timeout')
  assert.is(doc.state.n, 1)
  await release()
  await first
  assert.is((await docs.get('d'))?.state.n, 1)
})

test('settled, delete, transactions and close wait for them', async () => {
  const { docs, release, control } = held()
  const doc = await docs.insert(fresh())
  const edit = doc.edit(d => void d.n++)
  let settled = false
  const settling = doc.settled().then(() => (settled = true))
  await new Promise(resolve => setTimeout(resolve, 5))
  assert.is(settled, false)
  let seen = -1
  const working = transaction(tx => {
    seen = tx.read(doc).n
    tx.edit(doc, d => void (d.n += 10))
  })
  await release()
  await Promise.all([settling, working, edit])
  assert.is(seen, 1)
  assert.equal([doc.state.n, doc.version], [11, 3])
  control.hold = true
  void doc.edit(d => void d.n++)
  const deleting = doc.delete()
  await release()
  assert.is(await deleting, true)
  assert.is(doc.status, 'deleted')
})

test('a lost answer is settled, and the state ends at what is stored', async () => {
  for (const fault of ['fail-before', 'fail-after', 'twice'] as const) {
    let faults = 0
    const adapter = withFaults(memoryAdapter(), ({ commits }) =>
      commits[0]?.kind === 'update' && faults++ < 2 ? fault : null,
    )
    const docs = createCollection<Doc>('docs', { adapter, optimistic: true })
    const doc = await docs.insert(fresh())
    for (let i = 0; i < 5; i++) void doc.edit(d => void d.n++)
    assert.is(doc.state.n, 5)
    await doc.settled()
    assert.is(doc.state.n, 5, fault)
    assert.is((await createCollection<Doc>('docs', { adapter }).get('d'))?.state.n, 5, fault)
  }
})

test('what a schema refuses never shows', async () => {
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'spec',
      validate: (value: any) => (value.n < 3 ? { value } : { issues: [{ message: 'too many' }] }),
    },
  } as const
  const docs = createCollection('docs', { adapter: memoryAdapter(), optimistic: true, schema })
  const doc: any = await docs.insert(fresh())
  await rejects(
    doc.edit((d: Doc) => void (d.n = 3)),
    'invalid',
  )
  assert.is(doc.state.n, 0)
})

test('random interleavings: sums are exact, changes lead from state to state', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed)
    const adapter = withFaults(memoryAdapter(), ({ commits }) => {
      if (commits[0]?.kind !== 'update' || random.below(6) > 0) return null
      return random.pick(['fail-before', 'fail-after', 'twice', 'reorder'] as const)
    })
    await createCollection<Doc>('docs', { adapter }).insert(fresh())
    const handles: DocumentStore<Doc>[] = []
    while (handles.length < 3) {
      const c = createCollection<Doc>('docs', { adapter, optimistic: random.below(4) > 0 })
      handles.push((await c.get('d')) as DocumentStore<Doc>)
    }
    let stored = 0
    const edits: Promise<unknown>[] = []
    for (const handle of handles) {
      let seen: unknown = handle.state
      handle.on('change', ({ previous, state }) => {
        assert.is(previous, seen, `seed ${seed}: events follow one another`)
        seen = state
      })
      handle.on('confirmed', () => assert.equal(seen, handle.state))
    }
    for (let step = 0; step < 30; step++) {
      const handle = random.pick(handles)
      const isRefused = random.below(5) === 0
      const promise = handle.edit(d => {
        d.n++
        if (isRefused) throw new Error('mine')
      })
      edits.push(
        promise.then(
          () => stored++,
          e => assert.is(e.message, 'mine'),
        ),
      )
      if (random.below(3) === 0) await new Promise(resolve => setTimeout(resolve, 0))
    }
    await Promise.all(edits)
    for (const handle of handles) {
      await handle.reload()
      assert.is(handle.state.n, stored, `seed ${seed}`)
    }
  }
})

test.run()
