import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection, createStore, transaction } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { rejects } from '../collection/people.ts'

const test = suite('options that nobody knows, and values of another type')

const refuses = async (act: () => unknown, what: string): Promise<void> => {
  try {
    await act()
  } catch (error) {
    assert.ok(code('bad-argument')(error), what)
    return
  }
  assert.unreachable(what)
}

test('find, on every adapter alike', async () => {
  const path = mkdtempSync(join('build', 'options-'))
  for (const adapter of [memoryAdapter(), lmdbAdapter({ path })]) {
    const c = createCollection<any>('c', { adapter })
    await c.insert({ _id: 1, n: 1 })
    const options: any[] = [
      { projection: { n: 1 } },
      { colation: {} },
      { limt: 1 },
      { limit: '2' },
      { limit: -1 },
      { limit: 1.5 },
      { limit: NaN },
      { skip: -1 },
      { skip: null },
      { sort: 'n' },
      { sort: { n: 'asc' } },
      { sort: [['n', 1]] },
      { timeoutMS: '1' },
      null,
      5,
    ]
    for (const option of options) {
      await refuses(() => c.find({}, option).toArray(), JSON.stringify(option))
      if (option !== null && !('limit' in Object(option)))
        await refuses(() => c.findOne({}, option), JSON.stringify(option))
    }
    const filters: any[] = [
      5,
      null,
      [],
      'x',
      new Map(),
      { n: undefined },
      { $and: [{ n: { $in: [undefined] } }] },
    ]
    let deep: any = { n: 1 }
    for (let level = 0; level < 20_000; level++) deep = { $and: [deep] }
    const cyclic: any = {}
    cyclic.a = cyclic
    filters.push(deep, cyclic, { n: deep }, { n: Symbol('x') }, { n: () => 1 }, { n: new Map() })
    filters.push({ n: { $in: [new Set()] } }, { n: { $gt: new Date(NaN) } })
    for (const filter of filters) {
      await refuses(() => c.find(filter).toArray(), 'find')
      await refuses(() => c.count(filter), 'count')
    }
    await refuses(() => c.count({}, { limit: 1 } as any), 'count')
    await refuses(() => c.get(1, { projection: {} } as any), 'get')
    await refuses(() => c.find().toArray({ limit: 1 } as any), 'toArray')
    await refuses(() => c.close({ force: true } as any), 'close')
    assert.is(
      (
        await c
          .find({}, { limit: Infinity, skip: 0, sort: {}, projection: undefined } as any)
          .toArray()
      ).length,
      1,
    )
    await adapter.close()
  }
  rmSync(path, { recursive: true })
})

test('collections, stores, edits and adapters refuse options they do not know', async () => {
  const adapter = memoryAdapter()
  await refuses(() => createCollection('c', { adapter, timestmaps: true } as any), 'collection')
  await refuses(() => createStore({}, { histroy: false } as any), 'store')
  await refuses(() => createStore({}, { history: { max: 5 } } as any), 'history')
  const store = createStore({ n: 1 })
  await refuses(() => store.edit(d => void d.n++, { lable: 'x' } as any), 'edit')
  await refuses(() => store.patch({ n: 2 }, { timeoutMS: 5 } as any), 'patch')
  await refuses(() => store.begin().commit({ session: 1 } as any), 'commit')
  await refuses(() => store.undo({ resolv: 'ours' } as any), 'undo')
  await refuses(() => store.begin().rebase({ x: 1 } as any), 'rebase')
  await refuses(() => store.subscribe(() => {}, { feilds: ['n'] } as any), 'subscribe')
  await refuses(
    () =>
      store.select(
        s => s.n,
        () => {},
        { equal: Object.is } as any,
      ),
    'select',
  )
  await refuses(() => store.on('change', () => {}, { once: true } as any), 'on')
  await refuses(() => store.events({ max: 1 } as any), 'events')
  assert.equal(store.state, { n: 1 })
  const doc = await createCollection<any>('c', { adapter }).insert({ _id: 1, n: 1 })
  for (const options of [{ optimstic: true }, { origin: 'remote' }, { timeoutMS: -1 }]) {
    await rejects(
      doc.edit((d: any) => void d.n++, options),
      'bad-argument',
    )
    await rejects(doc.apply([{ op: 'replace', path: ['n'], value: 5 }], options), 'bad-argument')
  }
  assert.equal([doc.state.n, doc.version], [1, 1])
  await rejects(
    transaction(() => {}, { retries: 5 } as any),
    'bad-argument',
  )
  await rejects(
    transaction(tx => tx.read(doc, { chek: 'snapshot' } as any)),
    'bad-argument',
  )
  await refuses(() => lmdbAdapter({ path: 'build/x', pth: 1 } as any), 'lmdb')
  await refuses(() => lmdbAdapter(null as any), 'lmdb')
})

test.run()
