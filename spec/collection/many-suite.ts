// Many documents at once, on any adapter: each has its own outcome.
import { createCollection, ManyError, type ManyProgress } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { rejects } from './people.ts'

const NUMBERS = (count: number) => Array.from({ length: count }, (_, i) => ({ _id: i, n: i % 10 }))

/** Runs the specs of many documents on one adapter. */
export function many(name: string, make: () => Adapter): void {
  const test = suite(`many documents on ${name}`)
  const open = (adapter = make(), options: object = {}) =>
    createCollection<any>('docs', { adapter, ...options })
  const statesOf = async (docs: ReturnType<typeof open>, filter = {}) =>
    docs
      .find(filter, { sort: { _id: 1 } })
      .states()
      .toArray()

  test('`insertMany` returns live documents in order, ids made where there are none', async () => {
    const docs = open()
    const made = await docs.insertMany([{ _id: 2, n: 1 }, { n: 2 }, { _id: 1, n: 3 }])
    assert.equal(
      made.map(({ state }) => state.n),
      [1, 2, 3],
    )
    assert.ok(made.every(({ status, version }) => status === 'stored' && version === 1))
    assert.is(await docs.get(2), made[0])
    await made[1]!.edit(draft => void draft.n++)
    assert.is((await docs.get(made[1]!.id))?.state.n, 3)
    assert.equal(await docs.insertMany([]), [])
  })

  test('of documents of which some cannot be inserted the others are, and each has its outcome', async () => {
    const docs = open()
    await docs.insert({ _id: 3, n: 0 })
    const error: any = await rejects(
      docs.insertMany([{ _id: 1 }, { _id: 3 }, { _id: 1, n: 5 }, { _id: 4 }]),
      'duplicate',
    )
    assert.instance(error, ManyError)
    const failed = error.outcomes.map(({ error: own }: any) => own?.code ?? null)
    assert.equal(failed.filter((code: unknown) => code === null).length, 2)
    assert.is(failed[1], 'duplicate')
    assert.equal(
      error.outcomes.map(({ id }: any) => id),
      [1, 3, 1, 4],
    )
    assert.is(error.cause.details.id, error.outcomes[failed.indexOf('duplicate')].id)
    assert.is(await docs.count(), 3)
  })

  test('what cannot be a document is refused before anything is sent', async () => {
    const docs = open()
    await rejects(docs.insertMany([{ _id: 1 }, { _id: 2, f: () => {} }]), 'unsupported-value')
    await rejects(docs.insertMany([{ _id: 1 }, 5 as never]), 'bad-argument')
    await rejects(docs.insertMany('x' as never), 'bad-argument')
    assert.is(await docs.count(), 0)
  })

  test('`getMany` keeps the order, with null for what is absent', async () => {
    const docs = open()
    await docs.insertMany(NUMBERS(5))
    const found = await docs.getMany([3, 9, 0, 3])
    assert.equal(
      found.map(document => document?.id ?? null),
      [3, null, 0, 3],
    )
    assert.is(found[0], found[3])
  })

  test('`editMany` edits what matches, tells how far it is, and changes nothing else', async () => {
    const docs = open()
    await docs.insertMany(NUMBERS(250))
    const held = (await docs.get(13))!
    const heard: unknown[] = []
    held.subscribe(change => heard.push(change.patches))
    const told: ManyProgress[] = []
    const result = await docs.editMany({ n: { $in: [3, 4] } }, draft => void (draft.n += 100), {
      concurrency: 20,
      onProgress: progress => told.push(progress),
    })
    assert.equal(result, { done: 50, changed: 50 })
    assert.is(held.state.n, 103)
    assert.is(heard.length, 1)
    assert.is(await docs.count({ n: { $gte: 100 } }), 50)
    assert.equal(
      told.map(({ done }) => done),
      [20, 40, 50],
    )
    assert.is(told[0]!.total, 50)
    assert.is(told.at(-1)!.after, null)
    const none = await docs.editMany({ n: 5 }, () => {})
    assert.equal(none, { done: 25, changed: 0 })
    await rejects(
      docs.editMany({ n: { $where: 1 } }, () => {}),
      'unsupported-query',
    )
  })

  test('`editMany` goes on behind the place where it was interrupted', async () => {
    const docs = open()
    await docs.insertMany(NUMBERS(100))
    const stopping = new AbortController()
    let after: string | null = null
    const bump = (draft: any): void => void (draft.n += 1_000)
    const first = docs.editMany({}, bump, {
      concurrency: 10,
      signal: stopping.signal,
      onProgress: progress => {
        ;({ after } = progress)
        if (progress.done === 40) stopping.abort(new Error('enough'))
      },
    })
    await first.then(
      () => assert.unreachable(),
      ({ message }) => assert.is(message, 'enough'),
    )
    assert.is(await docs.count({ n: { $gte: 1_000 } }), 40)
    const { done } = await docs.editMany({}, bump, { after })
    assert.is(done, 60)
    assert.is(await docs.count({ n: { $gte: 1_000, $lt: 2_000 } }), 100)
  })

  test('where documents fail, the others of the portion are written, and the error says which', async () => {
    const docs = open()
    await docs.insertMany(NUMBERS(30))
    const error: any = await docs
      .editMany(
        {},
        draft => {
          if (draft._id === 17) throw new Error('not this one')
          draft.n = -1
        },
        { concurrency: 10 },
      )
      .catch((reason: unknown) => reason)
    assert.instance(error, ManyError)
    assert.is(error.cause.message, 'not this one')
    assert.is(error.code, 'failed')
    assert.equal(
      error.outcomes.map(({ id }: any) => id),
      Array.from({ length: 10 }, (_, i) => 10 + i),
    )
    assert.equal(
      error.outcomes.filter((outcome: any) => 'error' in outcome).map(({ id }: any) => id),
      [17],
    )
    assert.is(error.progress.done, 10)
    assert.is(await docs.count({ n: -1 }), 19)
    const rest = await docs.editMany({ n: { $ne: -1 } }, draft => void (draft.n = -1), {
      after: error.progress.after,
    })
    assert.is(rest.done, 11)
  })

  test('a document is edited and deleted only in a state that matches', async () => {
    const adapter = make()
    const docs = open(adapter)
    const others = open(adapter)
    await docs.insertMany(NUMBERS(40))
    for (const document of await docs.find({}).toArray()) assert.ok(document)
    // Another writer changes some of them between the read and the write.
    let isOver = false
    const meddle = async (): Promise<void> => {
      for (let id = 0; id < 40; id += 4) {
        await (await others.get(id))!.edit(draft => void (draft.n = 500))
      }
      isOver = true
    }
    const meddling = meddle()
    const { changed } = await docs.editMany({ n: { $lt: 100 } }, draft => {
      draft.n += 1_000
    })
    await meddling
    assert.ok(isOver)
    const states: any[] = await statesOf(docs)
    for (const { _id, n } of states) {
      const expected = _id % 4 === 0 ? [500] : [1_000 + (_id % 10)]
      assert.ok(expected.includes(n), `${_id}: ${n}`)
    }
    assert.ok(changed >= 30)
    assert.is(await docs.deleteMany({ n: { $gte: 1_000 } }), 30)
    assert.is(await docs.count(), 10)
  })

  test('one that moves on between the read of a page and the write is left alone', async () => {
    const adapter = make()
    const others = open(adapter)
    await others.insertMany(NUMBERS(20))
    const page = adapter.page!.bind(adapter)
    const moved = new Set<unknown>()
    adapter.page = async (...call) => {
      const read = await page(...call)
      for (const { doc } of read.items) {
        const { _id } = doc as { _id: number }
        if (_id % 5 > 0 || moved.has(_id)) continue
        moved.add(_id)
        await (await others.get(_id))!.edit(draft => void (draft.n = 500))
      }
      return read
    }
    const docs = open(adapter)
    const edited = await docs.editMany({ n: { $lt: 100 } }, draft => void (draft.seen = true))
    assert.equal(edited, { done: 16, changed: 16 })
    assert.is(await docs.count({ n: 500, seen: { $exists: false } }), 4)
    moved.clear()
    assert.is(await docs.deleteMany({ n: { $lte: 500 }, seen: { $exists: false } }), 4)
    for (const id of [1, 6]) await (await others.get(id))!.edit(draft => void (draft.n = 0))
    moved.clear()
    await others.insertMany([100, 105].map(_id => ({ _id, n: 1 })))
    assert.is(await docs.deleteMany({ n: { $lt: 100 } }), 16)
    assert.is(await docs.count({ n: 500 }), 2)
  })

  test('`deleteMany` deletes what matches, live documents too, and says how many', async () => {
    const docs = open()
    await docs.insertMany(NUMBERS(230))
    const held = (await docs.get(7))!
    const heard: string[] = []
    held.on('deleted', ({ type }) => heard.push(type))
    assert.is(await docs.deleteMany({ n: { $gte: 5 } }, { concurrency: 50 }), 115)
    assert.is(held.status, 'deleted')
    assert.equal(heard, ['deleted'])
    assert.is(await docs.count(), 115)
    assert.is(await docs.deleteMany({ n: { $gte: 5 } }), 0)
    await rejects(docs.deleteMany({}, { concurrency: 0 }), 'bad-argument')
    assert.is(await docs.deleteMany({}), 115)
  })

  test.run()
}
