// Tests of the contract: watching. An adapter without it passes.
import type { Adapter } from '../contract.ts'
import type { WatchedWrite, WatchEvent } from '../contract-watch.ts'
import { ADA, PARIS, committed, expect, type Bench, type Tests } from './bench.ts'

/** The time to wait for an event, in milliseconds. */
const PATIENCE_MS = 5_000

/** Reads the events of a watch one by one. */
class Watcher {
  private readonly events: AsyncIterator<WatchEvent>
  private readonly ending = new AbortController()
  last: WatchEvent | null = null

  constructor(
    adapter: Adapter,
    resumeToken?: unknown,
    collections: readonly string[] = ['people'],
  ) {
    const { signal } = this.ending
    const events = adapter.watch?.({ collections, resumeToken, signal })
    if (events === undefined) throw new Error('Expected `watch`, as the capabilities say.')
    this.events = events[Symbol.asyncIterator]()
  }

  async next(): Promise<WatchEvent | null> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Expected an event. Received none.')), PATIENCE_MS)
    })
    try {
      const { done, value } = await Promise.race([this.events.next(), late])
      this.last = done === true ? null : value
      return this.last
    } finally {
      clearTimeout(timer)
    }
  }

  /** Reads until `count` writes have come, each counted once. */
  async writes(count: number): Promise<WatchedWrite[]> {
    const found = new Map<string, WatchedWrite>()
    while (found.size < count) {
      const event = await this.next()
      if (event === null || event.kind === 'begun' || event.kind === 'reset') {
        throw new Error(`Expected a write. Received ${event?.kind ?? 'the end'}.`)
      }
      found.set(String(event.commitId), event)
    }
    return [...found.values()]
  }

  async begun(): Promise<this> {
    const first = await this.next()
    expect(first?.kind === 'begun', 'begun as the first event', first)
    return this
  }

  async end(): Promise<void> {
    this.ending.abort()
    await this.events.return?.()
  }
}

const begin = (bench: Bench, token?: unknown): Promise<Watcher> =>
  new Watcher(bench.adapter, token).begun()

const hasWatch = ({ adapter }: Bench): boolean => adapter.capabilities.watch !== 'none'

/** Tests of watches. */
export const WATCHES: Tests = {
  async 'a watch tells inserts, updates and deletes, in order, with their commits'(bench) {
    if (!hasWatch(bench)) return
    await bench.insert({ _id: 'before' })
    const watcher = await begin(bench)
    const first = committed(await bench.insert(ADA), 1)
    const second = committed(await bench.update(ADA, PARIS, first), 2)
    await bench.insert({ _id: 'x' }, 'other')
    await bench.delete('ada', second)
    const told = await watcher.writes(3)
    const texts = told.map(({ kind, id, version }) => `${kind} ${String(id)} ${version}`).join()
    expect(texts === 'insert ada 1,update ada 2,delete ada 0', 'three writes of ada', texts)
    const ids = told.map(({ commitId }) => commitId)
    expect(ids[0] === first.commitId && ids[1] === second.commitId, 'the ids of the commits', ids)
    await watcher.end()
  },

  async 'a watch tells what a transaction and a group of commits wrote'(bench) {
    if (!hasWatch(bench)) return
    const { adapter } = bench
    const watcher = await begin(bench)
    const commits = ['a', 'b', 'c'].map(_id => bench.inserting({ _id }))
    await bench.sendMany(commits)
    const told = await watcher.writes(3)
    const ids = told.map(({ id }) => String(id)).sort()
    expect(ids.join() === 'a,b,c', 'a, b and c', ids)
    if (adapter.transaction !== undefined) {
      await adapter.transaction(['d', 'e'].map(_id => bench.inserting({ _id })))
      const more = (await watcher.writes(2)).map(({ id }) => String(id)).sort()
      expect(more.join() === 'd,e', 'd and e', more)
    }
    await watcher.end()
  },

  async 'a refused write is not told, and many watchers hear the same'(bench) {
    if (!hasWatch(bench)) return
    const watchers = [await begin(bench), await begin(bench), await begin(bench)]
    const first = committed(await bench.insert(ADA), 1)
    await bench.insert(ADA)
    await bench.update(ADA, PARIS, { version: 7, commitId: 'other' })
    committed(await bench.update(ADA, PARIS, first), 2)
    for (const watcher of watchers) {
      const told = (await watcher.writes(2)).map(({ version }) => version).join()
      expect(told === '1,2', 'versions 1 and 2', told)
      await watcher.end()
    }
  },

  async 'a durable watch resumes behind the event of its token'(bench) {
    if (bench.adapter.capabilities.watch !== 'durable') return
    const watcher = await begin(bench)
    committed(await bench.insert({ _id: 'one' }), 1)
    await watcher.writes(1)
    const token: unknown = JSON.parse(JSON.stringify(watcher.last?.resumeToken))
    await watcher.end()
    committed(await bench.insert({ _id: 'two' }), 1)
    const again = await begin(bench, token)
    const told: string[] = []
    while (!told.includes('two')) told.push(...(await again.writes(1)).map(({ id }) => String(id)))
    await again.end()
  },

  async 'a watch with a token of another kind begins with reset'(bench) {
    if (!hasWatch(bench)) return
    for (const token of [null, 'x', 7, { x: 'y' }, []]) {
      const watcher = new Watcher(bench.adapter, token)
      let event = await watcher.next()
      if (event?.kind === 'begun') event = await watcher.next()
      expect(event?.kind === 'reset', 'reset', event)
      await watcher.end()
    }
  },

  async 'a watch ends with its adapter'(bench) {
    if (!hasWatch(bench)) return
    const watcher = await begin(bench)
    const [ended] = await Promise.all([watcher.next(), bench.adapter.close()])
    expect(ended === null, 'the end', ended)
  },
}
