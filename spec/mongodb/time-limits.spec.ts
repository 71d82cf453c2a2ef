import { createCollection, transaction } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { openDatabase } from './server.ts'

const url = process.env.COWSLIP_MONGODB_URL ?? ''
const { db, client, close } = await openDatabase('limits')

const test = suite('limits of time on MongoDB')

const took = async (work: Promise<unknown>): Promise<{ outcome: unknown; ms: number }> => {
  const at = performance.now()
  const outcome = await work.then(
    () => 'done',
    error => error.code ?? error,
  )
  return { outcome, ms: performance.now() - at }
}

test('each command carries what is left as `maxTimeMS`, at least 1', async () => {
  const watching = new MongoClient(url, { monitorCommands: true })
  const limits = new Map<string, unknown[]>()
  watching.on('commandStarted', ({ commandName, command }) => {
    limits.set(commandName, [...(limits.get(commandName) ?? []), command.maxTimeMS])
  })
  const c = createCollection<any>('c', { adapter: mongodbAdapter(watching.db(db.databaseName)) })
  const timeoutMS = 10_000
  const doc = await c.insert({ _id: 'limits', n: 0 }, { timeoutMS })
  await doc.edit((d: any) => void d.n++, { timeoutMS })
  await c.get('limits', { timeoutMS })
  await c.find({ n: 1 }, { timeoutMS }).toArray()
  await transaction(tx => tx.edit(doc, d => void d.n++), { timeoutMS })
  await doc.delete({ timeoutMS })
  for (const name of ['insert', 'update', 'find', 'delete']) {
    const all = limits.get(name) as number[]
    assert.ok(all.length > 0 && all.every(ms => ms >= 1 && ms <= timeoutMS), `${name}: ${all}`)
  }
  await c.insert({ _id: 'for ever' }, { timeoutMS: Infinity })
  assert.is(limits.get('insert')?.at(-1), undefined)
  await watching.close()
})

test('an edit of what another transaction holds ends in time, and lands once', async () => {
  const c = createCollection<any>('locked', { adapter: mongodbAdapter(db) })
  const doc = await c.insert({ _id: 1, log: [] })
  const session = client.startSession()
  session.startTransaction()
  await db.collection<any>('locked').updateOne({ _id: 1 }, { $set: { held: true } }, { session })
  const { outcome, ms } = await took(doc.edit((d: any) => void d.log.push('x'), { timeoutMS: 300 }))
  assert.is(outcome, 'unknown')
  assert.ok(ms < 1_500, `${ms} ms`)
  const read = await took(c.get(1, { timeoutMS: 300 }))
  assert.ok(read.ms < 1_500)
  await session.abortTransaction()
  await session.endSession()
  await doc.settled()
  assert.equal(doc.state.log, ['x'])
  await doc.edit((d: any) => void d.log.push('y'))
  await doc.reload()
  assert.equal(doc.state.log, ['x', 'y'])
})

test('a server that stops answering: every promise ends in time, nothing is applied twice', async () => {
  const proxy = await cuttingProxy(url)
  const slow = new MongoClient(proxy.url)
  const c = createCollection<any>('held', { adapter: mongodbAdapter(slow.db(db.databaseName)) })
  const docs = await Promise.all(
    Array.from({ length: 20 }, (_, n) => c.insert({ _id: n, log: [] })),
  )
  proxy.hold()
  const timeoutMS = 400
  const calls = Array.from({ length: 100 }, (_, i) => {
    const doc = docs[i % docs.length]!
    const push = (d: any): void => void d.log.push(i)
    const kinds = [
      () => doc.edit(push, { timeoutMS }),
      () => c.get(doc.id, { timeoutMS }),
      () => c.find({ _id: doc.id }, { timeoutMS }).toArray(),
      () => transaction(tx => tx.edit(doc, push), { timeoutMS }),
      () => doc.reload({ timeoutMS }),
    ]
    return took(kinds[Math.floor(i / docs.length)]!())
  })
  const ended = await Promise.all(calls)
  const late = ended.map(({ ms }) => ms - timeoutMS).sort((a, b) => a - b)
  assert.ok(late[94]! <= 100 && late[99]! <= 500, `late by ${late[94]} and ${late[99]} ms`)
  for (const { outcome } of ended) {
    assert.ok(outcome === 'timeout' || outcome === 'unknown', String(outcome))
  }
  proxy.release()
  await Promise.all(docs.map(doc => doc.edit((d: any) => void d.log.push('after'))))
  for (const doc of docs) {
    await doc.reload()
    const { log } = doc.state
    assert.is(new Set(log).size, log.length, `twice: ${log}`)
    assert.is(log.filter((entry: unknown) => entry === 'after').length, 1)
    const stored = await db.collection<any>('held').findOne({ _id: doc.id })
    assert.equal(doc.state.log, stored?.log)
  }
  await slow.close()
  await proxy.close()
})

test('a connection that is swallowed does not keep a document from its next edit', async () => {
  const proxy = await cuttingProxy(url)
  const slow = new MongoClient(proxy.url)
  const adapter = mongodbAdapter(slow.db(db.databaseName), { resolveMS: 100 })
  const c = createCollection<any>('swallowed', { adapter, timeoutMS: 8_000 })
  const doc = await c.insert({ _id: 1, log: [] })
  proxy.swallow()
  await doc
    .edit((d: any) => void d.log.push('x'), { timeoutMS: 200 })
    .then(() => assert.unreachable(), code('unknown'))
  await doc.edit((d: any) => void d.log.push('y'))
  assert.equal(doc.state.log.at(-1), 'y')
  assert.is(new Set(doc.state.log).size, doc.state.log.length)
  await slow.close()
  await proxy.close()
})

test('ends', close)
test.run()
