// `npm run replay -- [change sets] [first seed]`: replayed on a server of its own.
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { replay } from './replay.ts'

const [wanted = 10_000, first = 1_000] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(first)) {
  console.error('usage: npm run replay -- [change sets, 10000 by default] [first seed]')
  process.exit(2)
}

const server = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = await new MongoClient(server.url).connect()
try {
  let changed = 0
  let seed = first
  for (; changed < wanted; seed++) changed += await replay(client.db('replay'), seed)
  console.log(
    `${changed} change sets of seeds ${first} to ${seed - 1} replayed, without a difference`,
  )
} finally {
  await client.close()
  await server.stop()
}
