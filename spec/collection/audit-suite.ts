import { createCollection, transaction, type AuditEntry, type CollectionOptions } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error), String(error)),
  )
}

/** Checks that a trail is gapless: every change leads from one state to the next. Returns its last state. */
export function checkTrail(trail: readonly AuditEntry<any>[]): unknown {
  let state: any = {}
  for (const { kind, change, state: next } of trail) {
    assert.is(change === null, kind === 'delete')
    if (change !== null) {
      for (const [key, value] of Object.entries(change.originals)) assert.equal(state[key], value)
      for (const [key, value] of Object.entries(change.changes)) assert.equal(next![key], value)
      for (const key of change.removed) assert.not(Object.hasOwn(next as object, key))
    }
    state = next ?? {}
  }
  return trail.at(-1)?.state ?? null
}

/** What an audit keeps, on any adapter. */
export function auditSuite(name: string, open: () => Adapter, edits: number = 250): void {
  const test = suite(`audit (${name})`)

  const make = (adapter: Adapter, who: unknown = 'me', more: Partial<CollectionOptions> = {}) =>
    createCollection<any>('docs', { adapter, audit: { who }, ...more })
  const raw = async (adapter: Adapter, id: unknown) =>
    (await adapter.load('docs', [id]))[0]?.doc ?? null

  test('every change is kept, with its time and who made it', async () => {
    const adapter = open()
    let user = 'ada'
    const c = make(adapter, () => user)
    const before = Date.now()
    const a = await c.insert({ _id: 'a', n: 1, tags: ['x'], 'a.b': 1 }, { label: 'new' })
    user = 'grace'
    const change = (await a.edit(d => void (d.n++, d.tags.push('y')), {
      label: 'more',
      meta: { ip: 1 },
    }))!
    await a.patch({ when: new Date(5), 'a.b': undefined })
    await a.undo()
    user = 'linus'
    assert.is(await a.delete(), true)
    await c.insert({ _id: 'a', again: true })
    const trail = await c.historyOf('a')
    assert.equal(
      trail.map(({ kind, who, version, label, change }) => [
        kind,
        who,
        version,
        label,
        change?.touched,
      ]),
      [
        ['insert', 'ada', 1, 'new', ['_id', 'n', 'tags', 'a.b']],
        ['update', 'grace', 2, 'more', ['n', 'tags']],
        ['update', 'grace', 3, undefined, ['when', 'a.b']],
        ['update', 'grace', 4, undefined, ['when', 'a.b']],
        ['delete', 'linus', 0, undefined, undefined],
        ['insert', 'linus', 1, undefined, ['_id', 'again']],
      ],
    )
    const [, second] = trail
    assert.equal([second!.id, second!.meta], [change.id, { ip: 1 }])
    assert.equal(second!.change!.toJSONPatch(), change.toJSONPatch())
    assert.equal(second!.change!.inverse, change.inverse)
    assert.ok(trail.every(({ at }) => at instanceof Date && at.getTime() >= before))
    assert.equal(checkTrail(trail), { _id: 'a', again: true })
    assert.equal(await c.historyOf('nobody'), [])
    assert.ok(Object.isFrozen(second!.state) && Object.isFrozen(second))
  })

  test('asOf shows the document at a time', async () => {
    const adapter = open()
    const c = make(adapter)
    const times: [number, unknown][] = []
    const note = async (state: unknown) => {
      times.push([Date.now(), state])
      await new Promise(resolve => setTimeout(resolve, 4))
    }
    await note(null)
    const a = await c.insert({ _id: 1, n: 0 })
    for (let n = 1; n <= 3; n++) {
      await note(a.state)
      await a.edit(d => void (d.n = n))
    }
    await note(a.state)
    await c.delete(1)
    await note(null)
    for (const [time, state] of times) assert.equal(await c.asOf(1, time), state)
    assert.equal(await c.asOf(1, new Date(times[1]![0])), { _id: 1, n: 0 })
    await rejects(c.asOf(1, 'soon' as never), 'bad-argument')
    await rejects(createCollection<any>('plain', { adapter }).historyOf(1), 'bad-argument')
  })

  test('edits that are one update are kept one by one', async () => {
    const adapter = open()
    let user = 0
    const c = make(adapter, () => user, { timestamps: true })
    const a = await c.insert({ _id: 'a', n: 0, log: [] })
    const edits = Array.from({ length: 30 }, (_, i) => {
      user = i
      return a.edit(d => void (d.n++, d.log.push(i)))
    })
    user = 99
    await Promise.all(edits)
    const trail = await c.historyOf('a')
    assert.equal(
      trail.slice(1).map(({ who }) => who),
      Array.from({ length: 30 }, (_, i) => i),
    )
    assert.ok(a.version < 31)
    assert.equal(checkTrail(trail), await raw(adapter, 'a'))
    assert.equal(trail.at(-1)!.state!.updatedAt, a.state.updatedAt)
  })

  test('many documents at once, clashes, refusals and transactions', async () => {
    const adapter = open()
    const [c, other] = [make(adapter, 'one'), make(adapter, 'two')]
    const docs = await c.insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id, n: 0 })))
    const theirs = (await other.getMany(docs.map(({ id }) => id))) as typeof docs
    await Promise.all(
      docs.flatMap((doc, i) => [
        doc.edit(d => void d.n++),
        theirs[i]!.edit(d => void d.n++),
        doc.edit(d => void d.n++),
      ]),
    )
    for (const { id } of docs) {
      const trail = await c.historyOf(id)
      const stored: any = await raw(adapter, id)
      assert.equal([checkTrail(trail), stored.n], [stored, 3])
      assert.is(trail.length, 4)
    }
    await rejects(c.insert({ _id: 3, n: 9 }), 'duplicate')
    assert.is((await c.historyOf(3)).length, 4)
    await c.editMany({ _id: { $lt: 5 } }, d => void (d.n = 10))
    assert.is(await c.deleteMany({ _id: { $lt: 3 } }), 3)
    const [, , , d3, d4] = docs
    await d3!.reload()
    await transaction(
      tx => {
        tx.edit(d3!, d => void d.n++)
        tx.delete(d4!)
        tx.insert(c, { _id: 'new' })
      },
      { label: 'all' },
    )
    await c.history.undo()
    for (const id of [0, 3, 4, 'new']) {
      const trail = await c.historyOf(id)
      assert.equal(checkTrail(trail), await raw(adapter, id))
    }
    assert.equal(
      (await c.historyOf('new')).map(({ kind, label, who }) => [kind, label, who]),
      [
        ['insert', 'all', 'one'],
        ['delete', 'all', 'one'],
      ],
    )
    const failing = transaction(tx => {
      tx.edit(d3!, d => void (d.n = 0))
      tx.insert(c, { _id: 3 })
    })
    await rejects(failing, 'bad-argument')
    const before = (await c.historyOf(3)).length
    await rejects(
      transaction(tx => {
        tx.edit(d3!, d => void (d.n = 0))
        tx.insert(c, { _id: 7 })
      }),
      'duplicate',
    )
    assert.is((await c.historyOf(3)).length, before)
  })

  test('what others wrote, before and between', async () => {
    const adapter = open()
    const plain = createCollection<any>('docs', { adapter })
    await plain.insert({ _id: 'a', n: 1 })
    const c = make(adapter)
    const a = (await c.get('a'))!
    await a.edit(d => void d.n++)
    await (await plain.get('a'))!.edit(d => void (d.other = 1))
    await a.edit(d => void d.n++)
    const trail = await c.historyOf('a')
    assert.equal(
      trail.map(({ kind, who, change }) => [kind, who, change!.touched]),
      [
        ['insert', null, ['_id', 'n']],
        ['update', 'me', ['n']],
        ['update', null, ['other']],
        ['update', 'me', ['n']],
      ],
    )
    assert.equal(checkTrail(trail), await raw(adapter, 'a'))
    await plain.insert({ _id: 'b' })
    await c.delete('b')
    assert.equal(
      (await c.historyOf('b')).map(({ kind }) => kind),
      ['insert', 'delete'],
    )
  })

  test('soft deletes, migrations and stamps are kept too', async () => {
    const adapter = open()
    const plain = createCollection<any>('docs', { adapter })
    await plain.insertMany([
      { _id: 1, name: 'x' },
      { _id: 2, name: 'y' },
    ])
    const c = make(adapter, 'me', {
      softDelete: true,
      timestamps: true,
      computed: { big: ({ title }: any) => title?.toUpperCase() },
      versions: [({ name: title, ...rest }) => ({ ...rest, title })],
    })
    const one = (await c.get(1))!
    await one.edit(d => void (d.more = 1))
    await one.delete()
    await c.restore(1)
    await c.delete(1)
    await c.migrate()
    for (const id of [1, 2]) {
      const trail = await c.historyOf(id)
      assert.equal(checkTrail(trail), await raw(adapter, id))
      assert.not(trail.some(({ state }) => Object.hasOwn(state ?? {}, 'big')))
    }
    assert.is((await c.historyOf(1)).length, 5)
  })

  test(`a trail rebuilds its document after ${edits} random edits`, async () => {
    const adapter = open()
    const random = new Random(7)
    const [c, other] = [make(adapter, 'one'), make(adapter, 'two')]
    const ids = [0, 1, 2]
    await c.insertMany(ids.map(_id => ({ _id, list: [], map: {} })))
    for (let i = 0; i < edits; i++) {
      const from = random.pick([c, other])
      const id = random.pick(ids)
      const document = (await from.get(id)) ?? (await from.insert({ _id: id, list: [], map: {} }))
      const kind = random.below(10)
      if (kind === 0) await document.delete()
      else if (kind === 1) await document.undo().catch(() => {})
      else {
        await document.edit(d => {
          const { list, map } = d
          if (kind < 4)
            list.splice(random.below(list.length + 1), random.below(2), { v: random.below(9) })
          else if (kind < 6) list.sort((a: any, b: any) => a.v - b.v)
          else if (kind < 7 && list.length > 0) list[random.below(list.length)].v++
          else if (kind < 8) map[`k.${random.below(4)}`] = new Date(random.below(1_000))
          else delete map[`k.${random.below(4)}`]
        })
      }
    }
    for (const id of ids) {
      assert.equal(checkTrail(await c.historyOf(id)), await raw(adapter, id))
    }
  })

  test('what is refused', async () => {
    const adapter = open()
    const bad =
      (audit: unknown, more = {}) =>
      () =>
        createCollection('x', { adapter, audit: audit as never, ...more })
    assert.throws(bad(true), code('bad-argument'))
    assert.throws(bad({ whom: 1 }), code('bad-argument'))
    assert.throws(bad({}, { concurrency: 'fields' }), code('bad-argument'))
    const mine = new Error('mine')
    const c = make(adapter, () => {
      throw mine
    })
    const error = await c.insert({ _id: 'a' }).catch(caught => caught)
    assert.is(error, mine)
    assert.is(await raw(adapter, 'a'), null)
    const nobody = make(adapter, null)
    await nobody.insert({ _id: 'b' })
    assert.is((await nobody.historyOf('b'))[0]!.who, null)
    await nobody.syncIndexes()
  })

  test.run()
}
