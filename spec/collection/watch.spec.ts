// Watching on memory and LMDB, across processes, and with faults.
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { CowslipError, transaction } from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { withoutWatch } from './people.ts'
import { collect, open, pause, until, watched } from './watch-suite.ts'

mkdirSync('build', { recursive: true })

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

more(
  'a load without an answer does not keep a document behind: it is read again, with more time each time',
  async () => {
    const inner = memoryAdapter()
    const limits: unknown[] = []
    let isHung = false
    const adapter: Adapter = Object.create(inner, {
      load: {
        value: (...args: Parameters<Adapter['load']>) => {
          if (!isHung) return inner.load(...args)
          limits.push(args[2]?.timeoutMS)
          isHung = limits.length < 3
          return Promise.reject(new CowslipError('timeout', 'No answer.', { timeoutMS: 1 }))
        },
      },
    })
    const ours = await open(inner).insert({ _id: 'a', n: 0 })
    const live: any = await open(adapter, { timeoutMS: 10_000 }).get('a')
    live.subscribe(() => {})
    await pause(5)
    isHung = true
    await ours.edit((d: any) => void d.n++)
    await until(() => live.state.n === 1, 'the change')
    assert.equal(limits, [4_000, 8_000, 10_000])
  },
)

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
