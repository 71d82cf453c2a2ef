// Tests of the contract: ids, values, queries, and closing.
import type { Dictionary } from '../../document/containers.ts'
import type { CommitResult } from '../contract.ts'
import type { Query } from '../contract-queries.ts'
import { ADA, committed, expect, refused, type Tests } from './bench.ts'

/** Tests of reads. */
export const READS: Tests = {
  async 'ids are told apart by type'(bench) {
    await bench.insert({ _id: 1, is: 'number' })
    await bench.insert({ _id: '1', is: 'string' })
    const number = (await bench.load(1))?.doc as Dictionary | undefined
    const string = (await bench.load('1'))?.doc as Dictionary | undefined
    expect(number?.is === 'number' && string?.is === 'string', 'two documents', [number, string])
  },

  async 'numeric ids are one by value'(bench) {
    committed(await bench.insert({ _id: 5, is: 'five' }), 1)
    await bench.insert({ _id: 6.5 })
    expect((await bench.load(5n)) !== null, 'the document 5 for 5n')
    const again = await bench.insert({ _id: 5n })
    expect(again.status === 'rejected' && again.code === 'duplicate', 'a duplicate', again.status)
    expect((await bench.find({ filter: { _id: 5n } })).length === 1, 'one document of _id 5n')
    expect((await bench.load(2n ** 53n + 1n)) === null, 'nothing for 2n ** 53n + 1n')
  },

  async 'ids of other kinds are refused'(bench) {
    for (const id of [null, undefined, NaN, {}, [], true, () => 1]) {
      await refused(() => bench.load(id), 'bad-argument')
      await refused(() => bench.delete(id, 'none'), 'bad-argument')
      await refused(() => bench.insert({ _id: id }), 'bad-argument')
    }
  },

  async 'documents come back type by type'(bench) {
    const doc = {
      _id: 'types',
      text: 'Grüße, 世界 \u0000 \ud83c\udf3c',
      numbers: [0, -0, 1.5, -1e300, Number.MAX_SAFE_INTEGER],
      flags: [true, false, null],
      at: new Date(1_234_567_890_123),
      nested: { a: { b: [{ c: [[1], []] }] }, empty: {} },
      odd: { 'a.b': 1, a$b: 2, 'ä ö': 3 },
    }
    committed(await bench.insert(doc), 1)
    await bench.holds(doc, 1)
  },

  async 'what is stored is out of reach'(bench) {
    const doc = { _id: 'd', at: new Date(5) }
    await bench.insert(doc)
    doc.at.setTime(6)
    const read = (await bench.load('d'))?.doc as { at: Date }
    read.at.setTime(7)
    await bench.holds({ _id: 'd', at: new Date(5) }, 1)
  },

  async 'functions are refused, and nothing is stored'(bench) {
    let result: CommitResult | null = null
    try {
      result = await bench.insert({ _id: 'f', f: () => 1 })
    } catch {
      // An adapter may throw or reject.
    }
    expect(result === null || result.status === 'rejected', 'a refusal', result)
    expect((await bench.load('f')) === null, 'nothing stored')
  },

  async 'find by filter, in order, in part'(bench) {
    for (let n = 0; n < 10; n++) {
      await bench.insert({ _id: `p${n}`, n, even: n % 2 === 0, deep: { tags: [`t${n % 3}`] } })
    }
    const ids = async (query: Query): Promise<string> =>
      (await bench.find(query)).map(({ n }) => n).join()
    const sort = { n: 1 } as const
    const cases: [Query, string][] = [
      [{ filter: { n: 3 } }, '3'],
      [{ filter: { n: { $gte: 4, $lt: 7 } }, sort }, '4,5,6'],
      [{ filter: { n: { $in: [1, 99] } }, sort }, '1'],
      [{ filter: { $or: [{ n: 1 }, { 'deep.tags': 't2' }] }, sort }, '1,2,5,8'],
      [{ filter: { missing: { $exists: true } } }, ''],
      [{ filter: { even: true }, sort: { n: -1 } }, '8,6,4,2,0'],
      [{ sort: { even: 1, n: -1 } }, '9,7,5,3,1,8,6,4,2,0'],
      [{ sort, skip: 3, limit: 2 }, '3,4'],
      [{ sort: { n: -1 }, limit: 1 }, '9'],
      [{ sort, skip: 20 }, ''],
    ]
    for (const [query, expected] of cases) {
      const received = await ids(query)
      expect(received === expected, `${expected} for ${JSON.stringify(query)}`, received)
    }
    expect((await bench.find({})).length === 10, 'all without a filter')
    expect((await bench.find({ limit: 4 })).length === 4, 'as many as the limit')
  },

  async 'find may be left early'(bench) {
    for (let n = 0; n < 5; n++) await bench.insert({ _id: n })
    for await (const stored of bench.adapter.find('people', {})) {
      expect(stored.version === 1, 'version 1', stored.version)
      break
    }
    committed(await bench.insert({ _id: 'after' }), 1)
  },

  async 'a filter that it does not run is refused'(bench) {
    await bench.insert(ADA)
    await refused(() => bench.find({ filter: { name: { $nonsense: 1 } } }), 'unsupported-query')
  },

  async 'collections are apart'(bench) {
    await bench.insert(ADA)
    await bench.insert({ _id: 'ada', name: 'Other' }, 'other')
    expect(
      ((await bench.load('ada', 'other'))?.doc as Dictionary).name === 'Other',
      'the other one',
    )
    await bench.holds(ADA, 1)
  },

  async 'close settles what is under way, then refuses'(bench) {
    const pending = Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => bench.insert({ _id: n })),
    )
    await Promise.all([bench.adapter.close(), bench.adapter.close()])
    for (const result of await pending) {
      const status = result.status === 'fulfilled' ? result.value.status : result.reason?.code
      expect(status === 'committed' || status === 'closed', 'committed or closed', status)
    }
    await refused(() => bench.load('ada'), 'closed')
    await refused(() => bench.insert(ADA), 'closed')
    await refused(() => bench.find({}), 'closed')
  },
}
