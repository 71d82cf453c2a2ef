// Reading on any adapter: some fields as snapshots, several documents by id.
import { createCollection } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { rejects } from './people.ts'

const ADA = {
  _id: 'ada',
  name: 'Ada',
  n: 1,
  at: { city: 'London', zip: 'E1', geo: { x: 1, y: 2 } },
  items: [{ sku: 'a', qty: 1, tags: ['x'] }, 5, { sku: 'b', qty: 2 }, [{ sku: 'c', qty: 3 }]],
}

/** Runs the specs of reading on one adapter. */
export function reading(name: string, make: () => Adapter): void {
  const test = suite(`reading on ${name}`)
  const open = (adapter = make()) => createCollection<any>('docs', { adapter })

  test('some fields are read as frozen snapshots, with `_id`', async () => {
    const docs = open()
    await docs.insert(ADA)
    await docs.insert({ _id: 'bob', name: 'Bob', at: null, items: 'none' })
    const fields = ['at.city', 'items.qty', 'n', 'absent.deep', 'at.geo', 'at.geo.x']
    const found: any[] = await docs
      .find({}, { fields, sort: { _id: 1 } })
      .states()
      .toArray()
    assert.equal(found, [
      {
        _id: 'ada',
        n: 1,
        at: { city: 'London', geo: { x: 1, y: 2 } },
        items: [{ qty: 1 }, { qty: 2 }, [{ qty: 3 }]],
      },
      { _id: 'bob' },
    ])
    assert.ok(Object.isFrozen(found[0].at))
    const one: any = await docs.get('ada', { state: true, fields: ['name'] })
    assert.equal(one, { _id: 'ada', name: 'Ada' })
    for await (const state of docs.find({ _id: 'ada' }, { fields: ['n'] }).states()) {
      assert.equal(state, { _id: 'ada', n: 1 })
    }
    assert.equal(await docs.get('ada', { state: true }), ADA)
    assert.is(await docs.get('nobody', { state: true, fields: ['n'] }), null)
    // Nothing became live, and nothing live was cut.
    const live = (await docs.get('ada'))!
    await docs
      .find({}, { fields: ['n'] })
      .states()
      .toArray()
    assert.equal(live.state, ADA)
  })

  test('live documents are whole: `fields` goes with snapshots only', async () => {
    const docs = open()
    await docs.insert(ADA)
    const cursor: any = docs.find({}, { fields: ['n'] })
    await rejects(cursor.toArray(), 'bad-argument')
    await rejects(cursor[Symbol.asyncIterator]().next(), 'bad-argument')
    await rejects(docs.findOne({}, { fields: ['n'] } as never), 'bad-argument')
    await rejects(docs.get('ada', { fields: ['n'] } as never), 'bad-argument')
    await rejects(docs.get('ada', { state: 1 } as never), 'bad-argument')
    for (const fields of ['n', [5], [''], ['$n'], ['a.$'], ['a..b'], ['a.'], [null], {}]) {
      assert.throws(() => docs.find({}, { fields } as never), code('bad-argument'))
    }
  })

  test('`getMany`: live documents in the order of the ids, null for what is absent', async () => {
    const adapter = make()
    const [docs, others] = [open(adapter), open(adapter)]
    for (let _id = 0; _id < 5; _id++) await docs.insert({ _id, n: 0 })
    const held = (await docs.get(3))!
    const remote = (await others.get(3))!
    await remote.edit((d: any) => void d.n++)
    await others.delete(1)
    const gone = (await docs.get(1)) ?? null
    const found = await docs.getMany([4, 3, 9, 3, 1, 0n])
    assert.equal(
      found.map(doc => doc && [Number(doc.id), doc.state.n]),
      [[4, 0], [3, 1], null, [3, 1], null, [0, 0]],
    )
    assert.is(found[1], held)
    assert.is(found[3], held)
    assert.is(gone, null)
    assert.is(await docs.get(4), found[0])
    assert.equal(await docs.getMany([]), [])
    await rejects(docs.getMany('ab' as never), 'bad-argument')
    await rejects(docs.getMany([undefined]), 'bad-argument')
    // A read that was sent before an acknowledged write does not take it back.
    const [[again]] = await Promise.all([docs.getMany([3]), held.edit((d: any) => void d.n++)])
    assert.equal([again, held.state.n], [held, 2])
  })

  test.run()
}
