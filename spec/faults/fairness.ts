// `npm run fairness -- [seconds]`: workers in closed loops of transactions on one document: how many commits each makes.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection, transaction } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'

const [seconds = 10] = process.argv.slice(2).map(Number)
const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = new MongoClient(url)
const path = mkdtempSync(join('build', 'fairness-'))
const db = client.db('fairness')
const adapters = {
  memory: memoryAdapter(),
  lmdb: lmdbAdapter({ path }),
  mongodb: mongodbAdapter(db),
}

for (const [name, adapter] of Object.entries(adapters)) {
  for (const workers of [8, 64]) {
    const c = createCollection<{ _id: number; n: number }>(`w${workers}`, { adapter })
    const doc = await c.insert({ _id: 1, n: 0 })
    const commits = Array.from({ length: workers }, () => 0)
    const end = Date.now() + seconds * 1_000
    let refused = 0
    const work = async (_: unknown, i: number): Promise<void> => {
      while (Date.now() < end) {
        await transaction(tx => tx.edit(doc, draft => void draft.n++)).then(
          () => commits[i]!++,
          () => refused++,
        )
        // On memory nothing else would let time pass.
        if (name === 'memory') await new Promise(resolve => setImmediate(resolve))
      }
    }
    await Promise.all(commits.map(work))
    commits.sort((a, b) => a - b)
    const sum = commits.reduce((all, n) => all + n, 0)
    console.log(
      `${name}, ${workers} workers, ${seconds} s: slowest ${commits[0]}, median ${commits[workers >> 1]}, ` +
        `fastest ${commits.at(-1)}, refused ${refused}, sum ${sum === doc.state.n ? 'exact' : 'WRONG'}`,
    )
  }
}
await Promise.all(Object.values(adapters).map(adapter => adapter.close()))
await db.dropDatabase()
await client.close()
await stop()
rmSync(path, { recursive: true, force: true })
