// Tests of the contract: pages, explained queries and indexes, for adapters that have them.
import type { Dictionary } from '../../document/containers.ts'
import type { Query } from '../contract-queries.ts'
import { committed, expect, refused, type Bench, type Tests } from './bench.ts'

const UNIQUE = { fields: { email: 1 }, unique: true } as const

/** Inserts people of whom some are of one age, and some have none. */
async function fill(bench: Bench): Promise<void> {
  for (let n = 0; n < 12; n++) {
    await bench.insert({ _id: `p${n}`, email: `e${n}`, ...(n % 4 > 0 && { age: n % 4 }) })
  }
}

/** Tests of pages and indexes. */
export const INDEXES: Tests = {
  async 'pages follow one another in the order of the query'(bench) {
    const { adapter } = bench
    if (adapter.page === undefined) return
    await fill(bench)
    const queries: Query[] = [
      {},
      { sort: { age: -1 } },
      { filter: { age: { $gte: 2 } }, sort: { age: 1 } },
    ]
    for (const query of queries) {
      const whole = await adapter.page('people', query, { size: 100 })
      expect(whole.next === null, 'null behind the last page', whole.next)
      const seen: unknown[] = []
      let after: string | null | undefined
      while (after !== null) {
        const asked = { size: 5, ...(after !== undefined && { after }) }
        const page = await adapter.page('people', query, asked)
        expect(page.items.length <= 5, 'at most five', page.items.length)
        seen.push(...page.items.map(({ doc }) => (doc as Dictionary)._id))
        after = page.next
      }
      const expected = whole.items.map(({ doc }) => (doc as Dictionary)._id)
      expect(String(seen) === String(expected), `pages of ${String(expected)}`, seen)
    }
  },

  async 'a place of another order is refused'(bench) {
    const { adapter } = bench
    if (adapter.page === undefined) return
    await fill(bench)
    const { next } = await adapter.page('people', { sort: { age: 1 } }, { size: 2 })
    const after = next as string
    await refused(
      async () => adapter.page?.('people', { sort: { email: 1 } }, { size: 2, after }),
      'bad-argument',
    )
    await refused(async () => adapter.page?.('people', {}, { size: 2, after: 'x' }), 'bad-argument')
  },

  async 'indexes are made and dropped, and change no answer'(bench) {
    const { adapter } = bench
    if (adapter.syncIndexes === undefined) return
    await fill(bench)
    const query: Query = { filter: { age: { $in: [1, 3] } }, sort: { age: 1, _id: 1 } }
    const before = await bench.find(query)
    const byAge = { fields: { age: 1 } } as const
    const { made } = await adapter.syncIndexes('people', { indexes: [byAge, UNIQUE] })
    expect(String(made) === 'age_1,email_1', 'both made', made)
    const after = await bench.find(query)
    expect(JSON.stringify(after) === JSON.stringify(before), 'the same documents', after)
    const plan = await adapter.explainQuery?.('people', { filter: { email: 'e3' } })
    const isUsed = plan === undefined || (plan.index === 'email_1' && plan.documents === 1)
    expect(isUsed, 'the index to be used', plan)
    const { dropped, same } = await adapter.syncIndexes('people', { indexes: [byAge] })
    expect(String([...dropped, ...same]) === 'email_1,age_1', 'one dropped', [dropped, same])
  },

  async 'a unique value is taken once'(bench) {
    const { adapter } = bench
    if (adapter.syncIndexes === undefined) return
    adapter.open?.('people', { leaves: [], indexes: [UNIQUE] })
    await adapter.syncIndexes('people', { indexes: [UNIQUE] })
    const first = { _id: 1, email: 'a' }
    const guard = committed(await bench.insert(first), 1)
    const isTaken = async (result: ReturnType<Bench['insert']>): Promise<void> => {
      const { status, code, fields } = (await result) as Dictionary
      const isDuplicate = status === 'rejected' && code === 'duplicate'
      expect(isDuplicate && String(fields) === 'email', 'a duplicate email', [status, code, fields])
    }
    await isTaken(bench.insert({ _id: 2, email: 'a' }))
    const second = { _id: 2, email: 'b' }
    const other = committed(await bench.insert(second), 1)
    await isTaken(bench.update(second, { ...second, email: 'a' }, other))
    await bench.holds(second, 1)
    committed(await bench.update(first, { ...first, email: 'c' }, guard), 2)
    committed(await bench.update(second, { ...second, email: 'a' }, other), 2)
  },

  async 'documents that share a unique value are told'(bench) {
    const { adapter } = bench
    if (adapter.syncIndexes === undefined) return
    await bench.insert({ _id: 1, email: 'a' })
    await bench.insert({ _id: 2, email: 'a' })
    const indexes = [UNIQUE]
    await refused(async () => adapter.syncIndexes?.('people', { indexes }), 'duplicate')
  },
}
