import { createCollection } from 'cowslip'
import type { Adapter, StoredDocument } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { ada, rejects, type Person } from './people.ts'

type Call = 'load' | 'find' | 'commit'

/** A storage whose answers to one kind of call can be held back: applied, but not told yet. */
function slow() {
  const inner = memoryAdapter()
  const held: (() => void)[] = []
  let holding: Call | null = null
  const calls: Record<Call, number> = { load: 0, find: 0, commit: 0 }
  const answer = async <R>(call: Call, result: R): Promise<R> => {
    calls[call]++
    if (holding === call) await new Promise<void>(resolve => held.push(resolve))
    return result
  }
  const adapter: Adapter = {
    capabilities: inner.capabilities,
    load: async (c, ids) => answer('load', await inner.load(c, ids)),
    async *find(c, query) {
      const found: StoredDocument[] = []
      for await (const stored of inner.find(c, query)) found.push(stored)
      yield* await answer('find', found)
    },
    commit: async commit => answer('commit', await inner.commit(commit)),
    transaction: async (commits, reads) =>
      answer('commit', await inner.transaction!(commits, reads)),
    close: () => inner.close(),
  }
  return {
    calls,
    ours: createCollection<Person>('people', { adapter }),
    /** Another program on the same storage. */
    theirs: createCollection<Person>('people', { adapter: inner }),
    /** The answers to calls of this kind wait from now on. */
    hold: (call: Call) => void (holding = call),
    release() {
      holding = null
      for (const go of held.splice(0)) go()
    },
  }
}

const tick = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 1))

const test = suite('reads among writes')

test('a read that found nothing does not delete what was inserted after it', async () => {
  const { ours, hold, release } = slow()
  hold('load')
  const reading = ours.get('ada')
  const doc = await ours.insert(ada())
  release()
  assert.is(await reading, doc)
  assert.is(doc.status, 'stored')
})

test('a find that was sent before a delete does not bring the document back', async () => {
  for (const hold of ['find', 'load'] as const) {
    const slowly = slow()
    const { ours } = slowly
    const doc = await ours.insert(ada())
    await doc.edit((d: any) => void d.n++)
    slowly.hold(hold)
    const reading = hold === 'find' ? ours.find().toArray() : ours.get('ada')
    await tick()
    await doc.delete()
    slowly.release()
    assert.equal(await reading, hold === 'find' ? [] : null)
    assert.is(doc.status, 'deleted')
  }
})

test('so it is for a document that nobody holds', async () => {
  const { ours, theirs, hold, release } = slow()
  await theirs.insert(ada())
  hold('load')
  const reading = ours.get('ada')
  await tick()
  assert.ok(await ours.delete('ada'))
  release()
  assert.is(await reading, null)
})

test('a document that is read while its insert is under way is one document', async () => {
  for (const read of ['get', 'find'] as const) {
    const { ours, hold, release } = slow()
    hold('commit')
    const inserting = ours.insert(ada())
    await tick()
    const reading = read === 'get' ? ours.get('ada') : ours.findOne({ name: 'Ada' })
    await tick()
    release()
    assert.is(await reading, await inserting)
  }
})

test('a document that was deleted and made again elsewhere is seen, whatever its version', async () => {
  for (const read of ['get', 'find', 'reload'] as const) {
    const { ours, theirs } = slow()
    const doc = await ours.insert(ada())
    for (let i = 0; i < 3; i++) await doc.edit((d: any) => void d.n++)
    await theirs.delete('ada')
    await theirs.insert({ ...ada(), name: 'Anew' })
    if (read === 'get') assert.is(await ours.get('ada'), doc)
    if (read === 'find') assert.equal(await ours.find({ name: 'Anew' }).toArray(), [doc])
    if (read === 'reload') await doc.reload()
    assert.equal([doc.state.name, doc.version, doc.status], ['Anew', 1, 'stored'])
    await doc.edit((d: any) => void d.n++)
    assert.is((await theirs.get('ada'))!.state.n, 1)
  }
})

test('an insert after a delete elsewhere takes the place of the document that had not heard', async () => {
  const { ours, theirs } = slow()
  const before = await ours.insert(ada())
  await theirs.delete('ada')
  const after = await ours.insert({ ...ada(), name: 'Anew' })
  assert.equal([before.status, after.status], ['deleted', 'stored'])
  assert.is(await ours.get('ada'), after)
  await rejects(before.reload(), 'missing')
  await rejects(
    before.edit((d: any) => void d.n++),
    'missing',
  )
})

test('a find yields what its filter means when it is read again', async () => {
  const slowly = slow()
  const { ours } = slowly
  const [one, two] = [
    await ours.insert({ _id: 1, open: true }),
    await ours.insert({ _id: 2, open: true }),
  ]
  slowly.hold('find')
  const finding = ours.find({ open: true }).toArray()
  await tick()
  await one.edit((d: any) => (d.open = false))
  await two.edit((d: any) => (d.n = 1))
  slowly.release()
  assert.equal(
    (await finding).map(({ state }) => state),
    [{ _id: 2, open: true, n: 1 }],
  )
})

test('while an edit is under way a read waits for it, and is asked again once for all', async () => {
  const slowly = slow()
  const { ours, calls } = slowly
  const doc = await ours.insert(ada())
  slowly.hold('commit')
  const editing = doc.edit((d: any) => void d.n++)
  await tick()
  const reads = Array.from({ length: 20 }, () => ours.get('ada'))
  await tick()
  slowly.release()
  assert.equal([...new Set(await Promise.all(reads))], [doc])
  await editing
  assert.equal([doc.state.n, calls.load], [1, 21])
})

test('a read that shows what is known costs no second one', async () => {
  const { ours, calls } = slow()
  const doc = await ours.insert(ada())
  await Promise.all(Array.from({ length: 10 }, () => ours.get('ada')))
  await ours.find().toArray()
  assert.equal([calls.load, calls.find, doc.version], [10, 1, 1])
})

test('nothing is kept of reads and writes that are over', async () => {
  const { ours } = slow()
  const { identityMap } = ours as any
  const doc = await ours.insert(ada())
  const reading = ours.find()[Symbol.asyncIterator]()
  await reading.next()
  for (let n = 0; n < 20_001; n++) await ours.delete(n)
  await doc.edit((d: any) => void d.n++)
  assert.ok(identityMap.readOrder.last.size <= 10_000, 'bounded while a loop is left open')
  assert.not(identityMap.readOrder.isNewest('sada', 1))
  await reading.return!()
  await tick()
  assert.equal(
    [
      identityMap.readOrder.last.size,
      identityMap.readOrder.readsUnderWay.size,
      identityMap.sendQueue.tails.size,
    ],
    [0, 0, 0],
  )
})

/** A storage whose reads show what was there before the last write, unless they ask for the primary. */
function lagging() {
  const inner = memoryAdapter()
  let shown = new Map<unknown, StoredDocument | null>()
  const primaries: unknown[] = []
  const adapter: Adapter = {
    ...{ capabilities: { ...inner.capabilities, laggingReads: true } },
    async load(c, ids, options) {
      if (options?.primary) primaries.push(...ids)
      const stored = await inner.load(c, ids)
      return options?.primary
        ? stored
        : ids.map((id, i) => (shown.has(id) ? shown.get(id)! : stored[i]!))
    },
    async *find(c, query, options) {
      for await (const stored of inner.find(c, query)) {
        const { _id } = stored.doc as any
        const old = shown.get(_id)
        if (options?.primary || !shown.has(_id)) yield stored
        else if (old) yield old
      }
    },
    commit: commit => inner.commit(commit),
    close: () => inner.close(),
  }
  const freeze = async (...ids: unknown[]): Promise<void> => {
    const stored = await inner.load('people', ids)
    shown = new Map(ids.map((id, i) => [id, stored[i] ?? null]))
  }
  return { ours: createCollection<Person>('people', { adapter }), freeze, primaries }
}

test('a copy that lags behind shows nothing that is taken back', async () => {
  const { ours, freeze, primaries } = lagging()
  await freeze('ada')
  const doc = await ours.insert(ada())
  assert.is(await ours.get('ada'), doc, 'nothing, and a document')
  await freeze('ada')
  await doc.edit((d: any) => void d.n++)
  assert.is(await ours.get('ada'), doc)
  assert.equal((await ours.find().toArray())[0], doc)
  await doc.reload()
  assert.equal([doc.state.n, doc.version, doc.status], [1, 2, 'stored'])
  const asked = primaries.length
  await freeze()
  await ours.get('ada')
  assert.is(primaries.length, asked, 'a copy that is up to date is believed')
})

test.run()
