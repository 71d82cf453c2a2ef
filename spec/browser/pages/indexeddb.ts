// The IndexedDB adapter: the contract's tests, with and without faults, random interleavings and queries, and calls for
// specs with several tabs.
import { createCollection, type DocumentStore } from 'cowslip'
import { adapterContract, withFaults, type Adapter, type Fault } from 'cowslip/adapter-contract'
import { indexedDBAdapter } from 'cowslip/indexeddb'
import { memoryAdapter } from 'cowslip/memory'
import * as bson from 'bson'
import { checkInterleaving } from '../../properties/interleavings.ts'
import { turns } from '../../properties/interleaving-storages.ts'
import { Random } from '../../properties/random.ts'
import { compareIndexed } from '../../query/compare-indexed.ts'

/** A turn of the event loop, without the least time that `setTimeout` takes. */
globalThis.setImmediate ??= ((run: () => void) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    run()
  }
  port2.postMessage(null)
}) as never

let made = 0
const fresh = (): Adapter => indexedDBAdapter({ name: `fresh-${Date.now()}-${made++}`, bson })

const FAULTS: readonly Fault[] = ['fail-before', 'fail-after', 'twice', 'reorder', 'stall']
const HARMLESS: readonly Fault[] = ['twice', 'reorder', 'stall']

/** An adapter of which a third of the calls goes wrong; reads and transactions only in ways that need no second try. */
function faulty(): Adapter {
  const random = new Random(made)
  return withFaults(
    fresh(),
    ({ method, commits: [commit] }) => {
      if (random.below(3) > 0) return null
      const isSettled =
        method === 'commit' && !(commit?.kind === 'delete' && commit.guard === 'none')
      return random.pick(isSettled ? FAULTS : HARMLESS)
    },
    { stallMS: 1 },
  )
}

/** The ids that a query finds, in order. */
async function idsOf(adapter: Adapter, query: object): Promise<unknown[]> {
  const ids: unknown[] = []
  for await (const { doc } of adapter.find('c', { ...query, sort: { _id: 1 } })) {
    ids.push((doc as { _id: unknown })._id)
  }
  return ids
}

/** Runs the contract's tests. Returns those that failed. */
async function runContract(factory: () => Adapter): Promise<[run: number, failures: string[]]> {
  const failures: string[] = []
  const tests = adapterContract(factory)
  for (const { name, run } of tests) {
    await run().catch((error: unknown) => failures.push(`${name}: ${String(error)}`))
  }
  return [tests.length, failures]
}

interface Counter {
  _id: string
  n: number
  log: string[]
}

const shared = indexedDBAdapter({ name: 'shared', bson, journal: { entries: 200 } })
const counters = createCollection<Counter>('counters', { adapter: shared })
const held = new Map<string, DocumentStore<Counter>>()

Object.assign(globalThis, {
  spec: {
    contract: () => runContract(fresh),
    faultyContract: () => runContract(faulty),
    async interleave(first: number, count: number) {
      const adapter = fresh()
      let next = 0
      const worker = async (): Promise<void> => {
        while (next < count) await checkInterleaving(first + next++, turns(adapter))
      }
      await Promise.all(Array.from({ length: 64 }, worker))
      await adapter.close()
    },
    async compareQueries(seed: number, documents: number, queries: number) {
      const candidates = [
        { name: 'memory', adapter: memoryAdapter(), isIndexed: false },
        { name: 'IndexedDB', adapter: fresh(), isIndexed: false },
        { name: 'IndexedDB with indexes', adapter: fresh(), isIndexed: true },
      ]
      const compared = await compareIndexed(seed, documents, queries, candidates)
      for (const { adapter } of candidates) await adapter.close()
      return compared
    },
    /**
     * Sends the same commits to memory and IndexedDB, many in a turn: inserts, deletes and transactions of documents that take
     * unique values from each other. Returns where they differ.
     */
    async compareUnique(seed: number, rounds: number) {
      const random = new Random(seed)
      const adapters = [memoryAdapter(), fresh()]
      const indexes = [{ fields: { tags: 1 }, unique: true, name: 'tags' }] as const
      for (const adapter of adapters) adapter.open!('c', { leaves: [], indexes })
      const faults: string[] = []
      for (let round = 0; round < rounds; round++) {
        const commitOf = (n: number): any => {
          const id = random.below(12)
          const commitId = `${round} ${n}`
          if (random.below(3) === 0)
            return { kind: 'delete', collection: 'c', id, commitId, guard: 'none' }
          const tags = Array.from({ length: random.below(3) }, () => random.below(9))
          return { kind: 'insert', collection: 'c', id, commitId, next: { _id: id, tags } }
        }
        const calls = Array.from({ length: 1 + random.below(12) }, (_, n) => {
          const first = commitOf(n)
          const second = commitOf(n + 100)
          return random.below(4) === 0 && first.id !== second.id ? [first, second] : [first]
        })
        const outcomes = await Promise.all(
          adapters.map(async adapter => {
            const results = await Promise.all(calls.map(commits => adapter.transaction!(commits)))
            const stored = await idsOf(adapter, { filter: {} })
            const found = await Promise.all(
              Array.from({ length: 9 }, (_, tags) => idsOf(adapter, { filter: { tags } })),
            )
            return JSON.stringify([
              results.map(all =>
                all.map(({ status, ...more }: any) => [status, more.code, more.version]),
              ),
              stored,
              found,
            ])
          }),
        )
        if (outcomes[0] !== outcomes[1]) faults.push(`round ${round}: ${outcomes.join(' but ')}`)
      }
      for (const adapter of adapters) await adapter.close()
      return faults
    },
    async hold(id: string) {
      const doc =
        (await counters.get(id)) ??
        (await counters.insert({ _id: id, n: 0, log: [] }).catch(() => counters.get(id)))
      doc!.subscribe(() => {})
      held.set(id, doc!)
    },
    /** Edits a document; `acknowledge` is told each edit that is acknowledged. */
    async count(id: string, name: string, from: number, to: number) {
      const doc = held.get(id)!
      for (let i = from; i < to; i++) {
        await doc.edit(draft => {
          draft.n++
          draft.log.push(`${name}${i}`)
        })
        await (globalThis as any).acknowledge?.(`${name}${i}`)
      }
    },
    state: (id: string) => held.get(id)?.state,
    async stored(id: string) {
      const [found] = await shared.load('counters', [id])
      return found?.doc
    },
    indexedDBAdapter,
    createCollection,
    bson,
    shared,
    counters,
  },
  ready: true,
})
