// `npm run faults:mongodb -- [writers] [increments] [collections]`: many writers of one document from three processes, under
// `version` and under `fields` beside a program that knows no version, and lost replies; figures for RESULTS.md.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
// @ts-expect-error plain JavaScript, run as it is
import { startMongo } from '../support/mongod.mjs'
import { appendUnderCuts } from './unknown.ts'

const PROCESSES = 3
const [writers = 22, increments = 500, collections = 4] = process.argv.slice(2, 5).map(Number)
type Counter = { _id: string; n: number; theirs: number; items: { id: string; n: number }[] }

const server = (await startMongo()) as { url: string; stop(): Promise<void> }
const client = await new MongoClient(server.url).connect()
let isGood = true

/** Adds to the document and puts elements in front of its list, as a program that knows no version. */
async function writeForeign(db: string, isOver: () => boolean): Promise<number> {
  const raw = client.db(db).collection<any>('c')
  let writes = 0
  for (; !isOver(); writes++) {
    const item = { id: `other${writes}`, n: 0 }
    const $push = { items: { $each: [item], $position: 0, $slice: 50 } }
    const isPush = writes % 20 === 0 && writes < 400
    const update: object = isPush ? { $inc: { theirs: 1 }, $push } : { $inc: { theirs: 1, n: 1 } }
    await raw.updateOne({ _id: 'counter' }, update)
    if (isPush) continue
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return writes
}

try {
  for (const concurrency of ['version', 'fields'] as const) {
    const database = `storm_${concurrency}`
    const adapter = mongodbAdapter(client.db(database))
    const c = createCollection<Counter>('c', { adapter, concurrency })
    const items = [{ id: 'mine', n: 0 }]
    const counter = await c.insert({ _id: 'counter', n: 0, theirs: 0, items })
    const began = performance.now()
    const args = [server.url, database, writers, increments, concurrency, collections].map(String)
    let isOver = false
    const foreign = concurrency === 'fields' ? writeForeign(database, () => isOver) : null
    const codes = await Promise.all(
      Array.from({ length: PROCESSES }, () => {
        const script = ['spec/mongodb/counting-writer.mjs', ...args]
        const child = spawn(process.execPath, script, { stdio: 'inherit' })
        return new Promise(resolve => child.on('close', resolve))
      }),
    )
    isOver = true
    const others = (await foreign) ?? 0
    await counter.reload()
    const { n, theirs, items: stored } = counter.state
    const pushes = Math.min(20, Math.ceil(others / 20))
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    const sum = PROCESSES * writers * increments
    const wrong = stored.filter(item => item.n !== (item.id === 'mine' ? sum : 0)).length
    isGood &&= codes.every(code => code === 0) && wrong === 0 && theirs === others
    isGood &&= n === sum + others - (others === 0 ? 0 : pushes)
    console.log(
      `${PROCESSES} processes x ${writers} writers x ${increments} increments of one document, ${concurrency}, ${collections} ` +
        `collections each: ${n - others + (others === 0 ? 0 : pushes)} of ${sum}, beside ${others} writes without a version ` +
        `(${theirs} there), ${wrong} wrong elements, in ${seconds} s`,
    )
  }
  for (const [documents, appends] of [
    [1, 300],
    [16, 60],
  ] as const) {
    for (const concurrency of ['version', 'fields'] as const) {
      const options = { appends, share: 0.15, seed: 11, documents, concurrency }
      const seen = await appendUnderCuts(server.url, options)
      isGood &&= seen.twice + seen.lost + seen.clashes === 0
      console.log(
        `${appends} appends to ${documents} documents at once, ${concurrency}, 15% of the replies cut (${seen.cuts}): ` +
          `${seen.acknowledged} acknowledged, ${seen.unknown} unknown, ${seen.twice} twice, ${seen.lost} lost, ${seen.clashes} clashes`,
      )
    }
  }
  process.exitCode = isGood ? 0 : 1
} finally {
  await client.close()
  await server.stop()
}
