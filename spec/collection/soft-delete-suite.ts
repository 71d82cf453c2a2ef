import { createCollection, transaction } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error), String(error)),
  )
}

/** Documents that are marked as deleted, on any adapter. */
export function softDeleteSuite(name: string, open: () => Adapter): void {
  const test = suite(`soft delete (${name})`)

  const raw = async (adapter: Adapter, id: unknown): Promise<any> =>
    (await adapter.load('docs', [id]))[0]?.doc

  for (const concurrency of ['version', 'fields', 'none'] as const) {
    test(`soft delete: left out of reads, and restored (${concurrency})`, async () => {
      const adapter = open()
      const options = { adapter, softDelete: true, concurrency } as const
      const [c, other] = [1, 2].map(() => createCollection<any>('docs', options))
      const docs = await c!.insertMany([1, 2, 3, 4, 5].map(n => ({ _id: n, n })))
      const [one, two, three] = docs
      const held = (await other!.get(1))!
      const heard: string[] = []
      one!.on('deleted', () => void heard.push('one'))
      assert.is(await one!.delete(), true)
      assert.equal([one!.status, heard, await one!.delete()], ['deleted', ['one'], false])
      assert.ok((await raw(adapter, 1)).deletedAt instanceof Date)
      await rejects(
        one!.edit(d => void d.n++),
        'missing',
      )
      await rejects(
        held.edit(d => void (d.n = 50)),
        'missing',
      )
      assert.is(held.status, 'deleted')
      assert.equal([await c!.get(1), await c!.delete(1)], [null, false])
      assert.is(await c!.delete(2), true)
      assert.is(two!.status, 'deleted')
      await transaction(tx => tx.delete(three!))
      assert.equal([three!.status, await c!.get(3)], ['deleted', null])
      assert.equal(await c!.getMany([1, 4]), [null, docs[3]])
      assert.equal([await c!.count(), await c!.count({ n: { $lte: 4 } })], [2, 1])
      assert.equal(
        (await c!.find({}, { sort: { _id: 1 } }).toArray()).map(({ id }) => id),
        [4, 5],
      )
      const { items } = await c!.find({}, { sort: { n: -1 } }).page({ size: 10 })
      assert.equal(
        items.map(({ id }) => id),
        [5, 4],
      )
      assert.is(await c!.find({ n: 1 }).count(), 0)
      const all = await c!.find({}, { withDeleted: true }).states().toArray()
      assert.is(all.length, 5)
      await rejects(c!.find({}, { withDeleted: true }).toArray(), 'bad-argument')
      await rejects(c!.insert({ _id: 1 }), 'duplicate')
      assert.is((await c!.editMany({}, d => void (d.n += 10))).done, 2)
      assert.is(await c!.deleteMany({ n: 14 }), 1)
      assert.is((await raw(adapter, 4)).n, 14)
      // Back again.
      const back = (await c!.restore(1))!
      assert.is(back, one)
      assert.equal([back.status, back.state], ['stored', { _id: 1, n: 1 }])
      await back.edit(d => void d.n++)
      assert.equal(await raw(adapter, 1), { _id: 1, n: 2 })
      assert.equal([await c!.restore(5), await c!.restore(99)], [docs[4], null])
      await c!.history.undo()
      assert.equal([three!.status, await c!.get(3)], ['stored', three])
      await three!.edit(d => void (d.n = 0))
      assert.equal(await raw(adapter, 3), { _id: 3, n: 0 })
      await rejects(c!.history.redo(), 'conflict')
      await three!.edit(d => void (d.n = 3))
      await c!.history.redo()
      assert.equal([three!.status, await c!.get(3)], ['deleted', null])
      await rejects(createCollection<any>('docs', { adapter }).restore(1), 'bad-argument')
    })
  }

  test('soft delete beside other writers, with all the rest', async () => {
    const adapter = open()
    const options = {
      adapter,
      softDelete: true,
      timestamps: true,
      computed: { x: ({ n }: any) => n },
    }
    const [c, other] = [1, 2].map(() => createCollection<any>('docs', options))
    const a = await c!.insert({ _id: 'a', n: 0 })
    const b = (await other!.get('a'))!
    const edits = Array.from({ length: 20 }, () =>
      b.edit(d => void d.n++).catch(error => error.code),
    )
    await Promise.all([...edits, a.delete()])
    assert.equal([a.status, await other!.get('a'), b.status], ['deleted', null, 'deleted'])
    const stored = await raw(adapter, 'a')
    assert.ok(stored.deletedAt >= stored.createdAt && stored.x === undefined)
    const done = (await Promise.all(edits)).filter(change => change !== 'missing').length
    assert.is(stored.n, done)
    await other!.restore('a')
    assert.equal(
      [b.status, b.state.n, b.state.x, b.state.deletedAt],
      ['stored', done, done, undefined],
    )
    assert.ok(b.state.updatedAt >= stored.deletedAt)
  })

  test.run()
}
