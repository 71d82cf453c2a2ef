// Faults that an attack on mixtures of options has found, each with its input and its neighbours, on any adapter.
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

export function mixturesSuite(name: string, create: () => Adapter): void {
  const test = suite(`mixtures of options on ${name}`)
  let count = 0
  /** A collection, empty, with its indexes made. */
  const open = async (options: Partial<CollectionOptions>, adapter = create()) => {
    const docs: any = createCollection<any>(`c${count++}`, { adapter, ...options })
    if (options.indexes !== undefined) await docs.syncIndexes()
    return docs
  }

  for (const option of [{ audit: {} }, { events: true }] as const) {
    test(`edits that cancel one another beside timestamps, with ${Object.keys(option)[0]}`, async () => {
      const docs = await open({ timestamps: true, ...option })
      for (let _id = 0; _id < 20; _id++) {
        const doc = await docs.insert({ _id, n: 0 })
        await Promise.all([doc.patch({ n: 1 }), doc.patch({ n: 0 })])
        assert.is(doc.state.n, 0)
        if (!('audit' in option)) continue
        const history = await docs.historyOf(_id)
        assert.equal(
          history.map(({ kind }: any) => kind),
          ['insert', 'update', 'update'],
        )
      }
    })
  }

  /** Moves a unique value between documents, by what happens to `one` and `two`, which exist where `has` says so. */
  const moves: [what: string, has: string, move: (tx: any, docs: any, at: any) => void][] = [
    [
      'from one deleted to one inserted',
      'one',
      (tx, docs, { one, ids }) => {
        tx.insert(docs, { _id: ids[1], u: 1 })
        tx.delete(one)
      },
    ],
    [
      'from one deleted to one edited',
      'both',
      (tx, _, { one, two }) => {
        tx.edit(two, (d: any) => void (d.u = 1))
        tx.delete(one)
      },
    ],
    [
      'from one edited to one inserted',
      'one',
      (tx, docs, { one, ids }) => {
        tx.insert(docs, { _id: ids[1], u: 1 })
        tx.edit(one, (d: any) => void (d.u = 9))
      },
    ],
    [
      'from one edited to another',
      'both',
      (tx, _, { one, two }) => {
        tx.read(two)
        tx.edit(one, (d: any) => void (d.u = 9))
        tx.edit(two, (d: any) => void (d.u = 1))
      },
    ],
  ]
  for (const [what, has, move] of moves) {
    test(`a unique value moves in a transaction, and back and forth: ${what}`, async () => {
      for (const ids of [
        ['a', 'b'],
        ['b', 'a'],
      ]) {
        const docs = await open({ indexes: [{ fields: { u: 1 }, unique: true }] })
        const one = await docs.insert({ _id: ids[0], u: 1 })
        const two = has === 'both' ? await docs.insert({ _id: ids[1], u: 2 }) : null
        const stored = async () =>
          (await docs.find().states().toArray())
            .map(({ _id, u }: any) => `${_id}${u}`)
            .sort()
            .join()
        const before = await stored()
        await transaction(tx => move(tx, docs, { one, two, ids }))
        const after = await stored()
        assert.is.not(after, before)
        for (let i = 0; i < 2; i++) {
          await docs.history.undo()
          assert.is(await stored(), before)
          await docs.history.redo()
          assert.is(await stored(), after)
        }
        assert.is((await docs.find({ u: 1 }).toArray()).length, 1)
      }
    })
  }

  test('a value that passes through three documents is undone as it went', async () => {
    const docs = await open({ indexes: [{ fields: { u: 1 }, unique: true }] })
    const all = [3, 1, 2].map(n => docs.insert({ _id: n, u: n }))
    const [three, one, two] = await Promise.all(all)
    const set = (u: number) => (d: any) => void (d.u = u)
    await transaction(tx => {
      tx.edit(two, set(4))
      tx.edit(three, set(2))
      tx.edit(one, set(3))
    })
    assert.equal(
      [one, two, three].map(({ state }) => state.u),
      [3, 4, 2],
    )
    await docs.history.undo()
    assert.equal(
      [one, two, three].map(({ state }) => state.u),
      [1, 2, 3],
    )
    await docs.history.redo()
    assert.equal(
      [one, two, three].map(({ state }) => state.u),
      [3, 4, 2],
    )
  })

  test('the delete and insert of one id in a transaction is refused, and says why', async () => {
    const docs = await open({})
    const doc = await docs.insert({ _id: 1 })
    const made = transaction(tx => {
      tx.delete(doc)
      tx.insert(docs, { _id: 1 })
    })
    const error = await made.then(
      () => null,
      (e: Error) => e,
    )
    assert.ok(code('bad-argument')(error))
    assert.match(error?.message ?? '', /each id once/)
  })

  test('the trail of an id that was taken, and deleted by another handle meanwhile, ends as what is stored', async () => {
    for (let i = 0; i < 10; i++) {
      const adapter = create()
      const name = `c${count++}`
      await createCollection<any>(name, { adapter }).insert({ _id: 'a', old: 1 })
      const [ours, theirs] = [0, 1].map(() => createCollection<any>(name, { adapter, audit: {} }))
      const work = [
        ours!.insert({ _id: 'a', n: 1 }),
        ours!.insert({ _id: 'b' }),
        theirs!.delete('a'),
      ]
      await Promise.allSettled(work)
      const stored = await createCollection<any>(name, { adapter }).get('a', { state: true })
      assert.equal(await ours!.asOf('a', Date.now() + 1000), stored)
      const history = await ours!.historyOf('a')
      assert.equal(history.at(-1)?.state ?? null, stored)
    }
  })

  test('the outbox delivers one life of a document before the next, whichever of its edits had events', async () => {
    for (const last of ['edit', 'delete', 'transaction']) {
      const docs = await open({ events: true })
      const event = (name: string) => ({ meta: { event: name } })
      const doc = await docs.insert({ _id: 1, n: 0 })
      for (let n = 1; n < 4; n++) await doc.patch({ n })
      if (last === 'edit') await doc.patch({ n: 4 }, event('first'))
      if (last === 'transaction') await transaction(tx => tx.delete(doc), event('first'))
      else await doc.delete()
      const next = await docs.insert({ _id: 1, n: 0 })
      if (last === 'delete') await next.patch({ n: 8 }, event('first'))
      await next.patch({ n: 9 }, event('second'))
      await next.patch({ n: 10 }, event('third'))
      const told: unknown[] = []
      for await (const { event } of docs.outbox()) if (told.push(event) === 3) break
      assert.equal(told, ['first', 'second', 'third'], last)
    }
  })

  test('the answer to an insert of a taken id is lost: `duplicate`, with and without a trail', async () => {
    for (const options of [{}, { audit: {} }, { events: true }]) {
      for (const fault of ['fail-before', 'fail-after'] as const) {
        const raw = create()
        const name = `c${count++}`
        const event = { meta: { event: 1 } }
        await createCollection<any>(name, { adapter: raw, ...options }).insert({ _id: 'a' }, event)
        let once = true
        const writes = ['commit', 'commitMany', 'transaction']
        const adapter = withFaults(raw, ({ method }) =>
          once && writes.includes(method) ? ((once = false), fault) : null,
        )
        const docs = createCollection<any>(name, { adapter, ...options })
        const error = await docs.insert({ _id: 'a' }, event).then(
          () => null,
          e => e,
        )
        assert.ok(code('duplicate')(error), `${fault} ${Object.keys(options)} ${error?.code}`)
      }
    }
  })

  test('`close` waits for calls under way, each of them', async () => {
    const adapter = create()
    const slow: Adapter = new Proxy(adapter, {
      get(target, key) {
        const own: unknown = Reflect.get(target, key)
        if (typeof own !== 'function') return own
        if (!['commit', 'commitMany', 'transaction', 'load', 'page'].includes(String(key)))
          return own.bind(target)
        return async (...args: unknown[]) => {
          await new Promise(resolve => setTimeout(resolve, 20))
          return own.apply(target, args)
        }
      },
    })
    const bump = (d: any) => void d.n++
    const calls: [what: string, call: (docs: any, held: any) => Promise<unknown>][] = [
      ['insert', docs => docs.insert({ _id: 9 })],
      ['insertMany', docs => docs.insertMany([{ _id: 9 }, { _id: 10 }])],
      ['get', docs => docs.get(1)],
      ['getMany', docs => docs.getMany([1, 2])],
      ['findOne', docs => docs.findOne({ _id: 1 })],
      ['toArray', docs => docs.find().toArray()],
      ['page', docs => docs.find().page({ size: 2 })],
      ['count', docs => docs.count()],
      ['delete', docs => docs.delete(1)],
      ['editMany', docs => docs.editMany({}, bump, { concurrency: 2 })],
      ['deleteMany', docs => docs.deleteMany({}, { concurrency: 2 })],
      ['migrate', docs => docs.migrate({ concurrency: 2 })],
      ['restore', docs => docs.restore(1)],
      ['historyOf', docs => docs.historyOf(1)],
      ['asOf', docs => docs.asOf(1, 0)],
      ['syncIndexes', docs => docs.syncIndexes()],
      ['an edit', (_, held) => held.edit(bump)],
      ['reload', (_, held) => held.reload()],
      ['a delete', (_, held) => held.delete()],
      ['an insert in a transaction', docs => transaction(tx => void tx.insert(docs, { _id: 9 }))],
      ['an edit in a transaction', (_, held) => transaction(tx => tx.edit(held, bump))],
      ['undo of a transaction', docs => docs.history.undo()],
    ]
    for (const [what, call] of calls) {
      const name = `c${count++}`
      const options = { softDelete: true, audit: {}, versions: [(d: any) => d] }
      const before = createCollection<any>(name, { adapter, ...options })
      await before.insertMany([1, 2, 3, 4, 5].map(_id => ({ _id, n: 0 })))
      const docs = createCollection<any>(name, { adapter: slow, ...options })
      const held = await docs.get(1)
      await transaction(tx => tx.edit(held!, bump))
      let isDone = false
      const ended = call(docs, held).then(
        () => 'done',
        error => error.code ?? error,
      )
      void ended.then(() => (isDone = true))
      await docs.close()
      assert.equal([isDone, await ended], [true, 'done'], what)
    }
  })

  test.run()
}
