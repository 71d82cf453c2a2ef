// One way to list 5,000 documents, in a process of its own: prints nanoseconds per listing (p50), and bytes of the heap for
// each document that is held.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, type Db } from 'mongodb'

const COUNT = 5_000
const NAME = 'documents'

const [contender] = process.argv.slice(2) as [string]
const client = await new MongoClient(process.env.PERF_MONGODB_URL ?? '').connect()
const db = client.db(`listing_${process.pid}`)

/** As an order in a shop: texts, numbers, dates, an address, lines. */
const document = (i: number): Record<string, unknown> => ({
  _id: `order-${i}`,
  customer: `customer-${i % 100}`,
  placed: new Date(1_700_000_000_000 + i),
  paid: i % 2 === 0,
  sum: i / 4,
  address: { street: `Street ${i}`, city: 'London', country: 'GB' },
  lines: Array.from({ length: 12 }, (_, n) => ({ sku: `sku-${n}`, qty: n + 1, price: n / 4 })),
  tags: ['new', 'web'],
})

type Lister = (db: Db) => () => Promise<unknown>

/** `held`: the documents are alive already when they are listed. */
const LISTERS: Readonly<Record<string, Lister>> = {
  driver: db => () => db.collection(NAME).find().toArray(),
  'Cowslip, live': db => {
    return () =>
      createCollection<any>(NAME, { adapter: mongodbAdapter(db) })
        .find()
        .toArray()
  },
  'Cowslip, states': db => {
    const c = createCollection<any>(NAME, { adapter: mongodbAdapter(db) })
    return () => c.find().states().toArray()
  },
  'Cowslip, held': db => {
    const c = createCollection<any>(NAME, { adapter: mongodbAdapter(db) })
    let held: unknown = null
    return async () => (held = [held && null, await c.find().toArray()])
  },
}

try {
  await db.collection<any>(NAME).insertMany(Array.from({ length: COUNT }, (_, i) => document(i)))
  const list = LISTERS[contender]?.(db)
  if (list === undefined) throw new Error(`No ${contender}`)
  for (let i = 0; i < 6; i++) await list()
  const times: number[] = []
  for (let i = 0; i < 15; i++) {
    globalThis.gc?.()
    const at = performance.now()
    await list()
    times.push(performance.now() - at)
  }
  times.sort((a, b) => a - b)
  globalThis.gc?.()
  await new Promise(resolve => setTimeout(resolve, 50))
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const held = await list()
  globalThis.gc?.()
  const heap = (process.memoryUsage().heapUsed - before) / COUNT
  console.log(JSON.stringify({ ns: (times[7] as number) * 1e6, heap, held: held !== null }))
} finally {
  await db.dropDatabase()
  await client.close()
}
