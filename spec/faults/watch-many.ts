// `npm run faults:watch -- [writes]`: from a write in one process to the change set in another, on LMDB: the time at a
// quiet rate, then so many writes as fast as they go, whose versions must rise and end at what is stored.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const [writes = 20_000] = process.argv.slice(2).map(Number)
const QUIET = 300
const path = mkdtempSync(join('build', 'watching-'))
const adapter = lmdbAdapter({ path })
type Doc = { _id: string; n: number; at: number }
const docs = createCollection<Doc>('docs', { adapter })
const doc = await docs.insert({ _id: 'c', n: 0, at: 0 })

async function watchRun(count: number, pauseMS: number): Promise<number[]> {
  const last = doc.state.n + count
  const delays: number[] = []
  let version = doc.version
  const events = docs.watch({ limit: 1_000_000 })
  const args = [path, String(count), String(pauseMS)]
  const child = fork('spec/collection/watch-writer.mjs', args, { stdio: 'inherit' })
  for await (const event of events) {
    if (event.type !== 'change' || event.change === null) throw new Error(`Received ${event.type}`)
    const { version: told = 0 } = event.change
    if (told <= version) throw new Error(`Version ${told} was told after ${version}`)
    version = told
    delays.push(Date.now() - event.state.at)
    if (event.state.n === last) break
  }
  await new Promise(resolve => child.on('close', resolve))
  const stored = await createCollection<Doc>('docs', { adapter }).get('c')
  if (stored?.version !== version || stored.state.n !== last)
    throw new Error('The last is not stored')
  return delays.sort((a, b) => a - b)
}

const quiet = await watchRun(QUIET, 20)
const median = quiet[quiet.length >> 1] as number
const late = quiet[Math.floor(quiet.length * 0.99)] as number
console.log(
  `${QUIET} writes, one each 20 ms: told after ${median} ms at the median, ${late} ms at p99`,
)
const began = Date.now()
const told = await watchRun(writes, 0)
console.log(
  `${writes} writes in ${((Date.now() - began) / 1_000).toFixed(1)} s: ${told.length} changes told, versions rise, the last is stored`,
)
await adapter.close()
rmSync(path, { recursive: true })
