// `npm run faults:streams -- [writes] [cuts]`: from a write in one process to the change set in another, on MongoDB: the
// time at a quiet rate, then so many writes of 64 documents while the watcher's connections are cut again and again. The
// versions told for each document must rise, the last must be what is stored, and no commit may be told twice.
import { fork } from 'node:child_process'
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { cuttingProxy } from './cutting-proxy.ts'

const [writes = 100_000, cuts = 10] = process.argv.slice(2, 4).map(Number)
const QUIET = 300
const DOCUMENTS = 64
type Doc = { _id: number; n: number; at: number }

const server = (await startMongo()) as { url: string; stop(): Promise<void> }
const proxy = await cuttingProxy(server.url)
const client = await new MongoClient(proxy.url).connect()
const db = client.db('watching')
const docs = createCollection<Doc>('docs', { adapter: mongodbAdapter(db) })
for (let _id = 0; _id < DOCUMENTS; _id++) await docs.insert({ _id, n: 0, at: 0 })
const versions = new Map<number, number>()
const commits = new Set<string>()
const now = (): number => performance.timeOrigin + performance.now()
const seen = new Map<number, number>()
const delays: number[] = []
let resets = 0
let interruptions = 0

async function listen(): Promise<void> {
  for await (const event of docs.watch({ limit: 1_000_000 })) {
    if (event.type === 'reset') resets++
    if (event.type === 'liveness' && !event.isLive) interruptions++
    if (event.type !== 'change') continue
    delays.push(now() - event.state.at)
    seen.set(event.id, event.state.n)
    if (event.change === null) throw new Error('A held document was told without its change')
    const { id, version = 0 } = event.change
    if (version <= (versions.get(event.id) ?? 0)) throw new Error(`Version ${version} again`)
    if (commits.has(id)) throw new Error(`Commit ${id} was told twice`)
    versions.set(event.id, version)
    commits.add(id)
  }
}

async function run(count: number, pauseMS: number): Promise<void> {
  const args = [server.url, 'watching', `${DOCUMENTS}`, `${count}`, `${pauseMS}`]
  const child = fork('spec/mongodb/watch-writer.mjs', args, { stdio: 'inherit' })
  await new Promise(resolve => child.on('close', resolve))
  const direct = await new MongoClient(server.url).connect()
  const stored = await direct.db('watching').collection<Doc>('docs').find().toArray()
  await direct.close()
  const isBehind = (): boolean => stored.some(({ _id, n }) => n > 0 && seen.get(_id) !== n)
  for (const end = Date.now() + 10_000; isBehind();) {
    if (Date.now() > end) throw new Error('The last is not told')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const held = await docs.getMany(Array.from({ length: DOCUMENTS }, (_, i) => i))
const listening = listen()
await new Promise(resolve => setTimeout(resolve, 500))
await run(QUIET, 20)
const sorted = delays.splice(0).sort((a, b) => a - b)
const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1)
console.log(
  `${QUIET} writes, one each 20 ms: told after ${at(0.5)} ms at the median, ${at(0.99)} ms at p99`,
)
let made = 0
const timer = setInterval(() => made++ < cuts && proxy.drop(), 1_500)
const began = Date.now()
await run(writes, 0)
clearInterval(timer)
const seconds = ((Date.now() - began) / 1_000).toFixed(1)
console.log(
  `${writes} writes of ${held.length} documents in ${seconds} s, ${Math.min(made, cuts)} times cut: ${delays.length} changes told, ` +
    `${interruptions} interruptions, ${resets} resets, versions rise, the last is stored, no commit told twice`,
)
await docs.close()
await listening
await client.close()
await proxy.close()
await server.stop()
