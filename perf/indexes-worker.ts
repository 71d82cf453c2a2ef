// Collections that grow, in a process of their own: prints nanoseconds (p50) and what was counted.
//   find     LMDB, 100,000 documents of some 900 bytes: one by a unique field, beside a raw get and decode
//   page     the same: a page of 20 by an index and its order
//   insert   LMDB: 1,000 documents at once, into a store that grows to 20,000
//   many     MongoDB: 1,000 documents at once
//   heap     MongoDB: the heap of each of 1,000 documents of some 8.5 KB that are loaded
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection, type CollectionOptions } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { mongodbAdapter } from 'cowslip/mongodb'
import { open } from 'lmdb'
import { MongoClient } from 'mongodb'

const [contender, workload, size = '1'] = process.argv.slice(2) as [string, string, string?]

/** As an order in a shop. */
const order = (i: number) => ({
  _id: `order-${String(i).padStart(6, '0')}`,
  number: `n${i}`,
  customer: `customer-${i % 1_000}`,
  at: new Date(1_700_000_000_000 + ((i * 7_919) % 1_000_003) * 1_000),
  paid: i % 2 === 0,
  sum: i / 4,
  address: { street: `Street ${i}`, city: 'London', country: 'GB' },
  lines: Array.from({ length: 12 }, (_, n) => ({ sku: `sku-${n}`, qty: n + 1, price: n / 4 })),
  tags: ['new', 'web', `t${i % 50}`],
})

const PART = 'x'.repeat(40)
/** As in the tables of saves: some 8.5 KB. */
const large = (i: number): Record<string, unknown> => ({
  _id: `d${i}`,
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [
      `field${n}`,
      n % 3 === 0 ? { a: PART, b: { c: n, d: PART } } : `${PART} ${n}`,
    ]),
  ),
  items: Array.from({ length: 60 }, (_, id) => ({
    id,
    name: PART,
    price: id / 4,
    sub: { on: true },
  })),
})

const INDEXES: NonNullable<CollectionOptions['indexes']> = [
  { fields: { number: 1 }, unique: true },
  { fields: { customer: 1, at: -1 } },
  { fields: { tags: 1 } },
]

const median = (times: number[]): number => {
  times.sort((a, b) => a - b)
  return (times[times.length >> 1] ?? NaN) * 1e6
}

async function time(rounds: number, run: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await run(round)
    times.push(performance.now() - began)
  }
  return median(times)
}

async function onLMDB(path: string): Promise<Record<string, number>> {
  const adapter = lmdbAdapter({ path })
  const indexes = contender === 'without indexes' ? [] : INDEXES
  const orders = createCollection<ReturnType<typeof order>>('orders', { adapter, indexes })
  const count = workload === 'insert' ? 20_000 : 100_000
  const insert = (at: number): Promise<unknown> =>
    orders.insertMany(Array.from({ length: 1_000 }, (_, i) => order(at * 1_000 + i)))
  if (workload === 'insert') return { ns: await time(count / 1_000, insert) }
  for (let at = 0; at < count / 1_000; at++) await insert(at)
  const pick = (round: number): number => (round * 7_919) % count
  if (workload === 'page') {
    const query = (round: number) =>
      orders.find({ customer: `customer-${round % 1_000}` }, { sort: { at: -1 } })
    const ns = await time(2_000, round => query(round).states().page({ size: 20 }))
    const { entries } = await orders
      .find({ customer: 'customer-7' }, { sort: { at: -1 }, limit: 21 })
      .explain()
    return { ns, entries }
  }
  if (contender === 'Cowslip, live') {
    return { ns: await time(6_000, round => orders.findOne({ number: `n${pick(round)}` })) }
  }
  if (contender === 'Cowslip, states') {
    const ns = await time(6_000, round =>
      orders
        .find({ number: `n${pick(round)}` }, { limit: 1 })
        .states()
        .toArray(),
    )
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    let found = 0
    for await (const { paid } of orders.find({}).states()) if (paid) found++
    globalThis.gc?.()
    const grown = process.memoryUsage().heapUsed - before
    if (found !== count / 2) throw new Error(`found ${found}`)
    return { ns, grown }
  }
  await orders.close()
  await adapter.close()
  const raw = open<string, string[]>({ path, encoding: 'string', useVersions: true })
  const read = async (round: number): Promise<unknown> => {
    const text = raw.get(['orders', `s${order(pick(round))._id}`]) as string
    const found = JSON.parse(text.slice(text.indexOf('\n') + 1))
    // Dates are marked.
    found.at = new Date(found.at.$cow[1])
    return found
  }
  const ns = await time(6_000, read)
  await raw.close()
  return { ns }
}

async function onMongoDB(): Promise<Record<string, number>> {
  const client = await new MongoClient(process.env.PERF_MONGODB_URL ?? '').connect()
  const db = client.db(`many_${process.pid}`)
  const make = size === '1' ? order : large
  const documents = await db.createCollection<any>('documents')
  const writeConcern = { w: 'majority' } as const
  const adapter = mongodbAdapter(db, { writeConcern })
  if (workload === 'heap') {
    await documents.insertMany(Array.from({ length: 1_000 }, (_, i) => large(i)))
    const own = createCollection<any>('documents', { adapter })
    const load = () => (contender === 'driver' ? documents.find().toArray() : own.find().toArray())
    await load().then(() => {})
    await new Promise(resolve => setTimeout(resolve, 50))
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    const held = await load()
    globalThis.gc?.()
    const heap = (process.memoryUsage().heapUsed - before) / held.length
    await db.dropDatabase()
    await client.close()
    return { ns: heap * 1_000 }
  }
  const times: number[] = []
  for (let round = 0; round < 20; round++) {
    await documents.deleteMany({})
    const all = Array.from({ length: 1_000 }, (_, i) => make(i))
    const own = createCollection<any>('documents', { adapter })
    globalThis.gc?.()
    const began = performance.now()
    await (contender === 'driver'
      ? documents.insertMany(all, { writeConcern })
      : own.insertMany(all))
    if (round >= 5) times.push(performance.now() - began)
  }
  await db.dropDatabase()
  await client.close()
  return { ns: median(times) }
}

if (workload === 'many' || workload === 'heap') console.log(JSON.stringify(await onMongoDB()))
else {
  const path = mkdtempSync(join('perf', 'build', 'store-'))
  console.log(JSON.stringify(await onLMDB(path)))
  rmSync(path, { recursive: true })
}
