// `get` of a document that is held, beside the driver's `findOne`, in a process of its own: nanoseconds (p50).
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import { document } from './suites/mongodb.ts'

const [contender] = process.argv.slice(2) as [string]
const client = await new MongoClient(process.env.PERF_MONGODB_URL ?? '').connect()
const db = client.db(`get_${process.pid}`)
const documents = db.collection<any>('documents')
try {
  await documents.insertOne({ ...document('d', 1) })
  const people = createCollection<any>('documents', { adapter: mongodbAdapter(db) })
  const held = await people.get('d')
  const get = contender === 'driver' ? () => documents.findOne({ _id: 'd' }) : () => people.get('d')
  for (let i = 0; i < 300; i++) await get()
  const times: number[] = []
  for (let i = 0; i < 1_000; i++) {
    const at = performance.now()
    await get()
    times.push(performance.now() - at)
  }
  times.sort((a, b) => a - b)
  console.log(JSON.stringify({ ns: (times[500] as number) * 1e6, held: held !== null }))
} finally {
  await db.dropDatabase()
  await client.close()
}
