// Tests of the contract: writes, their guards and their outcomes.
import { isEqual } from '../../document/equality.ts'
import { defaultLeaves } from '../../document/leaves/leaves.ts'
import type { Dictionary } from '../../document/containers.ts'
import type { CommitResult } from '../contract.ts'
import { ADA, PARIS, committed, expect, type Tests } from './bench.ts'

/** Tests of writes. */
export const WRITES: Tests = {
  async 'load gives null for what is absent, in the order of the ids'(bench) {
    await bench.insert(ADA)
    await bench.insert({ _id: 'bob' })
    const found = await bench.adapter.load('people', ['bob', 'nobody', 'ada', 'bob'])
    const ids = found.map(stored => (stored === null ? null : (stored.doc as Dictionary)._id))
    expect(isEqual(ids, ['bob', null, 'ada', 'bob'], defaultLeaves), 'the order of the ids', ids)
    expect((await bench.adapter.load('people', [])).length === 0, 'nothing for no ids')
  },

  async 'an insert gives version 1 and the id of its commit'(bench) {
    const { commitId } = committed(await bench.insert(ADA), 1)
    const stored = await bench.holds(ADA, 1)
    expect(stored.commitId === commitId, 'the id of the commit', stored.commitId)
  },

  async 'an insert of an id that is there is rejected as duplicate'(bench) {
    await bench.insert(ADA)
    const result = await bench.insert({ _id: 'ada', name: 'Another' })
    expect(result.status === 'rejected' && result.code === 'duplicate', 'a duplicate', result)
    await bench.holds(ADA, 1)
  },

  async 'an update under the right guard is one version up'(bench) {
    const first = committed(await bench.insert(ADA), 1)
    const second = committed(await bench.update(ADA, PARIS, first), 2)
    const stored = await bench.holds(PARIS, 2)
    expect(stored.commitId === second.commitId, 'the id of the last commit', stored.commitId)
    const { tags: _, ...rest } = PARIS
    committed(await bench.update(PARIS, { ...rest, more: [1, { n: 1 }] }, second), 3)
    await bench.holds({ ...rest, more: [1, { n: 1 }] }, 3)
  },

  async 'an update under a stale version clashes, and nothing is written'(bench) {
    const first = committed(await bench.insert(ADA), 1)
    committed(await bench.update(ADA, PARIS, first), 2)
    const result = await bench.update(ADA, { ...ADA, name: 'x' }, first)
    expect(result.status === 'conflict', 'a conflict', result)
    await bench.holds(PARIS, 2)
  },

  async 'an update under the right version of another commit clashes'(bench) {
    await bench.insert(ADA)
    const result = await bench.update(ADA, PARIS, { version: 1, commitId: 'another' })
    expect(result.status === 'conflict', 'a conflict', result)
    await bench.holds(ADA, 1)
  },

  async 'an update of what is not there is missing, and brings nothing back'(bench) {
    const first = committed(await bench.insert(ADA), 1)
    committed(await bench.delete('ada', first), 2)
    const result = await bench.update(ADA, PARIS, first)
    expect(result.status === 'missing', 'missing', result)
    expect((await bench.load('ada')) === null, 'nothing stored')
  },

  async 'a delete under a guard, and without one'(bench) {
    const first = committed(await bench.insert(ADA), 1)
    const second = committed(await bench.update(ADA, PARIS, first), 2)
    const stale = await bench.delete('ada', first)
    expect(stale.status === 'conflict', 'a conflict', stale)
    await bench.holds(PARIS, 2)
    expect((await bench.delete('ada', second)).status === 'committed', 'a delete')
    const again = await bench.delete('ada', 'none')
    expect(again.status === 'missing', 'missing', again)
    await bench.insert(ADA)
    expect((await bench.delete('ada', 'none')).status === 'committed', 'a delete')
    expect((await bench.load('ada')) === null, 'nothing stored')
  },

  async 'a document made anew is never hit by a guard of the old one'(bench) {
    const old = committed(await bench.insert(ADA), 1)
    await bench.delete('ada', old)
    committed(await bench.insert(ADA), 1)
    for (const result of [await bench.update(ADA, PARIS, old), await bench.delete('ada', old)]) {
      expect(result.status === 'conflict', 'a conflict', result)
    }
    await bench.holds(ADA, 1)
  },

  async 'of 40 writers at one version one wins'(bench) {
    const first = committed(await bench.insert(ADA), 1)
    const race = Array.from({ length: 40 }, (_, n) => bench.update(ADA, { ...ADA, n }, first))
    const results = await Promise.all(race)
    const winners = results.filter(({ status }) => status === 'committed')
    const losers = results.filter(({ status }) => status === 'conflict')
    expect(
      winners.length === 1 && losers.length === 39,
      'one winner',
      results.map(r => r.status),
    )
    await bench.holds({ ...ADA, n: results.indexOf(winners[0] as CommitResult) }, 2)
  },

  async 'of 20 inserts of one id one wins'(bench) {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => bench.insert({ ...ADA, n })),
    )
    const winners = results.filter(({ status }) => status === 'committed')
    const losers = results.filter(r => r.status === 'rejected' && r.code === 'duplicate')
    expect(
      winners.length === 1 && losers.length === 19,
      'one winner',
      results.map(r => r.status),
    )
  },

  async 'commits of many documents at once are each their own'(bench) {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => bench.insert({ _id: `p${n}`, n })),
    )
    results.forEach(result => committed(result, 1))
    expect((await bench.find({})).length === 100, '100 documents')
  },

  async 'a chain of updates counts every one'(bench) {
    let guard = committed(await bench.insert({ _id: 'n', n: 0 }), 1)
    for (let n = 1; n <= 50; n++) {
      guard = committed(await bench.update({ _id: 'n', n: n - 1 }, { _id: 'n', n }, guard), n + 1)
    }
    await bench.holds({ _id: 'n', n: 50 }, 51)
  },

  async 'a group of commits: each has its own outcome'(bench) {
    const ada = committed(await bench.insert(ADA), 1)
    const old = committed(await bench.insert({ _id: 'old', n: 0 }), 1)
    committed(await bench.update({ _id: 'old', n: 0 }, { _id: 'old', n: 1 }, old), 2)
    const gone = committed(await bench.insert({ _id: 'gone' }), 1)
    await bench.delete('gone', 'none')
    const commits = [
      bench.updating(ADA, PARIS, ada),
      bench.updating({ _id: 'old', n: 0 }, { _id: 'old', n: 5 }, old),
      bench.inserting({ _id: 'new' }),
      bench.updating({ _id: 'gone' }, { _id: 'gone', n: 1 }, gone),
    ]
    const results = await bench.sendMany(commits)
    const statuses = results.map(({ status }) => status)
    const expected = ['committed', 'conflict', 'committed', 'missing']
    expect(isEqual(statuses, expected, defaultLeaves), expected.join(), statuses)
    await bench.holds(PARIS, 2)
    await bench.holds({ _id: 'old', n: 1 }, 2)
    await bench.holds({ _id: 'new' }, 1)
    expect((await bench.load('gone')) === null, 'nothing brought back')
  },
}
