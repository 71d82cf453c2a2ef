// `npm run queries:indexes -- [collections] [queries in each] [documents] [first seed]`: random filters, sorts, limits and
// pages over documents of every type with random indexes, on memory, LMDB and MongoDB, with and without the indexes.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { compareIndexed } from './compare-indexed.ts'

const [collections = 4, queries = 250, documents = 2_000, first = 1] = process.argv
  .slice(2)
  .map(Number)
const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = new MongoClient(url)
const totals = { queries: 0, refused: 0, indexed: 0, faults: 0 }
for (let seed = first; seed < first + collections; seed++) {
  const path = mkdtempSync(join('build', 'queries-'))
  const lmdb = () => lmdbAdapter({ path: mkdtempSync(join(path, 'store-')) })
  const mongo = (name: string) => mongodbAdapter(client.db(`${name}_${seed}`))
  const candidates = [
    { name: 'MongoDB', adapter: mongo('plain'), isIndexed: false },
    { name: 'MongoDB with indexes', adapter: mongo('indexed'), isIndexed: true },
    { name: 'memory', adapter: memoryAdapter(), isIndexed: false },
    { name: 'memory with indexes', adapter: memoryAdapter(), isIndexed: true },
    { name: 'LMDB', adapter: lmdb(), isIndexed: false },
    { name: 'LMDB with indexes', adapter: lmdb(), isIndexed: true },
  ]
  const compared = await compareIndexed(seed, documents, queries, candidates)
  totals.queries += compared.queries
  totals.refused += compared.refused
  totals.indexed += compared.indexed
  totals.faults += compared.faults.length
  for (const fault of compared.faults.slice(0, 3)) console.log(fault)
  for (const { adapter } of candidates) await adapter.close()
  for (const name of ['plain', 'indexed']) await client.db(`${name}_${seed}`).dropDatabase()
  rmSync(path, { recursive: true })
}
console.log(
  `${totals.queries} queries on ${collections} collections of ${documents} documents from seed ${first}: ` +
    `${totals.faults} differ; ${totals.refused} were refused; ${totals.indexed} answers came by an index`,
)
await client.close()
await stop()
process.exitCode = totals.faults === 0 ? 0 : 1
