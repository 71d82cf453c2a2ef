// Tests of the contract: transactions. An adapter without them passes.
import type { Commit, CommitResult, TransactionRead } from '../contract.ts'
import { ADA, PARIS, committed, expect, type Bench, type Tests } from './bench.ts'

const BOB = { _id: 'bob', n: 0 }

/** Runs a transaction. Returns its results; null if the adapter has no transactions. */
async function run(
  { adapter }: Bench,
  commits: readonly Commit[],
  reads: readonly TransactionRead[] = [],
): Promise<CommitResult[] | null> {
  if (!adapter.capabilities.transactions) return null
  if (adapter.transaction === undefined)
    throw new Error('Expected `transaction`, as the capabilities say.')
  return adapter.transaction(commits, reads)
}

const none = (results: readonly CommitResult[]): boolean =>
  results.some(({ status }) => status !== 'committed')

/** Tests of transactions. */
export const TRANSACTIONS: Tests = {
  async 'a transaction applies all: insert, update and delete'(bench) {
    const ada = committed(await bench.insert(ADA), 1)
    const bob = committed(await bench.insert(BOB), 1)
    const results = await run(bench, [
      bench.updating(ADA, PARIS, ada),
      bench.deleting('bob', bob),
      bench.inserting({ _id: 'new' }),
    ])
    if (results === null) return
    expect(
      results.every(({ status }) => status === 'committed'),
      'all committed',
      results,
    )
    await bench.holds(PARIS, 2)
    await bench.holds({ _id: 'new' }, 1)
    expect((await bench.load('bob')) === null, 'bob gone')
  },

  async 'a transaction with one stale item applies nothing'(bench) {
    const ada = committed(await bench.insert(ADA), 1)
    const bob = committed(await bench.insert(BOB), 1)
    committed(await bench.update(BOB, { ...BOB, n: 1 }, bob), 2)
    const update = bench.updating(ADA, PARIS, ada)
    for (const stale of [
      bench.updating(BOB, { ...BOB, n: 5 }, bob),
      bench.deleting('bob', bob),
      bench.inserting(BOB),
    ]) {
      const results = await run(bench, [update, bench.inserting({ _id: 'new' }), stale])
      if (results === null) return
      expect(none(results), 'not all committed', results)
      await bench.holds(ADA, 1)
      await bench.holds({ ...BOB, n: 1 }, 2)
      expect((await bench.load('new')) === null, 'nothing new')
    }
  },

  async 'a transaction checks what it read'(bench) {
    const ada = committed(await bench.insert(ADA), 1)
    const bob = committed(await bench.insert(BOB), 1)
    const read = { ...bob, collection: 'people', id: 'bob' }
    const good = await run(bench, [bench.updating(ADA, PARIS, ada)], [read])
    if (good === null) return
    const { commitId } = committed(good[0] as CommitResult, 2)
    committed(await bench.update(BOB, { ...BOB, n: 1 }, bob), 2)
    const stale = await run(bench, [bench.updating(PARIS, ADA, { version: 2, commitId })], [read])
    expect(none(stale ?? []), 'a conflict', stale)
    await bench.holds(PARIS, 2)
    const only = await run(bench, [], [read])
    expect(none(only ?? []), 'a conflict for reads alone', only)
  },

  async 'of two transactions that each write what the other read, one wins'(bench) {
    const ada = committed(await bench.insert(ADA), 1)
    const bob = committed(await bench.insert(BOB), 1)
    const [seen, other] = [
      { ...ada, collection: 'people', id: 'ada' },
      { ...bob, collection: 'people', id: 'bob' },
    ]
    const [one, two] = await Promise.all([
      run(bench, [bench.updating(ADA, PARIS, ada)], [other]),
      run(bench, [bench.updating(BOB, { ...BOB, n: 1 }, bob)], [seen]),
    ])
    if (one === null || two === null) return
    expect(none(one) !== none(two), 'one winner', [one, two])
  },
}
