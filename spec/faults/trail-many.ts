// Kills of processes that write with an audit and events, and of one that takes the events:
//   npm run faults:trail -- storage rounds
import { freshFolder } from '../support/fresh-lmdb.ts'
import { lmdbAdapter } from 'cowslip/lmdb'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { trailRounds } from './trail.ts'

const [storage = 'lmdb', rounds = '20'] = process.argv.slice(2)

if (storage === 'lmdb') {
  const path = freshFolder()
  const open = () => {
    const adapter = lmdbAdapter({ path })
    return { adapter, close: () => adapter.close() }
  }
  report(await trailRounds(open, storage, path, Number(rounds)))
} else {
  const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
  const client = await new MongoClient(url, { w: 'majority' }).connect()
  const open = () => ({ adapter: mongodbAdapter(client.db('trail')), close: async () => {} })
  report(await trailRounds(open, storage, `${url} trail`, Number(rounds)))
  await client.close()
  await stop()
}

function report({ wrong, ...figures }: Awaited<ReturnType<typeof trailRounds>>): void {
  console.log(`${storage}, ${rounds} rounds: ${JSON.stringify(figures)}, ${wrong.length} wrong`)
  for (const each of wrong.slice(0, 10)) console.log(`  ${each}`)
  if (wrong.length > 0) process.exitCode = 1
}
