// `npm run queries -- [queries] [first seed]`: random filters and sorts over documents of every type, on memory and LMDB
// beside a MongoDB of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { BSON, MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { fill, idsOf } from './compare.ts'
import { DOCUMENTS } from './documents.ts'
import { RandomQuery } from './random-query.ts'

const [queries = 5_000, first = 1_000_000] = process.argv.slice(2).map(Number)
const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = new MongoClient(url)
const path = mkdtempSync(join('build', 'queries-'))
const mongo = mongodbAdapter(client.db('queries'))
const [memory, lmdb] = [memoryAdapter(), lmdbAdapter({ path })]
for (const adapter of [mongo, memory, lmdb]) await fill(adapter, DOCUMENTS)

let [differ, refused] = [0, 0]
for (let seed = first; seed < first + queries; seed++) {
  const random = new RandomQuery(seed)
  const query = { filter: random.filter(), ...(seed % 2 === 0 && { sort: random.sort() }) }
  const [expected, ...received] = await Promise.all([mongo, memory, lmdb].map(a => idsOf(a, query)))
  if (typeof expected === 'string') refused++
  if (received.every(ids => String(ids) === String(expected))) continue
  differ++
  console.log(seed, BSON.EJSON.stringify(query), String(expected), received.map(String))
}
console.log(
  `${queries} queries from seed ${first} on memory, LMDB and MongoDB: ${differ} differ; ${refused} were refused by all`,
)
await Promise.all([mongo.close(), memory.close(), lmdb.close()])
await client.close()
await stop()
rmSync(path, { recursive: true })
process.exitCode = differ === 0 ? 0 : 1
