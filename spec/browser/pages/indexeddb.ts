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
