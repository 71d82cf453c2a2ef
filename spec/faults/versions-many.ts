// Two programs that know different shapes on many documents:
//   npm run faults:versions -- storage documents edits
import { freshFolder } from '../support/fresh-lmdb.ts'
import { lmdbAdapter } from 'cowslip/lmdb'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { versionsRound } from './versions.ts'

const [storage = 'lmdb', documents = '10000', edits = '10000'] = process.argv.slice(2)

for (const concurrency of ['version', 'fields', 'none']) {
  const options = { documents: Number(documents), edits: Number(edits), concurrency }
  if (storage === 'lmdb') {
    const path = freshFolder()
    const adapter = lmdbAdapter({ path })
    report(concurrency, await versionsRound(adapter, ['lmdb', path], options))
    await adapter.close()
  } else {
    const { url, stop } = (await startMongo()) as { url: string; stop(): Promise<void> }
    const client = await new MongoClient(url, { w: 'majority' }).connect()
    const adapter = mongodbAdapter(client.db('versions'))
    report(concurrency, await versionsRound(adapter, ['mongodb', `${url} versions`], options))
    await client.close()
    await stop()
  }
}

function report(concurrency: string, round: Awaited<ReturnType<typeof versionsRound>>): void {
  const { wrong, ...figures } = round
  console.log(`${storage}, ${concurrency}: ${JSON.stringify(figures)}, ${wrong.length} wrong`)
  for (const each of wrong.slice(0, 5)) console.log(`  ${each}`)
  if (wrong.length > 0) process.exitCode = 1
}
