import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error), String(error)),
  )
}

/** Shape 0: { name: 'Ada Lovelace', n }; 1: { first, last, n }; 2: { names: { first, last }, count }. */
export const VERSIONS: NonNullable<CollectionOptions['versions']> = [
  doc => {
    const [first, ...rest] = doc.name.split(' ')
    doc.first = first
    doc.last = rest.join(' ')
    delete doc.name
    return doc
  },
  ({ first, last, n, ...rest }) => ({ ...rest, names: { first, last }, count: n }),
]

/** Documents of several shapes, on any adapter. */
export function versionsSuite(name: string, open: () => Adapter): void {
  const test = suite(`versions (${name})`)

  const raw = async (adapter: Adapter, id: unknown): Promise<any> => {
    const [stored] = await adapter.load('docs', [id])
    return stored && [stored.doc, stored.shape ?? 0, stored.version]
  }

  /** One collection for each number of versions that a program may know. */
  const three = (adapter: Adapter, options: Partial<CollectionOptions> = {}) =>
    [0, 1, 2].map(count =>
      createCollection<any>('docs', { adapter, versions: VERSIONS.slice(0, count), ...options }),
    )

  for (const concurrency of ['version', 'fields', 'none'] as const) {
    test(`a document is brought on when it is read, and stored by its next change (${concurrency})`, async () => {
      const adapter = open()
      const [first, second, third] = three(adapter, { concurrency })
      const old = await first!.insert({ _id: 'a', name: 'Ada Lovelace', n: 1, other: { x: 1 } })
      assert.equal(await raw(adapter, 'a'), [old.state, 0, 1])
      const doc = (await third!.get('a'))!
      const shown = {
        _id: 'a',
        other: { x: 1 },
        names: { first: 'Ada', last: 'Lovelace' },
        count: 1,
      }
      assert.equal([doc.state, doc.version], [shown, 1])
      const { state } = doc
      assert.equal([await doc.reload(), doc.state === state], [null, true])
      assert.equal(await raw(adapter, 'a'), [old.state, 0, 1])
      const heard: unknown[] = []
      doc.on('change', ({ change }) => heard.push(change.touched))
      const change = await doc.edit(d => void d.count++)
      assert.equal(change!.touched, ['count'])
      assert.equal(heard, [['count']])
      assert.equal(await raw(adapter, 'a'), [{ ...shown, count: 2 }, 2, 2])
      assert.equal(await raw(adapter, 'a'), [doc.state, 2, 2])
      await doc.undo()
      assert.equal(await raw(adapter, 'a'), [shown, 2, 3])
      // Programs that know less refuse it, and write nothing.
      await rejects(
        old.edit(d => void d.n++),
        'unreadable',
      )
      await rejects(old.reload(), 'unreadable')
      await rejects(second!.get('a'), 'unreadable')
      await rejects(second!.find().toArray(), 'unreadable')
      await rejects(
        second!
          .find({}, { fields: ['n'] })
          .states()
          .toArray(),
        'unreadable',
      )
      await rejects(createCollection<any>('docs', { adapter }).get('a'), 'unreadable')
      await rejects(
        transaction(tx => void tx.edit(old, d => void d.n++)),
        'unreadable',
      )
      assert.equal(await raw(adapter, 'a'), [shown, 2, 3])
      const error: any = await second!.get('a').catch(caught => caught)
      assert.equal([error.details.id, error.details.reason], ['a', 'a newer shape'])
      assert.match(error.message, /number 2/)
      // New documents have the newest shape.
      await third!.insert({ _id: 'b', names: {}, count: 0 })
      await third!.insertMany([{ _id: 'c' }])
      await transaction(tx => void tx.insert(third!, { _id: 'd' }))
      for (const id of ['b', 'c', 'd']) assert.is((await raw(adapter, id))[1], 2)
    })
  }

  for (const concurrency of ['fields', 'none'] as const) {
    test(`a held document meets no other shape (${concurrency})`, async () => {
      const adapter = open()
      const [, second, third] = three(adapter, { concurrency })
      const a = await second!.insert({ _id: 'a', first: 'Ada', last: 'L', n: 1, free: 0 })
      const b = (await third!.get('a'))!
      // Others edit it in its older shape before it is brought on: it is guarded by version.
      await a.edit(d => void (d.free = 1))
      await b.edit(d => void d.count++)
      assert.equal(await raw(adapter, 'a'), [
        { _id: 'a', names: { first: 'Ada', last: 'L' }, count: 2, free: 1 },
        2,
        3,
      ])
      // A field that both shapes have: nothing of the older one is written.
      await rejects(
        a.edit(d => void (d.free = 2)),
        'unreadable',
      )
      assert.equal((await raw(adapter, 'a'))[0].free, 1)
      await b.edit(d => void (d.free = 3))
      assert.equal((await raw(adapter, 'a'))[0].free, 3)
    })
  }

  test('explain, transactions, undo of them, and deletes', async () => {
    const adapter = open()
    const [first, , third] = three(adapter)
    for (const id of ['a', 'b', 'c', 'd']) {
      await first!.insert({ _id: id, name: `${id} x`, n: 1 })
    }
    const [a, b, c, d] = (await third!.getMany(['a', 'b', 'c', 'd'])) as any[]
    const other = await third!.insert({ _id: 'e', count: 0 })
    const change = (await other.edit(x => void x.count++))!
    assert.ok(third!.explain(change))
    await transaction(tx => {
      tx.edit(a, (x: any) => void x.count++)
      tx.edit(b, (x: any) => void (x.extra = 1))
      tx.delete(c)
    })
    assert.equal(await raw(adapter, 'a'), [
      { _id: 'a', names: { first: 'a', last: 'x' }, count: 2 },
      2,
      2,
    ])
    assert.is((await raw(adapter, 'b'))[1], 2)
    await third!.history.undo()
    assert.equal([a.state.count, b.state.extra, c.state.count], [1, undefined, 1])
    assert.equal(await raw(adapter, 'c'), [
      { _id: 'c', names: { first: 'c', last: 'x' }, count: 1 },
      2,
      1,
    ])
    assert.is(await d.delete(), true)
    assert.is(await raw(adapter, 'd'), null)
    assert.is(await third!.deleteMany({}), 4)
  })

  test('with stamps, soft deletes and computed fields', async () => {
    const adapter = open()
    const own = {
      timestamps: true,
      softDelete: true,
      computed: { full: ({ names }: any) => `${names?.first} ${names?.last}` },
    }
    const plain = createCollection<any>('docs', { adapter })
    await plain.insertMany([1, 2, 3].map(_id => ({ _id, name: `N${_id} M`, n: _id })))
    const c = createCollection<any>('docs', { adapter, versions: VERSIONS, ...own })
    const [one, two] = (await c.getMany([1, 2])) as any[]
    assert.is(one.state.full, 'N1 M')
    await one.edit((d: any) => void (d.names.last = 'Z'))
    const [stored, shape] = await raw(adapter, 1)
    assert.equal([stored.names, stored.full, shape], [{ first: 'N1', last: 'Z' }, undefined, 2])
    assert.ok(stored.updatedAt instanceof Date)
    await two.delete()
    await c.delete(3)
    assert.equal([(await raw(adapter, 2))[1], (await raw(adapter, 3))[1]], [2, 2])
    const back = (await c.restore(3))!
    assert.equal([back.state.full, back.state.count, back.state.name], ['N3 M', 3, undefined])
    assert.equal(await c.get(1, { state: true, fields: ['full', 'names.last'] }), {
      _id: 1,
      full: 'N1 Z',
      names: { last: 'Z' },
    })
  })

  test('a function that fails is told with its document', async () => {
    const adapter = open()
    const plain = createCollection<any>('docs', { adapter })
    await plain.insertMany([{ _id: 'good', n: 1 }, { _id: 'bad' }])
    const before = await raw(adapter, 'bad')
    const mine = new Error('mine')
    const answers: unknown[] = [5, null, [], Promise.resolve({}), { _id: 'other' }, { x: () => 1 }]
    for (const answer of answers) {
      const c = createCollection<any>('docs', { adapter, versions: [() => answer as never] })
      const error: any = await c.get('bad').catch(caught => caught)
      assert.ok(['unreadable', 'unsupported-value'].includes(error.code), String(error))
    }
    const c = createCollection<any>('docs', {
      adapter,
      versions: [
        doc => {
          if (doc.n === undefined) throw mine
          return { ...doc, m: doc.n }
        },
      ],
    })
    const error: any = await c.get('bad').catch(caught => caught)
    assert.equal([error.code, error.cause, error.details.id], ['unreadable', mine, 'bad'])
    assert.is((await c.get('good'))!.state.m, 1)
    const failed: any = await c.migrate().catch(caught => caught)
    assert.equal([failed.name, failed.outcomes.length], ['ManyError', 1])
    assert.equal(await raw(adapter, 'bad'), before)
    assert.throws(
      () => createCollection('x', { adapter, versions: {} as never }),
      code('bad-argument'),
    )
    assert.throws(
      () => createCollection('x', { adapter, versions: [1] as never }),
      code('bad-argument'),
    )
    const none = { ...adapter, capabilities: { ...adapter.capabilities, shapes: false } }
    for (const key of ['commit', 'load', 'find', 'close'] as const) {
      Object.assign(none, { [key]: (...args: []) => (adapter as any)[key](...args) })
    }
    assert.throws(
      () => createCollection('x', { adapter: none, versions: [] }),
      code('bad-argument'),
    )
  })

  test('migrate: everything once, told, stopped and resumed', async () => {
    const adapter = open()
    const [first, second, third] = three(adapter)
    const entities = Array.from({ length: 250 }, (_, _id) => ({ _id, name: `N${_id} M`, n: _id }))
    await first!.insertMany(entities)
    await second!.insert({ _id: 250, first: 'A', last: 'B', n: 250 })
    await third!.insert({ _id: 251, names: { first: 'A', last: 'B' }, count: 251 })
    const held = (await third!.get(7))!
    await held.edit(d => void (d.count = -1))
    const told: any[] = []
    const stop = new AbortController()
    const migrating = third!.migrate({
      concurrency: 50,
      signal: stop.signal,
      onProgress: progress => {
        told.push(progress)
        if (told.length === 2) stop.abort(new Error('enough'))
      },
    })
    assert.is(await migrating.catch(error => error.message), 'enough')
    assert.equal(
      told.map(({ done, changed, total }) => [done, changed, total]),
      [
        [50, 49, 252],
        [100, 99, 252],
      ],
    )
    const shapes = async () => {
      const found = await Promise.all(Array.from({ length: 252 }, (_, id) => raw(adapter, id)))
      return found.map(([, shape]) => shape).reduce((sum, shape) => (sum[shape]++, sum), [0, 0, 0])
    }
    assert.equal(await shapes(), [150, 1, 101])
    // A program that knows less leaves newer ones alone.
    assert.equal(await second!.migrate(), { done: 252, changed: 150 })
    assert.equal(await shapes(), [0, 151, 101])
    assert.equal(await third!.migrate({ after: told[1].after }), { done: 152, changed: 151 })
    assert.equal(await shapes(), [0, 0, 252])
    assert.equal(await third!.migrate(), { done: 252, changed: 0 })
    const all = await third!
      .find({}, { sort: { _id: 1 } })
      .states()
      .toArray()
    assert.equal(
      all.map(({ count }) => count),
      Array.from({ length: 252 }, (_, i) => (i === 7 ? -1 : i)),
    )
    assert.is(held.state.count, -1)
    assert.is((await raw(adapter, 7))[2], 2)
    await rejects(third!.migrate({ x: 1 } as never), 'bad-argument')
  })

  test('a shape that changes nothing but its number is stored too', async () => {
    const adapter = open()
    await createCollection<any>('docs', { adapter }).insert({ _id: 1, n: 1 })
    const c = createCollection<any>('docs', { adapter, versions: [doc => doc] })
    assert.equal(await c.migrate(), { done: 1, changed: 1 })
    assert.equal(await raw(adapter, 1), [{ _id: 1, n: 1 }, 1, 2])
  })

  test('live documents and watches beside a newer program', async () => {
    const adapter = open()
    const [, second, third] = three(adapter)
    const a = await second!.insert({ _id: 'a', first: 'A', last: 'B', n: 1 })
    const errors: unknown[] = []
    const told: unknown[] = []
    a.on('error', ({ error }) => errors.push((error as { code?: string }).code))
    a.on('change', () => told.push('change'))
    const watching = second!.watch()
    const events: string[] = []
    const reading = (async () => {
      for await (const event of watching) events.push(event.type)
    })()
    await new Promise(resolve => setTimeout(resolve, 300))
    await (await third!.get('a'))!.edit(d => void d.count++)
    await third!.insert({ _id: 'b', count: 1 })
    for (let i = 0; i < 100 && (errors.length === 0 || !events.includes('reset')); i++) {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    assert.equal([errors[0], told], ['unreadable', []])
    assert.ok(events.includes('reset'), events.join())
    await watching.return?.()
    await reading
  })

  test.run()
}
