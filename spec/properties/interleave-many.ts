// `npm run interleavings -- [programs] [first seed] [memory | lmdb | mongodb]`: random interleavings of reads, writes and
// foreign writes on a storage that is late with everything.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { checkInterleaving, type Storage } from './interleavings.ts'
import { microtasks, turns } from './interleaving-storages.ts'

const [programs = 20_000, first = 1_000_000] = process.argv.slice(2, 4).map(Number)
const kind = process.argv[4] ?? 'memory'
const at = Date.now()

/** So many programs on one storage, `width` at once. */
async function run(
  count: number,
  width: number,
  storage: (seed: number) => Storage,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const seed = first + next++
      await checkInterleaving(seed, storage(seed))
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
}

if (kind === 'memory') {
  await run(programs, 1, () => microtasks(memoryAdapter()))
} else if (kind === 'lmdb') {
  const path = mkdtempSync(join('build', 'interleavings-'))
  const adapter = lmdbAdapter({ path })
  await run(programs, 256, () => turns(adapter))
  await adapter.close()
  rmSync(path, { recursive: true })
} else if (kind === 'mongodb') {
  const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
  const client = new MongoClient(url)
  const db = client.db('interleavings')
  try {
    const adapter = mongodbAdapter(db)
    await run(programs, 32, () =>
      turns(adapter, (collection, id, name) =>
        db.collection<any>(collection).updateOne({ _id: id }, { $set: { name } }),
      ),
    )
  } finally {
    await db.dropDatabase()
    await client.close()
    await stop()
  }
} else {
  console.error('usage: npm run interleavings -- [programs] [first seed] [memory | lmdb | mongodb]')
  process.exit(2)
}
console.log(
  `${programs} interleavings on ${kind} from seed ${first}: every law held (${Date.now() - at} ms)`,
)
