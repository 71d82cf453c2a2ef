// One way to save, in a process of its own: prints nanoseconds per save (p50), bytes of its commands,
// and bytes of the heap for a loaded document.
import { MongoClient } from 'mongodb'
import { Bench } from 'tinybench'
import { document, SAVERS } from './suites/mongodb.ts'

const [contender, parts] = process.argv.slice(2) as [string, string]
const url = process.env.PERF_MONGODB_URL ?? ''
const database = `perf_${process.pid}`
const client = await new MongoClient(url).connect()
const HELD = 200
const ids = Array.from({ length: HELD }, (_, i) => `d${i}`)
const versions = { __v: 0, version: 1 }
const documents = ids.map(id => ({ ...document(id, Number(parts)), ...versions }))
const c = client.db(database).collection<any>('documents')
await c.insertMany(documents)

const saver = await SAVERS[contender]?.(url, database)
if (saver === undefined) throw new Error(`No ${contender}`)
try {
  await saver.save('d0', 1)
  const stored = await c.findOne({ _id: 'd0' })
  if (stored.count !== 1 || stored.meta.visits !== 1)
    throw new Error(`${contender} saves something else`)

  saver.commandBytes()
  await saver.save('d0', 2)
  const bytes = saver.commandBytes()

  let n = 2
  const bench = new Bench({ time: 1_200, warmupTime: 400, throws: true })
  bench.add(contender, async () => {
    n++
    await saver.save(ids[n % HELD] as string, n)
  })
  await bench.run()
  const ns = (bench.tasks[0]?.result.latency.p50 ?? NaN) * 1e6

  const held: unknown[] = new Array(HELD).fill(null)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (const [i, id] of ids.entries()) held[i] = await saver.load(id)
  globalThis.gc?.()
  const heap = (process.memoryUsage().heapUsed - before) / held.length
  console.log(JSON.stringify({ ns, bytes, heap }))
} finally {
  await saver.close()
  await client.db(database).dropDatabase()
  await client.close()
}
