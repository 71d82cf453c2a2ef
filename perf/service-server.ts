// The order service of one contender, in a process of its own: prints its port, and ends with its parent's input.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import { createShopServer } from '../examples/service/server.ts'
import { openMongooseShop } from './service/mongoose-shop.ts'

const [contender, database, count, left] = process.argv.slice(2) as string[]
const url = process.env.PERF_MONGODB_URL ?? ''
const stock = Array.from({ length: Number(count) }, (_, i) => {
  return { _id: `a${i}`, left: Number(left) }
})
let events = 0
const stop = new AbortController()

async function openCowslip() {
  const client = await new MongoClient(url, { maxPoolSize: 100 }).connect()
  const adapter = mongodbAdapter(client.db(database))
  const { server, shop } = createShopServer(adapter)
  await shop.orders.syncIndexes()
  await shop.stock.insertMany(stock)
  const taken = (async () => {
    for await (const { ack } of shop.orders.outbox({ signal: stop.signal })) {
      events++
      await ack()
    }
  })()
  return { server, end: async () => (await taken, await adapter.close(), await client.close()) }
}

async function openMongoose() {
  const { server, takeEvents, close } = await openMongooseShop(url, database as string, stock)
  const taken = (async () => {
    while (!stop.signal.aborted) {
      const some = await takeEvents()
      events += some
      if (some === 0) await sleep(50)
    }
  })()
  return { server, end: async () => (await taken, await close()) }
}

const { server, end } = await (contender === 'Mongoose' ? openMongoose() : openCowslip())
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`port ${(server.address() as AddressInfo).port}`)
process.stdin.resume()
await once(process.stdin, 'end')
for (let seen = -1; seen !== events; await sleep(500)) seen = events
stop.abort()
server.close()
server.closeAllConnections()
await end()
console.log(`events ${events}`)
