import { createCollection, transaction, type TransactionEvent } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error), String(error)),
  )
}

/** What a transaction tells as a whole, and its undo as one step, on any adapter. */
export function unitsSuite(name: string, open: () => Adapter): void {
  const test = suite(`units of work (${name})`)

  /** Five documents in two collections; `others` are the same as another writer holds them. */
  const five = async () => {
    const adapter = open()
    const accounts = createCollection<any>('accounts', { adapter })
    const orders = createCollection<any>('orders', { adapter })
    const a = await accounts.insert({ _id: 'a', sum: 10, tags: ['x'] })
    const b = await accounts.insert({ _id: 'b', sum: 0, tags: [] })
    const c = await orders.insert({ _id: 'c', lines: [{ _id: 1, n: 1 }] })
    const gone = await orders.insert({ _id: 'gone', n: 1 })
    const others = createCollection<any>('accounts', { adapter })
    const otherOrders = createCollection<any>('orders', { adapter })
    const move = () =>
      transaction(
        tx => {
          tx.edit(a, d => void (d.sum -= 3))
          tx.edit(b, d => void (d.sum += 3))
          tx.edit(c, d => void d.lines.push({ _id: 2, n: 2 }))
          tx.delete(gone)
          return tx.insert(orders, { _id: 'made', of: 'a' })
        },
        { label: 'move', meta: 7 },
      )
    const stored = async () => {
      const all = await Promise.all([
        others
          .find({}, { sort: { _id: 1 } })
          .states()
          .toArray(),
        otherOrders
          .find({}, { sort: { _id: 1 } })
          .states()
          .toArray(),
      ])
      return all.flat()
    }
    return { adapter, accounts, orders, a, b, c, gone, others, otherOrders, move, stored }
  }

  test('tells of the whole once, after its documents, on each collection', async () => {
    const { accounts, orders, a, gone, move, others } = await five()
    const heard: unknown[] = []
    const events: TransactionEvent[] = []
    a.on('change', e => heard.push(['change', e.change.label, e.change.meta]))
    gone.on('deleted', () => heard.push('deleted'))
    accounts.on('transaction', e => (events.push(e), heard.push('accounts')))
    const stop = orders.on('transaction', e => void heard.push(['orders', e.parts.length]))
    others.on('transaction', () => heard.push('others'))
    const made = await move()
    assert.equal(heard, [['change', 'move', 7], 'deleted', 'accounts', ['orders', 5]])
    const [event] = events
    assert.equal(
      [event!.type, event!.origin, event!.label, event!.meta],
      ['transaction', 'local', 'move', 7],
    )
    assert.equal(
      event!.parts.map(({ collection, id, kind }) => [collection, id, kind]),
      [
        ['accounts', 'a', 'update'],
        ['accounts', 'b', 'update'],
        ['orders', 'c', 'update'],
        ['orders', 'gone', 'delete'],
        ['orders', 'made', 'insert'],
      ],
    )
    assert.equal(event!.parts[0]!.change!.touched, ['sum'])
    assert.is(event!.parts[0]!.state, a.state)
    assert.equal([event!.parts[3]!.state, event!.parts[4]!.state], [null, made.state])
    assert.ok(Object.isFrozen(event) && Object.isFrozen(event!.parts))
    stop()
    heard.length = 0
    await transaction(tx => void tx.read(a))
    assert.equal(heard, [])
    await rejects(
      transaction(tx => (tx.edit(a, d => void d.sum++), tx.insert(orders, { _id: 'c' }))),
      'duplicate',
    )
    assert.equal(heard, [])
    await transaction(tx => void tx.edit(a, d => void d.sum++))
    assert.equal(heard, [['change', undefined, undefined], 'accounts'])
    assert.throws(() => accounts.on('x' as never, () => {}), code('bad-argument'))
    await rejects(
      transaction(() => {}, { label: 5 as never }),
      'bad-argument',
    )
  })

  test('undo of the whole is one step, and redo another', async () => {
    const { accounts, orders, a, gone, move, stored } = await five()
    const before = await stored()
    const made = await move()
    const after = await stored()
    assert.equal([accounts.history.canUndo, accounts.history.canRedo], [true, false])
    const [entry] = accounts.history.past
    assert.equal([entry!.label, entry!.documents.length], ['move', 5])
    assert.equal(orders.history.past, [entry])
    const heard: unknown[] = []
    a.on('change', e => heard.push(e.change.origin))
    orders.on('transaction', e => heard.push([e.origin, e.parts.length]))
    const undone = await accounts.history.undo()
    assert.equal([undone!.origin, undone!.label], ['undo', 'move'])
    assert.equal(await stored(), before)
    assert.equal(
      [made.status, gone.status, gone.state],
      ['deleted', 'stored', { _id: 'gone', n: 1 }],
    )
    assert.is(await orders.get('gone'), gone)
    assert.equal(orders.history.past, [])
    assert.equal(orders.history.future, [entry])
    assert.is(await accounts.history.undo(), null)
    await orders.history.redo()
    assert.equal(await stored(), after)
    assert.equal([made.status, gone.status], ['stored', 'deleted'])
    await orders.history.undo()
    assert.equal(await stored(), before)
    assert.equal(heard, ['undo', ['undo', 5], 'redo', ['redo', 5], 'undo', ['undo', 5]])
    // Something new takes the redo away.
    await transaction(tx => void tx.edit(a, d => void d.sum++))
    assert.equal([accounts.history.canRedo, orders.history.canRedo], [false, false])
  })

  test('others’ edits, and own later ones, stay', async () => {
    const { accounts, a, b, c, others, move, stored } = await five()
    await move()
    await (await others.get('a'))!.edit(d => void (d.name = 'Ada'))
    await c.edit(d => void (d.lines[1].n = 5))
    await c.edit(d => void d.lines.unshift({ _id: 0, n: 0 }))
    await b.edit(d => void d.tags.push('later'))
    await accounts.history.undo({ resolve: 'ours' })
    assert.equal(await stored(), [
      { _id: 'a', sum: 10, tags: ['x'], name: 'Ada' },
      { _id: 'b', sum: 0, tags: ['later'] },
      {
        _id: 'c',
        lines: [
          { _id: 0, n: 0 },
          { _id: 1, n: 1 },
        ],
      },
      { _id: 'gone', n: 1 },
    ])
    // The later edits are steps of their documents still.
    await b.undo()
    assert.equal(b.state, { _id: 'b', sum: 0, tags: [] })
    assert.is(b.canUndo, false)
    assert.equal(a.history.past, [])
  })

  test('a clash refuses the whole, and changes nothing', async () => {
    for (const clash of ['field', 'made', 'remade', 'missing'] as const) {
      const { accounts, orders, a, others, otherOrders, move, stored } = await five()
      await move()
      if (clash === 'field') await (await others.get('a'))!.edit(d => void (d.sum = 100))
      if (clash === 'made') await (await otherOrders.get('made'))!.edit(d => void (d.n = 1))
      if (clash === 'remade') await otherOrders.insert({ _id: 'gone', n: 2 })
      if (clash === 'missing') await otherOrders.delete('c')
      const there = await stored()
      await rejects(accounts.history.undo(), 'conflict')
      assert.equal(await stored(), there, clash)
      assert.equal([accounts.history.canUndo, orders.history.past.length], [true, 1], clash)
      if (clash !== 'field') continue
      await accounts.history.undo({ resolve: 'theirs' })
      assert.is(a.state.sum, 100)
      assert.equal((await stored()).length, 4)
    }
  })

  test('what a document undid by itself is left alone', async () => {
    const { accounts, a, b, move, stored } = await five()
    await move()
    await a.undo()
    assert.equal([a.state.sum, b.state.sum], [10, 3])
    await accounts.history.undo()
    assert.equal([a.state.sum, b.state.sum, (await stored()).length], [10, 0, 4])
    await accounts.history.redo()
    assert.equal([a.state.sum, b.state.sum], [7, 3])
    // A document that no longer knows its step: the whole cannot be undone.
    a.history.clear()
    assert.equal([accounts.history.canUndo, await accounts.history.undo()], [false, null])
  })

  test('undo beside a hundred edits of others: the sum stays', async () => {
    const { accounts, a, b, others, stored } = await five()
    const [a2, b2] = [(await others.get('a'))!, (await others.get('b'))!]
    await transaction(
      tx => (tx.edit(a, d => void d.tags.push('m')), tx.edit(b, d => void d.tags.push('m'))),
    )
    const edits = Array.from({ length: 50 }, (_, i) =>
      transaction(tx => {
        tx.edit(i % 2 === 0 ? a2 : b2, d => void d.sum--)
        tx.edit(i % 2 === 0 ? b2 : a2, d => void d.sum++)
      }),
    )
    await Promise.all([...edits, accounts.history.undo()])
    assert.equal((await stored()).slice(0, 2), [
      { _id: 'a', sum: 10, tags: ['x'] },
      { _id: 'b', sum: 0, tags: [] },
    ])
  })

  test('limits: as many steps as the history has', async () => {
    const adapter = open()
    const few = createCollection<any>('few', { adapter, history: { limit: 2 } })
    const none = createCollection<any>('none', { adapter, history: false })
    const [a, b] = [await few.insert({ _id: 1, n: 0 }), await none.insert({ _id: 1, n: 0 })]
    for (let i = 0; i < 4; i++) {
      await transaction(tx => (tx.edit(a, d => void d.n++), tx.edit(b, d => void d.n++)))
    }
    assert.equal([few.history.past, none.history.past], [[], []])
    for (let i = 0; i < 4; i++) await transaction(tx => void tx.edit(a, d => void d.n++))
    assert.is(few.history.past.length, 2)
    await few.history.undo()
    await few.history.undo()
    assert.equal([a.state.n, await few.history.undo()], [6, null])
    few.history.clear()
    assert.equal([few.history.future, a.canRedo], [[], true])
    await rejects(few.history.undo({ x: 1 } as never), 'bad-argument')
  })

  test.run()
}
