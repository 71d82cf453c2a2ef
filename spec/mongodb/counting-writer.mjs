// A process that counts up one document, on the built package:
//   node counting-writer.mjs <url> <database> <writers> <increments>
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'

const [url, database, writers, increments] = process.argv.slice(2)
const client = await new MongoClient(url).connect()
const adapter = mongodbAdapter(client.db(database))
await Promise.all(
  Array.from({ length: Number(writers) }, async () => {
    const counter = await createCollection('c', { adapter }).get('counter')
    for (let i = 0; i < Number(increments); i++) await counter.edit(draft => void draft.n++)
  }),
)
await client.close()
