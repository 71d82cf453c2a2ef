// `npm run faults:mongodb`: many writers of one document, and lost replies; figures for RESULTS.md.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { appendUnderCuts } from './unknown.ts'

const [PROCESSES, WRITERS, INCREMENTS] = [3, 16, 100]

const server = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = await new MongoClient(server.url).connect()
try {
  const c = createCollection<{ _id: string; n: number }>('c', {
    adapter: mongodbAdapter(client.db('storm')),
  })
  const counter = await c.insert({ _id: 'counter', n: 0 })
  const began = performance.now()
  const args = [
    'spec/mongodb/counting-writer.mjs',
    server.url,
    'storm',
    `${WRITERS}`,
    `${INCREMENTS}`,
  ]
  const codes = await Promise.all(
    Array.from({ length: PROCESSES }, () => {
      const child = spawn(process.execPath, args, { stdio: 'inherit' })
      return new Promise(resolve => child.on('close', resolve))
    }),
  )
  await counter.reload()
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  const sum = PROCESSES * WRITERS * INCREMENTS
  console.log(
    `${PROCESSES} processes x ${WRITERS} writers x ${INCREMENTS} increments: ${counter.state.n} of ${sum}, in ${seconds} s`,
  )
  const seen = await appendUnderCuts(server.url, { appends: 300, share: 0.15, seed: 11 })
  console.log(
    `300 appends, 15% of the replies cut (${seen.cuts}): ${seen.acknowledged} acknowledged, ${seen.unknown} unknown, ` +
      `${seen.twice} twice, ${seen.lost} lost`,
  )
  const good = codes.every(code => code === 0) && counter.state.n === sum
  process.exitCode = good && seen.twice === 0 && seen.lost === 0 ? 0 : 1
} finally {
  await client.close()
  await server.stop()
}
