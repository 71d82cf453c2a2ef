// Edits of one document that wait become one update; whatever comes of it, each edit has its own outcome.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createCollection, type ChangeSet, type CollectionOptions } from 'cowslip'
import { withFaults, type Adapter, type CommitResult, type Fault } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../../properties/random.ts'
import { suite } from '../../support/suite.ts'
import { rejects } from '../people.ts'

const test = suite('edits that wait')

interface Counter {
  _id: string
  n: number
  list: string[]
  poison?: boolean
}

const counter = (): Counter => ({ _id: 'c', n: 0, list: [] })

const UPDATE_OF_POISON = 'poison is refused'

/** A collection that counts its updates, and refuses poison. */
function counted(
  inner: Adapter = memoryAdapter(),
  options: Partial<CollectionOptions> = {},
  before: (update: number) => Promise<unknown> | undefined = () => undefined,
) {
  const counts = { updates: 0, refused: 0 }
  const adapter: Adapter = {
    capabilities: inner.capabilities,
    load: (...args) => inner.load(...args),
    find: (...args) => inner.find(...args),
    close: () => inner.close(),
    resolve: inner.resolve?.bind(inner),
    transaction: inner.transaction?.bind(inner),
    async commit(commit, limits): Promise<CommitResult> {
      if (commit.kind !== 'update') return inner.commit(commit, limits)
      counts.updates++
      await before(counts.updates)
      if ((commit.next as Counter).poison !== true) return inner.commit(commit, limits)
      counts.refused++
      return { status: 'rejected', code: 'poison', error: new Error(UPDATE_OF_POISON) }
    },
  } as Adapter
  const c = createCollection<Counter>('counters', { adapter, ...options })
  return { c, counts, inner }
}

const add = (name: string) => (d: any) => {
  d.n++
  d.list.push(name)
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `e${i}`)

async function manyAtOnce(adapter: Adapter): Promise<void> {
  for (const [count, most] of [
    [200, 5],
    [1_000, 20],
  ] as const) {
    const { c, counts } = counted(adapter)
    const doc = await c.insert({ ...counter(), _id: `c${count}` })
    const heard: string[] = []
    doc.on('change', ({ change }) => heard.push(`change ${change.id}`))
    doc.on('confirmed', ({ version }) => heard.push(`confirmed ${version}`))
    const changes = (await Promise.all(
      names(count).map(name => doc.edit(add(name))),
    )) as ChangeSet[]
    assert.ok(counts.updates <= most, `${counts.updates} updates`)
    assert.equal([doc.state.n, doc.state.list], [count, names(count)])
    assert.is(doc.version, 1 + counts.updates)
    const told = heard.filter(text => text.startsWith('change'))
    assert.equal(
      told,
      changes.map(({ id }) => `change ${id}`),
      'in the order of the calls',
    )
    assert.is(heard.length - told.length, counts.updates, 'confirmed once for each write')
    assert.equal(changes[7]?.changes.n, 8)
    const all = changes.reduce((whole, change) => whole.compose(change))
    assert.equal(all.changes, { n: count, list: names(count) })
    const again = createCollection<Counter>('counters', { adapter })
    assert.equal((await again.get(`c${count}`))?.state, doc.state)
  }
}

test('become at most 5 updates for 200 at once, 20 for 1,000, in order, on memory', () =>
  manyAtOnce(memoryAdapter()))

test('become at most 5 updates for 200 at once, 20 for 1,000, in order, on LMDB', async () => {
  mkdirSync('build', { recursive: true })
  const path = mkdtempSync('build/merged-')
  const adapter = lmdbAdapter({ path })
  try {
    await manyAtOnce(adapter)
  } finally {
    await adapter.close()
    rmSync(path, { recursive: true })
  }
})

test('run at once, on the head, while the state stays', async () => {
  const { c } = counted()
  const doc = await c.insert(counter())
  const seen: number[] = []
  const edits = [1, 2, 3].map(() => doc.edit((d: any) => void seen.push(++d.n)))
  assert.equal([seen, doc.state.n], [[1, 2, 3], 0])
  await Promise.all(edits)
  assert.is(doc.state.n, 3)
})

test('a refused update is halved until the culprit is found, which alone rejects', async () => {
  for (const culprit of [0, 1, 57, 99]) {
    const { c, counts } = counted()
    const doc = await c.insert(counter())
    const rejected: unknown[] = []
    doc.on('rejected', ({ error }) => rejected.push(error))
    const results = await Promise.allSettled(
      names(100).map((name, i) =>
        doc.edit((d: any) => {
          add(name)(d)
          if (i === culprit) d.poison = true
        }),
      ),
    )
    const failed = results.flatMap((result, i) => (result.status === 'rejected' ? [i] : []))
    assert.equal(failed, [culprit])
    const { reason } = results[culprit] as PromiseRejectedResult
    assert.is(reason.code, 'rejected')
    assert.is(reason.cause.message, UPDATE_OF_POISON)
    assert.equal(rejected, [reason], 'told once')
    assert.ok(counts.refused <= 2 * Math.log2(100) + 1, `${counts.refused} refused updates`)
    const others = names(100).filter((_, i) => i !== culprit)
    assert.equal([doc.state.n, doc.state.list], [99, others])
  }
})

test('an edit that had nothing to do behind a refused one does its work', async () => {
  const { c } = counted()
  const doc = await c.insert(counter())
  const culprit = doc.edit((d: any) => void ((d.n = 7), (d.poison = true)))
  const same = doc.edit((d: any) => void (d.n = 7))
  await rejects(culprit, 'rejected')
  assert.equal((await same)?.changes, { n: 7 })
  assert.is(doc.state.n, 7)
})

test('edits that cancel one another cost no update', async () => {
  const { c, counts } = counted()
  const doc = await c.insert(counter())
  const [up, down] = await Promise.all([
    doc.edit((d: any) => void d.n++),
    doc.edit((d: any) => void d.n--),
  ])
  assert.equal([up?.changes, down?.changes], [{ n: 1 }, { n: 0 }])
  assert.equal([counts.updates, doc.version, doc.state.n], [0, 1, 0])
})

test('a change set from the middle of an update is taken back alone', async () => {
  const { c } = counted()
  const doc = await c.insert(counter())
  const changes = (await Promise.all(names(4).map(name => doc.edit(add(name))))) as ChangeSet[]
  assert.is(doc.version, 2)
  const lists = (await Promise.all(
    ['x', 'y', 'z'].map(name => doc.edit((d: any) => void d.list.push(name))),
  )) as ChangeSet[]
  await doc.apply((lists[1] as ChangeSet).invert())
  assert.equal(doc.state.list, ['e0', 'e1', 'e2', 'e3', 'x', 'z'])
  await doc.apply((lists[0] as ChangeSet).invert())
  assert.equal(doc.state.list, ['e0', 'e1', 'e2', 'e3', 'z'])
  await rejects(doc.apply((changes[1] as ChangeSet).invert()), 'conflict')
})

test('an open edit is rebased over those that wait, and over those of others', async () => {
  const { c, inner } = counted()
  const doc = await c.insert({ ...counter(), list: ['a', 'b'] })
  const other = (await createCollection<Counter>('counters', { adapter: inner }).get('c'))!
  const edit = doc.begin()
  edit.draft.list.push('mine')
  await other.edit((d: any) => void d.list.unshift('theirs'))
  const results = await Promise.all([
    doc.edit((d: any) => void d.list.unshift('first')),
    doc.edit((d: any) => void (d.list[d.list.indexOf('a')] = 'A')),
    edit.commit(),
    doc.edit((d: any) => void d.n++),
  ])
  assert.ok(results.every(change => change !== null))
  assert.equal([...doc.state.list].sort(), ['A', 'b', 'first', 'mine', 'theirs'])
  assert.is(doc.state.list.at(-1), 'mine')
  assert.equal((await inner.load('counters', ['c']))[0]?.doc, doc.state)
})

test('after a clash all are made again, and one that then fails fails alone', async () => {
  const { c, counts, inner } = counted()
  const doc = await c.insert(counter())
  const other = (await createCollection<Counter>('counters', { adapter: inner }).get('c'))!
  await other.edit((d: any) => void (d.n = 100))
  const conflicts: unknown[] = []
  doc.on('conflict', event => conflicts.push(event))
  const edits = [
    doc.edit(add('a')),
    doc.edit((d: any) => {
      if (d.n > 50) throw new Error('too many')
      d.n++
    }),
    doc.edit(add('c')),
  ]
  const results = await Promise.allSettled(edits)
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal([doc.state.n, doc.state.list], [102, ['a', 'c']])
  assert.equal([conflicts.length, counts.updates], [1, 2])
})

test('more than maxPending are refused with busy, until those before have ended', async () => {
  const { c } = counted(memoryAdapter(), { maxPending: 3 })
  const doc = await c.insert(counter())
  const edits = names(5).map(name => doc.edit(add(name)))
  const { details } = await rejects(edits[3] as Promise<unknown>, 'busy')
  assert.equal(details, { collection: 'counters', id: 'c', maxPending: 3 })
  await rejects(edits[4] as Promise<unknown>, 'busy')
  await doc.settled()
  await doc.edit(add('later'))
  assert.equal(doc.state.list, ['e0', 'e1', 'e2', 'later'])
  for (const maxPending of [0, -1, 1.5, '5', null]) {
    const options = { adapter: memoryAdapter(), maxPending } as never
    assert.throws(
      () => createCollection('x', options),
      (error: { code: string }) => error.code === 'bad-argument',
    )
  }
})

test('a document that is gone fails all of them, and is told once', async () => {
  const { c, inner } = counted()
  const doc = await c.insert(counter())
  let deleted = 0
  doc.on('deleted', () => void deleted++)
  await createCollection('counters', { adapter: inner }).delete('c')
  const edits = names(5).map(name => doc.edit(add(name)))
  for (const edit of edits) await rejects(edit, 'missing')
  await rejects(doc.edit(add('late')), 'missing')
  assert.is(deleted, 1)
})

test('a delete waits for the edits before it, and those after it find nothing', async () => {
  const { c, counts } = counted()
  const doc = await c.insert(counter())
  const before = names(3).map(name => doc.edit(add(name)))
  const deleted = doc.delete()
  const after = doc.edit(add('after'))
  await Promise.all(before)
  assert.is(await deleted, true)
  await rejects(after, 'missing')
  assert.is(counts.updates, 1)
})

test('an edit whose time is over while it waits is taken back alone', async () => {
  let go = (): void => {}
  const { c, counts } = counted(memoryAdapter(), {}, update =>
    update === 1 ? new Promise<void>(resolve => (go = resolve)) : undefined,
  )
  const doc = await c.insert(counter())
  const first = doc.edit(add('first'))
  await new Promise(resolve => setTimeout(resolve))
  const short = doc.edit(add('short'), { timeoutMS: 5 })
  const last = doc.edit(add('last'))
  await rejects(short, 'timeout')
  go()
  await Promise.all([first, last])
  assert.equal([doc.state.list, doc.state.n, counts.updates], [['first', 'last'], 2, 2])
})

test('ifVersion has an update of its own, and later edits wait for it', async () => {
  const { c, counts } = counted()
  const doc = await c.insert(counter())
  const first = doc.edit(add('first'))
  const fits = doc.edit(add('fits'), { ifVersion: 2 })
  const late = doc.edit(add('late'), { ifVersion: 2 })
  const last = doc.edit(add('last'))
  await Promise.all([first, fits, last])
  await rejects(late, 'conflict')
  assert.equal([doc.state.list, counts.updates], [['first', 'fits', 'last'], 3])
})

test('a listener that edits is served after the edits before it', async () => {
  const { c } = counted()
  const doc = await c.insert(counter())
  const more: Promise<unknown>[] = []
  doc.subscribe(change => {
    const { list } = change.changes as { list: string[] }
    if (!list.at(-1)!.startsWith('heard')) more.push(doc.edit(add(`heard ${list.at(-1)}`)))
  })
  await Promise.all(names(3).map(name => doc.edit(add(name))))
  await Promise.all(more)
  assert.equal(doc.state.list, ['e0', 'e1', 'e2', 'heard e0', 'heard e1', 'heard e2'])
})

test('a transaction waits for those before it, and those behind it wait for it', async () => {
  const { transaction } = await import('cowslip')
  const { c } = counted()
  const doc = await c.insert(counter())
  const before = names(3).map(name => doc.edit(add(name)))
  const moved = transaction(tx => tx.edit(doc, add('tx')))
  const after = doc.edit(add('after'))
  await Promise.all([...before, moved, after])
  assert.is(doc.state.n, 5)
  assert.equal([...doc.state.list].sort(), ['after', 'e0', 'e1', 'e2', 'tx'])
})

test('under faults and three handles no acknowledged edit is lost, and none applied twice', async () => {
  const ANY: readonly Fault[] = ['fail-before', 'fail-after', 'twice', 'reorder', 'stall']
  for (let seed = 1; seed <= 15; seed++) {
    const random = new Random(seed)
    const inner = memoryAdapter()
    const faulty = withFaults(
      inner,
      ({ method }) => (method === 'commit' && random.chance(0.3) ? random.pick(ANY) : null),
      { stallMS: 1 },
    )
    const docs = [await counted(inner).c.insert(counter())]
    for (let i = 0; i < 2; i++) docs.push((await counted(faulty).c.get('c'))!)
    const stored: string[] = []
    const refused: string[] = []
    const edits: Promise<unknown>[] = []
    for (let i = 0; i < 60; i++) {
      const name = `e${i}`
      const isPoison = random.chance(0.05)
      const recipe = (d: any): void => {
        add(name)(d)
        if (isPoison) d.poison = true
      }
      edits.push(
        random
          .pick(docs)
          .edit(recipe)
          .then(
            () => stored.push(name),
            (error: { code: string }) => {
              if (error.code !== 'unknown' && error.code !== 'adapter') refused.push(name)
            },
          ),
      )
      if (random.chance(0.3)) await new Promise(resolve => setTimeout(resolve))
    }
    await Promise.all(edits)
    for (const doc of docs) {
      // An unknown outcome is settled first, which may fail as well.
      while (
        !(await doc.reload().then(
          () => true,
          () => false,
        ))
      );
    }
    const { n, list } = docs[0]!.state
    assert.is(n, list.length, `seed ${seed}`)
    assert.is(new Set(list).size, list.length, `seed ${seed}: once`)
    for (const name of stored) assert.ok(list.includes(name), `seed ${seed}: ${name} is stored`)
    for (const name of refused) assert.not(list.includes(name), `seed ${seed}: ${name} is not`)
    assert.ok(stored.length > 30, `seed ${seed}: ${stored.length} stored`)
    for (const doc of docs) assert.equal(doc.state, docs[0]!.state, `seed ${seed}: all are equal`)
  }
})

test.run()
