import { createCollection, transaction, type ChangeSet } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error), String(error)),
  )
}

const tick = () => new Promise(resolve => setTimeout(resolve, 2))

/** Fields that a collection sets itself, on any adapter. */
export function ownFieldsSuite(name: string, open: () => Adapter): void {
  const test = suite(`own fields (${name})`)

  const raw = async (adapter: Adapter, id: unknown): Promise<any> =>
    (await adapter.load('docs', [id]))[0]?.doc

  for (const concurrency of ['version', 'fields', 'none'] as const) {
    test(`timestamps are set when a write is sent (${concurrency})`, async () => {
      const adapter = open()
      const c = createCollection<any>('docs', { adapter, timestamps: true, concurrency })
      const before = Date.now()
      const a = await c.insert({ _id: 'a', n: 0 })
      const { createdAt, updatedAt } = a.state
      assert.ok(createdAt instanceof Date && createdAt.getTime() >= before)
      assert.equal(createdAt, updatedAt)
      assert.equal(await raw(adapter, 'a'), { _id: 'a', n: 0, createdAt, updatedAt })
      const heard: ChangeSet[] = []
      a.on('change', e => {
        heard.push(e.change)
        assert.equal(apply(e.previous, e.change), e.state)
      })
      await tick()
      const change = await a.edit(d => void d.n++)
      assert.equal(change!.touched, ['n', 'updatedAt'])
      const held = a.begin()
      held.draft.n = 9
      const sent = JSON.stringify(c.explain(held.changeSet()))
      assert.ok(sent.includes('"updatedAt"'), sent)
      held.rollback()
      assert.is(heard[0], change)
      assert.ok(a.state.updatedAt > updatedAt)
      assert.is(a.state.createdAt, createdAt)
      assert.equal(await raw(adapter, 'a'), a.state)
      // Nothing changes: nothing is sent.
      const { updatedAt: last } = a.state
      await tick()
      assert.is(await a.edit(d => void (d.n = 1)), null)
      assert.is(a.state.updatedAt, last)
      await a.undo()
      assert.equal([a.state.n, a.state.createdAt], [0, createdAt])
      assert.ok(a.state.updatedAt > last)
      assert.equal(await raw(adapter, 'a'), a.state)
      assert.is(heard.length, 2)
    })
  }

  const apply = (state: any, change: ChangeSet): unknown => {
    const next = { ...state }
    for (const [key, value] of Object.entries(change.changes)) next[key] = value
    for (const key of change.removed) delete next[key]
    return next
  }

  test('timestamps: what is given, and what edits may not do', async () => {
    const adapter = open()
    const c = createCollection<any>('docs', { adapter, timestamps: true })
    const then = new Date(2000, 1, 1)
    const a = await c.insert({ _id: 'a', n: 0, createdAt: then, updatedAt: then })
    assert.equal(a.state.createdAt, then)
    assert.ok(a.state.updatedAt > then)
    await rejects(c.insert({ _id: 'b', createdAt: 'yesterday' }), 'bad-argument')
    await rejects(
      a.edit(d => void (d.updatedAt = then)),
      'immutable-field',
    )
    await rejects(a.patch({ createdAt: undefined }), 'immutable-field')
    await rejects(
      transaction(tx => void tx.edit(a, d => delete d.createdAt)),
      'immutable-field',
    )
    // The same values are no change.
    await a.edit(d => void Object.assign(d, { ...a.state, n: 1 }))
    assert.is(a.state.n, 1)
    // A change set from elsewhere may have them: they are left out.
    const change = (await a.edit(d => void (d.n = 2)))!
    await a.edit(d => void (d.other = 1))
    await a.apply(change.invert())
    assert.equal([a.state.n, a.state.other], [1, 1])
    await a.apply([{ op: 'replace', path: ['updatedAt'], value: then }] as never)
    assert.ok(a.state.updatedAt > then)
    const many = await c.insertMany([{ n: 1 }, { n: 2 }])
    assert.ok(many.every(({ state }) => state.createdAt instanceof Date))
    await c.editMany({ n: 2 }, d => void (d.n = 3))
    assert.ok(many[1]!.state.updatedAt >= many[0]!.state.updatedAt)
    assert.throws(
      () => createCollection('x', { adapter, timestamps: 1 as never }),
      code('bad-argument'),
    )
  })

  test('timestamps do not clash between two writers', async () => {
    const adapter = open()
    const [c, other] = [1, 2].map(() =>
      createCollection<any>('docs', { adapter, timestamps: true }),
    )
    const a = await c!.insert({ _id: 'a', n: 0, m: 0, list: [1] })
    const b = (await other!.get('a'))!
    const open1 = a.begin()
    open1.draft.n = 5
    await tick()
    await b.edit(d => void (d.m = 7))
    await open1.commit()
    assert.equal([a.state.n, a.state.m], [5, 7])
    await b.edit(d => void d.list.push(2))
    await a.undo()
    assert.equal([a.state.n, a.state.m, a.state.list], [0, 7, [1, 2]])
    await Promise.all(Array.from({ length: 20 }, (_, i) => [a, b][i % 2]!.edit(d => void d.n++)))
    await a.reload()
    assert.is(a.state.n, 20)
    assert.equal(a.state, (await raw(adapter, 'a')) as never)
  })

  test('timestamps and edits that wait, optimistic ones too', async () => {
    const adapter = open()
    const c = createCollection<any>('docs', { adapter, timestamps: true })
    const a = await c.insert({ _id: 'a', n: 0 })
    let runs = 0
    await Promise.all(Array.from({ length: 50 }, () => a.edit(d => (runs++, void d.n++))))
    assert.is(a.state.n, 50)
    assert.is(runs, 50)
    const states: any[] = []
    a.on('change', e => states.push([e.previous, e.state, e.change.origin]))
    const { updatedAt } = a.state
    await tick()
    const edits = [1, 2, 3].map(() => a.edit(d => void d.n++, { optimistic: true }))
    assert.equal([a.state.n, a.state.updatedAt], [53, updatedAt])
    await Promise.all(edits)
    assert.ok(a.state.updatedAt > updatedAt)
    assert.equal(a.state, (await raw(adapter, 'a')) as never)
    states.forEach(([previous], i) => i > 0 && assert.is(previous, states[i - 1][1]))
    assert.equal(
      states.map(([, , origin]) => origin).filter(origin => origin === 'local').length,
      3,
    )
    const before = a.state
    await transaction(tx => void tx.edit(a, d => void d.n++))
    assert.ok(a.state.updatedAt >= before.updatedAt)
    assert.equal(a.state, (await raw(adapter, 'a')) as never)
  })

  test('an edit that waits, and is shown, shows the stamp of the one before it', async () => {
    const c = createCollection<any>('docs', { adapter: open(), timestamps: true })
    const a = await c.insert({ _id: 'a', n: 0 })
    const { updatedAt } = a.state
    await tick()
    const seen: unknown[] = []
    a.on('confirmed', () => seen.push([a.state.n, a.state.updatedAt > updatedAt]))
    const one = a.edit(d => void d.n++, { optimistic: true })
    await Promise.resolve()
    const two = a.edit(d => void d.n++, { optimistic: true, ifVersion: 2 })
    await Promise.all([one, two.catch(() => {})])
    assert.equal((seen[0] as unknown[])[1], true)
    assert.is(a.state.n, 2)
  })

  test('computed fields are shown everywhere and stored nowhere', async () => {
    const adapter = open()
    const computed = {
      total: ({ lines }: any) => lines.reduce((sum: number, { n }: any) => sum + n, 0),
      tags: ({ lines }: any) => (lines.length > 2 ? ['long'] : undefined),
    }
    const c = createCollection<any>('docs', { adapter, computed })
    const wrapped = c.wrap({ _id: 'a', lines: [{ n: 1 }], total: 99 })
    assert.is(wrapped.state.total, 1)
    await wrapped.edit(d => void d.lines.push({ n: 2 }))
    assert.is(wrapped.state.total, 3)
    await wrapped.commit()
    const a = (await c.get('a'))!
    assert.is(a, wrapped)
    assert.equal(await raw(adapter, 'a'), { _id: 'a', lines: [{ n: 1 }, { n: 2 }] })
    const heard: unknown[] = []
    a.subscribe(change => heard.push([change.touched, a.state.total]), { fields: ['total'] })
    await a.edit(d => {
      assert.is(d.total, 3)
      d.lines.push({ n: 10 })
    })
    assert.equal(heard, [[['lines', 'total', 'tags'], 13]])
    assert.equal(a.state.tags, ['long'])
    assert.ok(Object.isFrozen(a.state.tags))
    await a.edit(d => void (d.note = 'x'))
    assert.is(heard.length, 1)
    await rejects(
      a.edit(d => void (d.total = 5)),
      'immutable-field',
    )
    assert.equal(await raw(adapter, 'a'), {
      _id: 'a',
      lines: [{ n: 1 }, { n: 2 }, { n: 10 }],
      note: 'x',
    })
    assert.is((await c.get('a', { state: true }))!.total, 13)
    assert.equal(await c.get('a', { state: true, fields: ['note', 'total'] }), {
      _id: 'a',
      note: 'x',
      total: 13,
    })
    assert.equal(await c.get('a', { state: true, fields: ['note'] }), { _id: 'a', note: 'x' })
    const [only] = await c.find().states().toArray()
    assert.equal(only, a.state)
    await a.undo()
    await a.undo()
    assert.equal(a.state, { _id: 'a', lines: [{ n: 1 }, { n: 2 }], total: 3 })
    await transaction(tx => {
      tx.edit(a, d => void d.lines.push({ n: 4 }))
      assert.equal([tx.read(a).lines.length, tx.read(a).total], [3, 7])
    })
    assert.is(a.state.total, 7)
    // Another writer, who knows nothing of them.
    const plain = createCollection<any>('docs', { adapter })
    await (await plain.get('a'))!.edit(d => void (d.lines = []))
    await a.reload()
    assert.equal([a.state.total, a.version], [0, (await plain.get('a'))!.version])
    const state = a.state
    await a.reload()
    await c.find().toArray()
    assert.is(a.state, state)
    for (const names of ['_id', 'a.b', '$x', '']) {
      const bad = { [names]: () => 1 }
      assert.throws(() => createCollection('x', { adapter, computed: bad }), code('bad-argument'))
    }
    assert.throws(
      () => createCollection('x', { adapter, timestamps: true, computed: { updatedAt: () => 1 } }),
      code('bad-argument'),
    )
  })

  test('a computed field that throws is told, and nothing is written', async () => {
    const adapter = open()
    const mine = new Error('mine')
    const computed = {
      half: ({ n }: any) => {
        if (n === 13) throw mine
        return n / 2
      },
    }
    const c = createCollection<any>('docs', { adapter, computed })
    const a = await c.insert({ _id: 'a', n: 2 })
    const error: any = await a.edit(d => void (d.n = 13)).catch(caught => caught)
    assert.equal([error.code, error.cause, a.state.n], ['unreadable', mine, 2])
    assert.is((await raw(adapter, 'a')).n, 2)
    await (await createCollection<any>('docs', { adapter }).get('a'))!.edit(d => void (d.n = 13))
    await rejects(a.reload(), 'unreadable')
    await rejects(c.find().toArray(), 'unreadable')
    assert.equal((await c.get('a', { state: true, fields: ['n'] }))!.n, 13)
  })

  test('beforeCommit refuses, or adds to the edit', async () => {
    const adapter = open()
    const mine = new Error('mine')
    const asked: unknown[] = []
    const c = createCollection<any>('docs', {
      adapter,
      computed: { length: ({ title }: any) => title.length },
      beforeCommit: (change, state: any) => {
        asked.push([change.touched.join(), change.meta, state.length])
        if (state.title === 'bad') throw mine
        if (change.touches('title')) return { slug: state.title.toLowerCase() }
        if (change.touches('log')) return (d: any) => void d.log.push('more')
        return undefined
      },
    })
    const a = await c.insert({ _id: 'a', title: 'One', log: [] }, { meta: 5 })
    assert.equal(await raw(adapter, 'a'), { _id: 'a', title: 'One', log: [], slug: 'one' })
    // What is added is sent with the change.
    const held = a.begin()
    held.draft.title = 'Two'
    assert.match(JSON.stringify(c.explain(held.changeSet())), /"slug":"two"/)
    assert.is(asked.splice(1).length, 1)
    held.rollback()
    const change = await a.edit(d => void (d.title = 'Two'), { meta: 6 })
    assert.equal([change!.touched, a.state.slug], [['title', 'slug'], 'two'])
    const failing = await a.edit(d => void (d.title = 'bad')).catch(error => error)
    assert.equal([failing, a.state.title], [mine, 'Two'])
    await a.edit(d => void d.log.push('x'))
    assert.equal(a.state.log, ['x', 'more'])
    await transaction(tx => void tx.edit(a, d => void (d.title = 'Three')), { meta: 7 })
    assert.equal([a.state.slug, (await raw(adapter, 'a')).slug], ['three', 'three'])
    await a.undo()
    assert.equal([a.state.title, a.state.slug], ['Two', 'two'])
    assert.equal(
      asked.map(entry => (entry as unknown[])[1]),
      [5, 6, undefined, undefined, 7, undefined],
    )
    await rejects(
      transaction(tx => void tx.insert(c, { _id: 'b', title: 'bad', log: [] })).then(
        () => {},
        error =>
          Promise.reject(
            error === mine
              ? Object.assign(new Error(), { name: 'CowslipError', code: 'mine' })
              : error,
          ),
      ),
      'mine',
    )
    assert.is(await raw(adapter, 'b'), undefined)
    for (const answer of [Promise.resolve(), { _id: 'x' }, 5, { fn: () => 1 }]) {
      const bad = createCollection<any>('docs', { adapter, beforeCommit: () => answer as never })
      const b = (await bad.get('a'))!
      const refused = await b.edit(d => void (d.n = 1)).catch(error => error.code)
      assert.ok(['bad-argument', 'immutable-field', 'unsupported-value'].includes(refused), refused)
      assert.is(b.state.n, undefined)
    }
  })

  test('a schema sees what is stored', async () => {
    const adapter = open()
    const seen: string[][] = []
    const schema = z
      .object({ _id: z.string(), n: z.number(), createdAt: z.date(), updatedAt: z.date() })
      .refine(value => (seen.push(Object.keys(value).sort()), value.n < 100), 'too many')
    const c = createCollection('docs', {
      adapter,
      schema,
      timestamps: true,
      computed: { double: ({ n }: any) => 2 * n },
    })
    const a = await c.insert({ _id: 'a', n: 1 } as never)
    assert.equal(new Set(seen.map(keys => keys.join())), new Set(['_id,createdAt,n,updatedAt']))
    await a.edit(d => void d.n++)
    assert.equal([a.state.n, (a.state as any).double], [2, 4])
    await rejects(
      a.edit(d => void (d.n = 100)),
      'invalid',
    )
    assert.equal(Object.keys(await raw(adapter, 'a')).sort(), [
      '_id',
      'createdAt',
      'n',
      'updatedAt',
    ])
    // A schema that knows no stamps, and strips them.
    const plain = createCollection('docs', {
      adapter,
      schema: z.object({ _id: z.string(), n: z.number() }),
      timestamps: true,
    })
    await plain.insert({ _id: 'b', n: 1 })
    assert.ok((await raw(adapter, 'b')).updatedAt instanceof Date)
  })

  test.run()
}
