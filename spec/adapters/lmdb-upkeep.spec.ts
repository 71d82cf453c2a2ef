// Upkeep of an LMDB folder: backups and compaction, while it is in use.
import { fork, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { rejects } from '../collection/people.ts'

const root = mkdtempSync(join('build', 'upkeep-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = (): string => join(root, `db${folders++}`)

const test = suite('upkeep of LMDB')

const size = (path: string): number => statSync(join(path, 'data.mdb')).size

async function fill(path: string) {
  const adapter = lmdbAdapter({ path })
  const docs = createCollection<any>('docs', { adapter })
  const text = 'x'.repeat(4_000)
  await Promise.all(Array.from({ length: 1_000 }, (_, id) => docs.insert({ _id: id, n: 0, text })))
  return { adapter, docs }
}

test('a backup is a whole store of one moment, and compact, while writes go on', async () => {
  const path = folder()
  const { adapter, docs } = await fill(path)
  for (let id = 10; id < 1_000; id++) await docs.delete(id)
  const doc = await docs.get(1)
  let writing = true
  const writes = (async () => {
    while (writing) await doc?.edit((d: any) => void d.n++)
  })()
  const to = folder()
  await adapter.backup(to)
  writing = false
  await writes
  assert.ok(size(to) * 10 < size(path))
  const copy = lmdbAdapter({ path: to })
  const copied = createCollection<any>('docs', { adapter: copy })
  assert.is(await copied.count(), 10)
  assert.ok(((await copied.get(1))?.state.n ?? 0) <= (doc?.state.n ?? 0))
  await copied.insert({ _id: 'new' })
  await rejects(adapter.backup(to), 'adapter')
  await rejects(adapter.backup(''), 'bad-argument')
  await rejects(adapter.backup('/proc/nowhere'), 'adapter')
  assert.is(await copied.count(), 11)
  await copy.close()
  await adapter.close()
  await rejects(adapter.backup(folder()), 'closed')
})

test('compacting gives space back; calls and watchers wait, nothing is lost', async () => {
  const path = folder()
  const { adapter, docs } = await fill(path)
  const watcher = createCollection<any>('docs', { adapter })
  const heard: string[] = []
  void (async () => {
    for await (const event of watcher.watch()) heard.push(event.type)
  })()
  for (let id = 10; id < 1_000; id++) await docs.delete(id)
  const doc = await docs.get(1)
  const edits = Array.from({ length: 20 }, () => doc?.edit((d: any) => void d.n++))
  const compacting = adapter.compact()
  const during = [docs.count(), doc?.edit((d: any) => void d.n++), watcher.get(1)]
  const { before, after } = await compacting
  assert.ok(after * 10 < before && size(path) === after, `${before} -> ${after}`)
  await Promise.all([...edits, ...during])
  assert.is(doc?.state.n, 21)
  const count = heard.length
  await doc?.edit((d: any) => void d.n++)
  await new Promise(resolve => setTimeout(resolve, 80))
  assert.ok(heard.length > count, 'watching goes on')
  await adapter.compact()
  await adapter.close()
  await rejects(adapter.compact(), 'closed')
  assert.equal(readdirSync(path).sort(), ['data.mdb', 'lock.mdb'])
  const again = lmdbAdapter({ path })
  const [stored] = await again.load('docs', [1])
  assert.is((stored?.doc as any).n, 22)
  await again.close()
})

test('a write that begins while compacting begins is not lost', async () => {
  for (let gap = 0; gap < 24; gap++) {
    const path = folder()
    const adapter = lmdbAdapter({ path })
    const docs = createCollection<any>('docs', { adapter })
    if (gap % 2 === 0) await docs.insert({ _id: 'first' })
    const inserting = docs.insert({ _id: 'x' })
    for (let i = 0; i < gap; i++) await Promise.resolve()
    await Promise.all([adapter.compact(), inserting, adapter.backup(folder())])
    assert.ok((await adapter.load('docs', ['x']))[0], `${gap} microtasks`)
    await adapter.close()
  }
})

test('compacting is refused while others have the folder open; dead processes do not count', async () => {
  const path = folder()
  const { adapter } = await fill(path)
  const other = lmdbAdapter({ path })
  await rejects(adapter.compact(), 'adapter')
  await other.close()
  const child = fork('spec/collection/watch-writer.mjs', [path, '100000'], { stdio: 'ignore' })
  for (let i = 0; i < 500 && readdirSync(path).filter(n => n.startsWith('open-')).length < 2; i++) {
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  const docs = createCollection<any>('docs', { adapter })
  await docs.insert({ _id: 'c', n: 0 })
  await rejects(adapter.compact(), 'adapter')
  child.kill('SIGKILL')
  await new Promise(resolve => child.once('exit', resolve))
  await adapter.compact()
  // A mark of another host may be of a living process; one of a dead process is removed.
  writeFileSync(join(path, 'open-elsewhere'), JSON.stringify([`not ${hostname()}`, 1]))
  await rejects(adapter.compact(), 'adapter')
  rmSync(join(path, 'open-elsewhere'))
  const { pid } = spawnSync('true')
  writeFileSync(join(path, 'compacting'), JSON.stringify([hostname(), pid]))
  writeFileSync(join(path, 'open-torn'), 'no json')
  await adapter.compact()
  writeFileSync(join(path, 'compacting'), JSON.stringify([hostname(), process.pid]))
  assert.throws(() => lmdbAdapter({ path }), code('adapter'))
  rmSync(join(path, 'compacting'))
  await adapter.close()
  assert.is(existsSync(join(path, 'open-torn')), false)
})

test('a folder that cannot be written is refused', () => {
  const path = folder()
  void lmdbAdapter({ path }).close()
  if (process.getuid?.() === 0) return
  chmodSync(path, 0o500)
  try {
    assert.throws(() => lmdbAdapter({ path }), code('adapter'))
  } finally {
    chmodSync(path, 0o700)
  }
})

test.run()
