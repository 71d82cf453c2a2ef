// Faults that an attack on transactions, own fields and versions has found, each with its input.
import { createCollection, ManyError, transaction } from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { code, suite } from '../support/suite.ts'

const test = suite('units of work under attack')

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => error.code ?? String(error),
  )

test('a document that cannot be shown beside an own write is read before the next one', async () => {
  const adapter = memoryAdapter()
  const plain = createCollection<any>('x', { adapter })
  const ours = createCollection<any>('x', {
    adapter,
    concurrency: 'fields',
    computed: { length: s => s.list.length },
  })
  const p = await plain.insert({ _id: 1, n: 1, list: [] })
  const d = (await ours.get(1))!
  await p.patch({ list: null, other: 'acknowledged' })
  await d.patch({ n: 2 })
  assert.is(await outcome(transaction(tx => tx.edit(d, x => void (x.n = 3)))), 'unreadable')
  assert.is(await outcome(d.patch({ n: 4 }, { ifVersion: d.version })), 'unreadable')
  const stored = (await plain.get(1, { state: true }))!
  assert.equal(stored, { _id: 1, n: 2, list: null, other: 'acknowledged' })
  await p.reload()
  await p.patch({ list: [1] })
  await d.patch({ n: 5 })
  assert.equal([d.state.n, d.state.length, d.state.other], [5, 1, 'acknowledged'])
})

test('an own edit between undo and redo tears nothing', async () => {
  for (const first of [true, false]) {
    const a = createCollection<any>('a', { adapter: memoryAdapter() })
    const [x, y] = await a.insertMany([{ _id: 1 }, { _id: 2 }])
    await transaction(tx => {
      tx.edit(x!, d => void (d.k = 1))
      tx.edit(y!, d => void (d.k = 1))
    })
    await a.history.undo()
    const edit = first ? y!.patch({ z: 1 }) : null
    const redo = outcome(a.history.redo())
    await (edit ?? y!.patch({ z: 1 }))
    const result = await redo
    assert.ok(
      [x!.state.k, y!.state.k].every(k => k === (result === 'done' ? 1 : undefined)),
      result,
    )
  }
})

test('functions of a collection may not edit the document', async () => {
  let inner: Promise<string> | undefined = undefined as Promise<string> | undefined
  let doc: any
  const edit = (): void => {
    if (doc !== undefined) inner ??= outcome(doc.patch({ log: 'entry' }))
  }
  const adapter = memoryAdapter()
  const schema = z.looseObject({}).refine(() => (edit(), true))
  for (const [name, more] of Object.entries({
    beforeCommit: { beforeCommit: edit },
    schema: { schema },
    computed: { computed: { x: edit } },
  })) {
    doc = undefined
    inner = undefined as Promise<string> | undefined
    const a = createCollection<any>(name, { adapter, timeoutMS: 1_000, ...(more as object) })
    doc = await a.insert({ _id: 1, n: 1 })
    await Promise.all([doc.patch({ n: 2 }), doc.patch({ n: 3 })])
    assert.equal(
      [await inner, doc.state.n, doc.pending, doc.state.log],
      ['nested-edit', 3, 0, undefined],
      name,
    )
    await doc.patch({ n: 4 })
  }
})

test('a transaction that is delivered twice is applied once', async () => {
  const inner = memoryAdapter()
  const twice: Adapter = new Proxy(inner, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown
      if (typeof value !== 'function') return value
      if (key !== 'transaction' && key !== 'commit') return value.bind(target)
      return async (...args: unknown[]) => {
        await value.apply(target, args)
        return value.apply(target, args)
      }
    },
  })
  const a = createCollection<any>('a', { adapter: twice, softDelete: true })
  const [x, y] = await a.insertMany([
    { _id: 1, n: 0 },
    { _id: 2, n: 0 },
  ])
  for (let i = 0; i < 10; i++) {
    await transaction(tx => {
      tx.edit(x!, d => void d.n++)
      tx.edit(y!, d => void d.n++)
    })
  }
  assert.equal([x!.state.n, y!.state.n], [10, 10])
  for (let i = 0; i < 5; i++) await a.history.undo()
  assert.equal([x!.state.n, y!.state.n], [5, 5])
  for (let i = 0; i < 3; i++) assert.ok(await a.history.redo())
  assert.equal([x!.state.n, y!.state.n], [8, 8])
  await transaction(tx => void tx.insert(a, { _id: 3 }))
  assert.equal([await x!.delete(), await a.delete(2), await a.count()], [true, true, 1])
})

test('undo of a soft delete after others restored it', async () => {
  const adapter = memoryAdapter()
  const options = { adapter, softDelete: true }
  const [a, b] = [createCollection<any>('x', options), createCollection<any>('x', options)]
  const [d, e] = await a.insertMany([
    { _id: 1, n: 1 },
    { _id: 2, n: 1 },
  ])
  await transaction(tx => (tx.delete(d!), tx.edit(e!, z => void z.n++)))
  await b.restore(1)
  const before = Date.now()
  assert.is(await outcome(a.history.undo()), 'conflict')
  assert.ok(Date.now() - before < 1_000)
  // Deleted once more by itself: it is brought back.
  await d!.delete()
  await a.history.undo()
  assert.equal([d!.status, e!.state.n], ['stored', 1])
  await transaction(tx => tx.delete(d!))
  await a.restore(1)
  await d!.patch({ n: 5 })
  await d!.delete()
  await a.history.undo()
  assert.equal([d!.status, await a.get(1)], ['stored', d])
})

test('a document that is brought back moves by an event', async () => {
  for (const more of [{}, { softDelete: true }, { timestamps: true }]) {
    const a = createCollection<any>('x', { adapter: memoryAdapter(), ...more })
    const d = await a.insert({ _id: 1, a: 0 })
    let last: unknown = d.state
    let heard = 0
    d.on('change', ({ previous, state }) => {
      assert.is(previous, last)
      last = state
      heard++
    })
    await d.patch({ a: 1 })
    await transaction(tx => tx.delete(d))
    await a.history.undo()
    assert.is(d.state, last)
    await d.patch({ a: 2 })
    await d.undo()
    await d.undo()
    assert.equal([d.state.a, d.state === last], [0, true])
    assert.ok(heard >= 4)
  }
})

test('undo through two collections at once is one undo', async () => {
  const adapter = memoryAdapter()
  const [a, b] = [createCollection<any>('a', { adapter }), createCollection<any>('b', { adapter })]
  const [x, y] = [await a.insert({ _id: 1, n: 1 }), await b.insert({ _id: 1, n: 1 })]
  await transaction(tx => {
    tx.edit(x, d => void d.n++)
    tx.edit(y, d => void d.n++)
    tx.insert(b, { _id: 2 })
  })
  const [one, two] = await Promise.all([a.history.undo(), b.history.undo()])
  assert.equal([one!.parts.length, two], [3, null])
  assert.equal([a.history.canRedo, b.history.canRedo], [true, true])
})

test('undo of an insert whose document is gone clashes', async () => {
  const adapter = memoryAdapter()
  const [a, b] = [createCollection<any>('x', { adapter }), createCollection<any>('x', { adapter })]
  await transaction(tx => (tx.insert(a, { _id: 1 }), tx.insert(a, { _id: 2 })))
  await b.delete(1)
  await a.get(1)
  assert.is(await outcome(a.history.undo()), 'conflict')
  assert.is(await b.count(), 1)
})

test('a part of excluded fields alone does not stand in the way', async () => {
  const a = createCollection<any>('x', {
    adapter: memoryAdapter(),
    history: { exclude: [['cursor']] },
  })
  const [x, y] = await a.insertMany([
    { _id: 1, cursor: 0 },
    { _id: 2, n: 1 },
  ])
  await transaction(tx => {
    tx.edit(x!, d => void (d.cursor = 5))
    tx.edit(y!, d => void (d.n = 2))
  })
  await a.history.undo()
  assert.equal([x!.state.cursor, y!.state.n], [5, 1])
  await a.history.redo()
  assert.is(y!.state.n, 2)
})

test('promises that reject are heard', async () => {
  const late: unknown[] = []
  const hear = (error: unknown) => void late.push(error)
  process.on('unhandledRejection', hear)
  const adapter = memoryAdapter()
  const fail = async () => {
    throw new Error('late')
  }
  const a = createCollection<any>('x', { adapter, computed: { z: fail } })
  assert.is(await outcome(a.insert({ _id: 1 })), 'unreadable')
  await createCollection<any>('x', { adapter }).insert({ _id: 1 })
  const b = createCollection<any>('x', { adapter, versions: [fail as never] })
  assert.is(await outcome(b.get(1)), 'unreadable')
  await new Promise(resolve => setTimeout(resolve, 20))
  process.off('unhandledRejection', hear)
  assert.equal(late, [])
})

test('a lost answer and a read that fails are asked after', async () => {
  let plan: [string, 'fail-after' | 'fail-before'][] = []
  const adapter = withFaults(memoryAdapter(), ({ method }) =>
    plan[0]?.[0] === method ? plan.shift()![1] : null,
  )
  const a = createCollection<any>('a', { adapter })
  const [x, y] = await a.insertMany([
    { _id: 1, n: 0 },
    { _id: 2, n: 0 },
  ])
  await transaction(tx => {
    tx.edit(x!, d => void d.n++)
    tx.edit(y!, d => void d.n++)
  })
  plan = [
    ['transaction', 'fail-after'],
    ...Array.from({ length: 4 }, () => ['load', 'fail-before'] as const),
  ] as never
  assert.is(await outcome(a.history.undo()), 'done')
  assert.equal([x!.state.n, y!.state.n, a.history.canRedo], [0, 0, true])
})

test('migrate passes over a document that fails', async () => {
  const adapter = memoryAdapter()
  await createCollection<any>('x', { adapter }).insertMany([1, 2, 3, 4, 5].map(_id => ({ _id })))
  const a = createCollection<any>('x', {
    adapter,
    versions: [
      doc => {
        if (doc._id === 3) throw new Error('mine')
        return { ...doc, ok: true }
      },
    ],
  })
  const error: any = await a.migrate({ concurrency: 2 }).catch(caught => caught)
  assert.instance(error, ManyError)
  assert.equal([error.code, error.outcomes.map(({ id }: any) => id)], ['unreadable', [3]])
  assert.equal(error.progress.changed, 4)
})

test('small things', async () => {
  const adapter = memoryAdapter()
  const a = createCollection<any>('p', { adapter, computed: { ['__proto__']: () => 1 } })
  const d = await a.insert({ _id: 1 })
  assert.equal(Object.getOwnPropertyDescriptor(d.state, '__proto__')?.value, 1)
  const sparse: never[] = []
  sparse.length = 2
  assert.throws(() => createCollection('x', { adapter, versions: sparse }), code('bad-argument'))
  assert.is(await outcome(d.edit(() => {}).then(() => a.history.undo(5 as never))), 'bad-argument')
  assert.is(await outcome(transaction(() => {}, 5 as never)), 'bad-argument')
  await createCollection<any>('v', { adapter }).insert({ _id: 1 })
  const bad = createCollection<any>('v', { adapter, versions: [() => ({ _id: 1, f: () => 1 })] })
  assert.is(await outcome(bad.get(1)), 'unreadable')
  const then = new Date(2000, 1)
  const stamped = createCollection<any>('s', {
    adapter,
    timestamps: true,
    schema: z.object({ _id: z.number() }),
    beforeCommit: () => {
      for (const end = Date.now() + 4; Date.now() < end;);
    },
  })
  const [one, two] = [
    await stamped.insert({ _id: 1 }),
    await stamped.insert({ _id: 2, createdAt: then }),
  ]
  assert.equal(one.state.createdAt, one.state.updatedAt)
  assert.equal(two.state.createdAt, then)
})

test.run()
