// A process that writes documents, on the built package:
//   node watch-writer.mjs <url> <database> <documents> <writes> <pause in ms>
// With a pause one write after another, else all documents at once, again and again.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'

const [url, database, ...numbers] = process.argv.slice(2)
const [documents, writes, pauseMS] = numbers.map(Number)
const client = await new MongoClient(url, { w: 'majority' }).connect()
const docs = createCollection('docs', { adapter: mongodbAdapter(client.db(database)) })
const held = await docs.getMany(Array.from({ length: documents }, (_, i) => i))
const now = () => performance.timeOrigin + performance.now()
const write = doc => doc.edit(draft => void (draft.n++, (draft.at = now())))
for (let i = 0; i < writes; i += pauseMS > 0 ? 1 : documents) {
  if (pauseMS > 0) {
    await new Promise(resolve => setTimeout(resolve, pauseMS))
    await write(held[i % documents])
  } else await Promise.all(held.map(write))
}
await client.close()
