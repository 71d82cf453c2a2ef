// An order service. On LMDB: node examples/run.mjs examples/service/main.ts
// On MongoDB, the same code:  MONGODB_URL=mongodb://... node examples/run.mjs examples/service/main.ts
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Adapter } from 'cowslip'
import { createShopServer } from './server.ts'

async function openAdapter(): Promise<{ adapter: Adapter; close: () => Promise<unknown> }> {
  const { MONGODB_URL: url, LMDB_FOLDER: folder = join(tmpdir(), 'cowslip-shop') } = process.env
  if (url === undefined) {
    const { lmdbAdapter } = await import('cowslip/lmdb')
    const adapter = lmdbAdapter({ path: folder })
    return { adapter, close: () => adapter.close() }
  }
  const { mongodbAdapter } = await import('cowslip/mongodb')
  const { MongoClient } = await import('mongodb')
  const client = await new MongoClient(url).connect()
  const adapter = mongodbAdapter(client.db(process.env.MONGODB_NAME ?? 'shop'))
  return { adapter, close: async () => (await adapter.close(), await client.close()) }
}

const { adapter, close } = await openAdapter()
const { server, shop } = createShopServer(adapter)
await shop.orders.syncIndexes()
for (const _id of ['pen', 'ink', 'paper']) {
  if ((await shop.stock.get(_id)) === null) await shop.stock.insert({ _id, left: 1_000 })
}

const stop = new AbortController()
const mailing = (async () => {
  for await (const { event, ack } of shop.orders.outbox({ signal: stop.signal })) {
    console.log('mail:', JSON.stringify(event))
    await ack()
  }
})()

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)

async function end(): Promise<void> {
  stop.abort()
  server.close()
  server.closeAllConnections()
  await mailing
  await close()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
