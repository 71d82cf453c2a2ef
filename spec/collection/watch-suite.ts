// Watching on any adapter: what other handles write arrives by itself, in live documents and in `collection.watch()`.
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'

export const open = (adapter: Adapter, more: Partial<CollectionOptions> = {}) =>
  createCollection<any>('docs', { adapter, ...more })

/** Waits until `check` holds. */
export async function until(check: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 15_000; !check();) {
    if (Date.now() > end) return assert.unreachable(`waited for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

export const pause = (ms = 60) => new Promise(resolve => setTimeout(resolve, ms))

/** Collects the events of a stream, in short. */
export function collect(stream: AsyncIterable<any>): string[] {
  const heard: string[] = []
  void (async () => {
    for await (const e of stream) {
      const change = e.change ? `${e.change.origin}:${e.change.touched}` : e.change
      heard.push(
        [e.type, e.id, change, e.state && JSON.stringify(e.state.n)]
          .filter(part => part !== undefined)
          .join(' '),
      )
    }
    heard.push('end')
  })()
  return heard
}

/** Runs the specs of watching on one adapter. A watch begins within `beginMS`. */
export function watched(name: string, create: () => Adapter, beginMS = 0): void {
  const begun = () => pause(beginMS)
  const test = suite(`watching on ${name}`)
  const adapters: Adapter[] = []
  const make = (): Adapter => {
    adapters.push(create())
    return adapters.at(-1) as Adapter
  }

  test('a document that somebody listens to moves by itself', async () => {
    const adapter = make()
    const ours = await open(adapter).insert({ _id: 'a', n: 1, m: 1 })
    const theirs: any = await open(adapter).get('a')
    const heard: unknown[] = []
    const stop = theirs.subscribe((change: any, { state }: any) =>
      heard.push([change.origin, change.touched, state.n, theirs.version]),
    )
    await begun()
    await ours.edit((d: any) => void d.n++)
    await until(() => heard.length === 1, 'the change')
    assert.equal(heard, [['remote', ['n'], 2, 2]])
    // Its own edit is told once.
    await theirs.edit((d: any) => void d.n++)
    await pause()
    assert.equal(heard.slice(1), [['local', ['n'], 3, 3]])
    stop()
    await ours.reload()
    await ours.edit((d: any) => void d.n++)
    await pause()
    assert.is(theirs.version, 3, 'nobody listens')
    // Who listens again is brought up to date.
    theirs.select(
      (s: any) => s.n,
      (n: number) => heard.push(n),
    )
    await until(() => theirs.version === 4, 'what was missed')
    assert.is(heard.at(-1), 4)
    await ours.delete()
    await until(() => theirs.status === 'deleted', 'the delete')
  })

  test('a stream tells what others insert, change and delete', async () => {
    const adapter = make()
    const [ours, theirs] = [open(adapter), open(adapter)]
    const held = await ours.insert({ _id: 'held', n: 1 })
    const heard = collect(ours.watch())
    await begun()
    const remote: any = await theirs.get('held')
    await remote.edit((d: any) => void d.n++)
    await until(() => heard.length === 1, 'the change')
    assert.is(held.state.n, 2, 'live documents move')
    const other = await theirs.insert({ _id: 'other', n: 5 })
    await until(() => heard.length === 2, 'the insert')
    await other.edit((d: any) => void d.n++)
    await until(() => heard.length === 3, 'the second change')
    await theirs.delete('other')
    await remote.delete()
    await until(() => heard.length === 5, 'the deletes')
    assert.equal(heard.slice(0, 3), [
      'change held remote:n 2',
      'inserted other 5',
      'change other  6',
    ])
    assert.equal(heard.slice(3).sort(), ['deleted held', 'deleted other'])
    await ours.insert({ _id: 'mine', n: 1 })
    await transaction(tx => void tx.insert(ours, { _id: 'mine too', n: 1 }))
    await ours.delete('mine')
    await theirs.insert({ _id: 'unheld', n: 1 })
    await until(() => heard.length === 6, 'the insert')
    await ours.delete('unheld')
    await pause()
    assert.is(heard.length, 6, 'own writes are not told')
    await ours.close()
    await until(() => heard.at(-1) === 'end', 'the end')
  })

  test('transactions are told, and other collections are not', async () => {
    const adapter = make()
    const [ours, theirs] = [open(adapter), open(adapter)]
    const heard = collect(ours.watch())
    await begun()
    const a = await theirs.insert({ _id: 'a', n: 1 })
    const elsewhere = createCollection<any>('other', { adapter })
    await elsewhere.insert({ _id: 'x', n: 1 })
    await until(() => heard.length === 1, 'the insert')
    await transaction(tx => {
      tx.edit(a, (d: any) => void d.n++)
      tx.insert(theirs, { _id: 'b', n: 7 })
      tx.insert(elsewhere, { _id: 'y', n: 7 })
    })
    await until(() => heard.length === 3, 'the transaction')
    assert.equal(heard.sort(), ['change a  2', 'inserted a 1', 'inserted b 7'])
  })

  test('a document deleted and made again, and ids of every kind', async () => {
    const adapter = make()
    const [ours, theirs] = [open(adapter), open(adapter)]
    const heard = collect(ours.watch())
    await begun()
    for (const id of ['s', 5, 2n ** 60n]) {
      const doc = await theirs.insert({ _id: id, n: 1 })
      const live: any = await ours.get(id)
      live.on('change', () => {})
      await begun()
      await doc.delete()
      await until(() => live.status === 'deleted', 'the delete')
      await theirs.insert({ _id: id, n: 2 })
      await until(() => live.status === 'stored' && live.state.n === 2, 'the new one')
    }
    assert.is(heard.filter(text => text.startsWith('deleted')).length, 3)
    assert.is(heard.filter(text => text.startsWith('inserted')).length, 6)
  })

  test('an edit under way is rebased before anybody is told', async () => {
    const adapter = make()
    const ours = await open(adapter).insert({ _id: 'a', list: ['x'], n: 0 })
    const theirs: any = await open(adapter, { optimistic: true }).get('a')
    const seen: string[] = []
    theirs.subscribe((change: any, { state }: any) => seen.push(`${change.origin} ${state.list}`))
    await pause(5)
    for (let i = 0; i < 10; i++) {
      const edits = [
        ours.edit((d: any) => void d.list.push('o')),
        theirs.edit((d: any) => void d.list.push('t')),
      ]
      assert.ok(theirs.state.list.at(-1) === 't')
      await Promise.all(edits)
    }
    await ours.reload()
    await until(() => theirs.version === ours.version, 'the last change')
    assert.equal(theirs.state, ours.state)
    assert.is(ours.state.list.length, 21)
    assert.ok(seen.every(text => !text.includes('undefined')))
  })

  test('a slow reader is told what it missed, an aborted stream ends', async () => {
    const adapter = make()
    const [ours, theirs] = [open(adapter), open(adapter)]
    const stop = new AbortController()
    const stream = ours.watch({ limit: 2, signal: stop.signal })
    await begun()
    for (let n = 0; n < 5; n++) await theirs.insert({ _id: n, n })
    await pause()
    assert.equal((await stream.next()).value, { type: 'missed', count: 3 })
    assert.is((await stream.next()).value.id, 3)
    stop.abort()
    assert.is((await stream.next()).value.id, 4)
    assert.is((await stream.next()).done, true)
    assert.throws(() => ours.watch({ limit: 0 }), code('bad-argument'))
    await ours.close()
    assert.throws(() => ours.watch(), code('closed'))
    // The adapter's end is the stream's.
    const heard = collect(theirs.watch())
    await pause(5)
    await adapter.close()
    await until(() => heard.at(-1) === 'end', 'the end')
  })

  test('random writers: every watcher ends with what is stored, versions rise', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = new Random(seed)
      const adapter = make()
      const writers = [1, 2, 3].map(() => open(adapter))
      const watcher = open(adapter)
      const seen = new Map<unknown, number | null>()
      const versions = new Map<unknown, number>()
      void (async () => {
        for await (const event of watcher.watch({ limit: 100_000 })) {
          if (event.type === 'reset' || event.type === 'missed' || event.type === 'liveness')
            return assert.unreachable(event.type)
          if (event.type === 'deleted') seen.set(event.id, null)
          else seen.set(event.id, event.state.n)
          if (event.type !== 'change' || event.change === null) versions.delete(event.id)
          else {
            const { version = 0 } = event.change
            assert.ok(version > (versions.get(event.id) ?? 0), 'versions rise')
            versions.set(event.id, version)
          }
        }
      })()
      const ids = ['a', 'b', 'c', 'd']
      await begun()
      await Promise.all(
        writers.map(async writer => {
          for (let i = 0; i < 40; i++) {
            const id = random.pick(ids)
            const doc = await writer.get(id)
            if (doc === null) await writer.insert({ _id: id, n: 0 }).catch(() => {})
            else if (random.below(8) === 0) await doc.delete()
            else await doc.edit((d: any) => void d.n++).catch(() => {})
            if (random.below(3) === 0) await watcher.get(random.pick(ids))
            if (random.below(4) === 0) await pause(1)
          }
        }),
      )
      const fresh = open(adapter)
      for (const id of ids) {
        const stored = ((await fresh.get(id))?.state.n as number | undefined) ?? null
        await until(() => (seen.get(id) ?? null) === stored, `seed ${seed}: ${id} at ${stored}`)
      }
      await watcher.close()
    }
  })

  test('a stream keeps its process alive until the adapter closes', async () => {
    await Promise.all(adapters.map(adapter => adapter.close()))
  })

  test.run()
}
