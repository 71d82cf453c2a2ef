// One workload of one contender, in a process of its own: prints nanoseconds for each save (p50 of its rounds; of the
// hot document, the mean).
import { MongoClient } from 'mongodb'
import { document } from './suites/mongodb.ts'
import { COMMITTERS, DOCUMENTS } from './suites/mongodb-commits.ts'

const [contender, workload, parts] = process.argv.slice(2) as [string, string, string]
const url = process.env.PERF_MONGODB_URL ?? ''
const database = `commits_${process.pid}`
const CLIENTS = 64
const MS = 1_500

const client = await new MongoClient(url).connect()
const c = client.db(database).collection<any>('documents')
await c.insertMany(
  Array.from({ length: DOCUMENTS }, (_, i) => ({
    ...document(`d${i}`, Number(parts)),
    __v: 0,
    version: 1,
  })),
)

const committer = await COMMITTERS[contender]?.(url, database)
if (committer === undefined) throw new Error(`No ${contender}`)
let n = 0

/** Runs rounds for some time. Returns the median of their milliseconds. */
async function rounds(ms: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (const end = performance.now() + ms; performance.now() < end;) {
    const at = performance.now()
    await run()
    times.push(performance.now() - at)
  }
  times.sort((a, b) => a - b)
  return times[times.length >> 1] as number
}

/** 64 clients in closed loops. Returns milliseconds for each change. */
async function hot(ms: number): Promise<number> {
  let changes = 0
  const began = performance.now()
  const before = (await c.findOne({ _id: 'd0' })).count as number
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() - began < ms) {
        await committer!.hot!()
        changes++
      }
    }),
  )
  const taken = performance.now() - began
  const counted = (await c.findOne({ _id: 'd0' })).count - before
  if (counted !== changes) throw new Error(`${contender}: ${counted} of ${changes}`)
  return taken / changes
}

try {
  const savesOf: Record<string, number> = { many: DOCUMENTS, burst: 200, one: 1, ten: 10 }
  const saves = savesOf[workload] ?? 1
  const run = (ms: number): Promise<number> => {
    if (workload === 'hot') return hot(ms)
    return rounds(ms, () => committer![workload as 'many']!(++n))
  }
  await run(MS / 3)
  const ms = await run(MS)
  console.log(JSON.stringify({ ns: (ms / saves) * 1e6 }))
} finally {
  await committer.close()
  await client.db(database).dropDatabase()
  await client.close()
}
