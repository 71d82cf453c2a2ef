// Transactions whose answers get lost, beside optimistic edits and other writers.
import { createCollection, transaction, type DocumentStore } from 'cowslip'
import { withFaults, type Adapter, type Fault } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { suite } from '../support/suite.ts'
import { rejects } from './people.ts'

const test = suite('transactions under faults')

const open = (adapter: Adapter, more = {}) =>
  createCollection<any>('accounts', { adapter, ...more })

/** An adapter whose first transactions meet these faults. */
function faulty(...faults: (Fault | null)[]): Adapter {
  return withFaults(memoryAdapter(), ({ method }) =>
    method === 'transaction' ? (faults.shift() ?? null) : null,
  )
}

test('a lost answer is settled: applied once, by one of its documents', async () => {
  for (const faults of [
    ['fail-after'],
    ['fail-before'],
    ['fail-before', 'fail-after'],
    ['twice'],
  ]) {
    const adapter = faulty(...(faults as Fault[]))
    const c = open(adapter)
    const [a, b] = [await c.insert({ _id: 'a', n: 10 }), await c.insert({ _id: 'b', n: 0 })]
    const gone = await c.insert({ _id: 'gone' })
    let runs = 0
    await transaction(tx => {
      runs++
      tx.edit(a, (d: any) => void (d.n -= 3))
      tx.edit(b, (d: any) => void (d.n += 3))
      tx.insert(c, { _id: `new${runs}` })
      tx.delete(gone)
    })
    assert.equal([a.state.n, b.state.n, a.version, gone.status, runs], [7, 3, 2, 'deleted', 1])
    assert.is(await c.count(), 3)
  }
})

test('a lost answer of deletes alone is settled too', async () => {
  for (const fault of ['fail-after', 'fail-before'] as const) {
    const c = open(faulty(fault))
    const doc = await c.insert({ _id: 'a' })
    await transaction(tx => void tx.delete(doc))
    assert.is(doc.status, 'deleted')
    assert.is(await c.count(), 0)
  }
})

test('where others were faster, the callback runs again', async () => {
  const inner = memoryAdapter()
  let before: (() => Promise<unknown>) | null = null
  const adapter = withFaults(inner, ({ method }) => {
    if (method !== 'transaction' || before === null) return null
    const act = before
    before = null
    void act()
    return 'fail-before'
  })
  const c = open(adapter)
  const a = await c.insert({ _id: 'a', n: 1 })
  const other: any = await open(inner).get('a')
  before = () => other.edit((d: any) => void (d.n *= 10))
  let runs = 0
  await transaction(tx => {
    runs++
    tx.edit(a, (d: any) => void d.n++)
  })
  assert.equal([a.state.n, runs], [11, 2])
})

test('an outcome that nobody can tell rejects with `unknown`', async () => {
  const adapter = withFaults(memoryAdapter(), ({ method }) =>
    method === 'transaction' ? 'fail-before' : null,
  )
  const a = await open(adapter).insert({ _id: 'a', n: 1 })
  await rejects(
    transaction(tx => void tx.edit(a, (d: any) => void d.n++), { timeoutMS: 60 }),
    'unknown',
  )
  await a.reload()
  assert.is(a.state.n, 1)
})

test('what it touches is settled first: an optimistic edit costs no clash', async () => {
  let sent = 0
  const adapter = withFaults(memoryAdapter(), ({ method }) => {
    if (method === 'transaction') sent++
    return null
  })
  const a = await open(adapter, { optimistic: true }).insert({ _id: 'a', n: 1 })
  void a.edit((d: any) => void d.n++)
  await transaction(tx => void tx.edit(a, (d: any) => void (d.n *= 10)))
  assert.equal([a.state.n, a.version, sent], [20, 3, 1])
})

test('what is inserted and edited in one transaction is one insert', async () => {
  const kinds: string[] = []
  const inner = memoryAdapter()
  const adapter = Object.create(inner, {
    transaction: {
      value: (commits: any, reads: any) => {
        kinds.push(...commits.map((c: any) => c.kind))
        return inner.transaction!(commits, reads)
      },
    },
  }) as Adapter
  const c = open(adapter)
  const made = await transaction(tx => {
    const doc = tx.insert(c, { _id: 'a', n: 1 })
    tx.edit(doc, (d: any) => void d.n++)
    tx.edit(doc, (d: any) => void (d.more = true))
    assert.is(tx.read(doc).n, 2)
    return doc
  })
  assert.equal([kinds, made.state, made.version], [['insert'], { _id: 'a', n: 2, more: true }, 1])
})

test('random transfers under faults: nothing is lost or made', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed)
    const adapter = withFaults(memoryAdapter(), ({ method, commits }) => {
      if (method !== 'transaction' && commits[0]?.kind !== 'update') return null
      return random.below(4) === 0
        ? random.pick(['fail-before', 'fail-after', 'twice', 'reorder'] as const)
        : null
    })
    const first = open(adapter)
    for (const _id of ['a', 'b', 'c']) await first.insert({ _id, n: 100, fees: 0 })
    const handles: Record<string, DocumentStore<any>>[] = []
    for (let i = 0; i < 3; i++) {
      const c = open(adapter, { optimistic: i === 0 })
      const found: Record<string, DocumentStore<any>> = {}
      for (const id of ['a', 'b', 'c']) found[id] = (await c.get(id)) as DocumentStore<any>
      handles.push(found)
    }
    let fees = 0
    const work = Array.from({ length: 24 }, async () => {
      const docs = random.pick(handles)
      const from = random.pick(['a', 'b', 'c'])
      const to = random.pick(['a', 'b', 'c'].filter(id => id !== from))
      if (random.below(3) === 0) {
        await docs[from]?.edit((d: any) => void d.fees++)
        fees++
        return
      }
      await transaction(tx => {
        if (tx.read(docs[from] as DocumentStore<any>).n < 5) return
        tx.edit(docs[from] as any, (d: any) => void (d.n -= 5))
        tx.edit(docs[to] as any, (d: any) => void (d.n += 5))
      })
    })
    await Promise.all(work)
    const all = await open(adapter).find().states().toArray()
    const sum = (key: string): number =>
      all.reduce((total: number, doc: any) => total + doc[key], 0)
    assert.equal([sum('n'), sum('fees')], [300, fees], `seed ${seed}`)
  }
})

test.run()
