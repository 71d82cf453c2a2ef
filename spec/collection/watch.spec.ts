// Watching: what other handles write arrives by itself, in live documents and in `collection.watch()`.
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createCollection, transaction, type CollectionOptions } from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'
import { withoutWatch } from './people.ts'

mkdirSync('build', { recursive: true })

const open = (adapter: Adapter, more: Partial<CollectionOptions> = {}) =>
  createCollection<any>('docs', { adapter, ...more })

/** Waits until `check` holds. */
async function until(check: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 3_000; !check();) {
    if (Date.now() > end) return assert.unreachable(`waited for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

const pause = (ms = 60) => new Promise(resolve => setTimeout(resolve, ms))

/** Collects the events of a stream, in short. */
function collect(stream: AsyncIterable<any>): string[] {
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

function watched(name: string, create: () => Adapter): void {
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
    for (const id of ['s', 5, 2n ** 60n]) {
      const doc = await theirs.insert({ _id: id, n: 1 })
      const live: any = await ours.get(id)
      live.on('change', () => {})
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
          if (event.type === 'reset' || event.type === 'missed')
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

watched('memory', memoryAdapter)

const paths: string[] = []
function temporary(): string {
  const path = mkdtempSync('build/watch-')
  paths.push(path)
  return path
}
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true })))

watched('LMDB', () => lmdbAdapter({ path: temporary() }))

const more = suite('watching')

more('an adapter without `watch` is refused, and its documents stay', async () => {
  const people = open(withoutWatch(memoryAdapter()))
  assert.throws(() => people.watch(), code('bad-argument'))
  const doc = await people.insert({ _id: 'a', n: 1 })
  doc.subscribe(() => {})
  await doc.edit((d: any) => void d.n++)
  assert.is(doc.version, 2)
})

more(
  'two adapters on one folder see each other; the journal is pruned, and then read anew',
  async () => {
    const path = temporary()
    const journal = { entries: 100, keepMS: 60_000 }
    const [mine, yours] = [lmdbAdapter({ path, journal }), lmdbAdapter({ path, journal })]
    const [ours, theirs] = [open(mine), open(yours)]
    const doc = await ours.insert({ _id: 'a', n: 0 })
    const heard = collect(ours.watch())
    const remote: any = await theirs.get('a')
    await remote.edit((d: any) => void d.n++)
    await until(() => heard.length === 1, 'the change')
    assert.is(doc.state.n, 1)
    // A watch that is resumed far behind.
    const first: any = []
    for await (const event of mine.watch!({ collections: ['docs'] })) {
      first.push(event)
      break
    }
    for (let i = 0; i < 400; i++) await remote.edit((d: any) => void d.n++)
    await until(() => doc.state.n === 401, 'the last change')
    const again: string[] = []
    const { resumeToken } = first[0]
    for await (const event of mine.watch!({ collections: ['docs'], resumeToken })) {
      again.push(event.kind)
      if (again.length === 2) break
    }
    assert.equal(again, ['begun', 'reset'])
    await Promise.all([mine.close(), yours.close()])
  },
)

more('writes of several adapters and transactions come in order for each document', async () => {
  const path = temporary()
  const adapters = [1, 2, 3].map(() => lmdbAdapter({ path }))
  const docs = adapters.map(adapter => open(adapter))
  const told = new Map<unknown, (number | null)[]>()
  const watching = (async () => {
    for await (const event of adapters[0]!.watch!({ collections: ['docs'] })) {
      if (event.kind === 'begun' || event.kind === 'reset') continue
      told.set(event.id, [...(told.get(event.id) ?? []), event.version])
      // A slow watcher reads much at once.
      await new Promise(resolve => setTimeout(resolve, 3))
    }
  })()
  for (const id of ['a', 'b']) await docs[0]!.insert({ _id: id, n: 0 })
  for (let i = 0; i < 30; i++) {
    for (const id of ['a', 'b']) {
      const doc: any = await docs[i % 3]!.get(id)
      if (i % 4 === 0) await transaction(tx => tx.edit(doc, (d: any) => void d.n++))
      else await doc.edit((d: any) => void d.n++)
    }
  }
  await docs[1]!.delete('b')
  await docs[2]!.insert({ _id: 'b', n: 0 })
  await until(() => told.get('a')?.length === 31 && told.get('b')?.length === 33, 'all writes')
  const rising = Array.from({ length: 31 }, (_, i) => i + 1)
  assert.equal(told.get('a'), rising)
  assert.equal(told.get('b'), [...rising, 0, 1])
  for (const adapter of adapters) await adapter.close()
  await watching
})

more('a failed load is made up: the document and the stream end at what is stored', async () => {
  const inner = memoryAdapter()
  let failures = 0
  const adapter = withFaults(inner, ({ method }) =>
    method === 'load' && failures-- > 0 ? 'fail-before' : null,
  )
  const ours = await open(inner).insert({ _id: 'a', n: 0 })
  const theirs = open(adapter)
  const live: any = await theirs.get('a')
  const heard = collect(theirs.watch())
  live.subscribe(() => {})
  await pause(5)
  failures = 2
  await ours.edit((d: any) => void d.n++)
  await until(() => live.state.n === 1, 'the change')
  assert.equal(heard, ['change a remote:n 1'])
})

more('another process is seen within moments', async () => {
  const path = temporary()
  const adapter = lmdbAdapter({ path })
  const docs = open(adapter)
  await docs.insert({ _id: 'c', n: 0 })
  const stream = docs.watch()
  const child = fork('spec/collection/watch-writer.mjs', [path, '40'], { stdio: 'ignore' })
  let last = 0
  const delays: number[] = []
  for await (const event of stream) {
    if (event.type !== 'change') continue
    const { n, at } = event.state
    assert.ok(n > last, 'in order')
    delays.push(Date.now() - at)
    last = n
    if (n === 40) break
  }
  delays.sort((a, b) => a - b)
  assert.ok(delays.length >= 2, 'told while it happened')
  child.kill()
  await adapter.close()
})

more.run()
