// A process that counts up one document, on the built package:
//   node counting-writer.mjs <url> <database> <writers> <increments> <concurrency> <collections>
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'

const [url, database, writers, increments, concurrency = 'version', collections = writers] =
  process.argv.slice(2)
const client = await new MongoClient(url, { w: 'majority' }).connect()
const adapter = mongodbAdapter(client.db(database))
const open = () => createCollection('c', { adapter, concurrency, timeoutMS: 300_000 })
const all = Array.from({ length: Number(collections) }, open)
await Promise.all(
  Array.from({ length: Number(writers) }, async (_, i) => {
    const counter = await all[i % all.length].get('counter')
    for (let n = 0; n < Number(increments); n++) {
      await counter.edit(draft => {
        draft.n++
        const mine = draft.items.find(({ id }) => id === 'mine')
        mine.n++
      })
    }
  }),
)
await client.close()
