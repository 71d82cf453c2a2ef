// 64 clients of the order service of one contender: prints nanoseconds for each request, and checks the sums.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request as send } from 'node:http'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'

const [contender, articles] = process.argv.slice(2) as [string, string]
const url = process.env.PERF_MONGODB_URL ?? ''
const database = `service_${process.pid}`
const CLIENTS = 64
const MS = 5_000
const LEFT = 100_000

const child = spawn(
  process.execPath,
  ['perf/build/service-server.js', contender, database, articles, String(LEFT)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
const port = Number(/^port (\d+)$/.exec((await lines.next()).value)?.[1])
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })

interface Answer {
  readonly status: number
  readonly etag: string
  readonly body: any
}

function call(method: string, path: string, body?: unknown, tag = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-user': 'ada', ...(tag !== '' && { 'if-match': tag }) }
    const sent = send({ agent, host: '127.0.0.1', port, method, path, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', data => (text += data))
      answer.on('end', () => {
        const { statusCode: status = 0, headers: got } = answer
        resolve({ status, etag: got.etag ?? '', body: JSON.parse(text) })
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

let requests = 0
let placed = 0
let cancelled = 0
let open = 0

/** Places an order, looks at it, changes it twice, lists, and cancels each fourth. */
async function order(client: number, n: number): Promise<void> {
  const expect = (answer: Answer, status: number): Answer => {
    requests++
    if (answer.status === status) return answer
    throw new Error(`${contender}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  const bought = Array.from({ length: 3 }, (_, i) => {
    const sku = `a${(client * 7 + n * 3 + i) % Number(articles)}`
    return { sku, count: 1 + ((n + i) % 4), cents: 100 }
  })
  const customer = `c${client}`
  const asked = { customer, lines: bought }
  const { body } = expect(await call('POST', '/orders', asked), 201)
  placed++
  const path = `/orders/${body._id}`
  let { etag } = expect(await call('GET', path), 200)
  for (const note of ['by the door', 'a gift']) {
    ;({ etag } = expect(await call('PATCH', path, { note }, etag), 200))
  }
  expect(await call('GET', `/orders?customer=${customer}&size=10`), 200)
  if (n % 4 === 0) {
    expect(await call('POST', `${path}/cancel`), 200)
    cancelled++
  } else open += bought.reduce((sum, { count }) => sum + count, 0)
}

async function run(ms: number): Promise<number> {
  const began = performance.now()
  requests = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; performance.now() - began < ms; n++) await order(client, n)
    }),
  )
  return (performance.now() - began) / requests
}

const client = await new MongoClient(url).connect()
const db = client.db(database)
try {
  await run(1_500)
  const ms = await run(MS)
  child.stdin.end()
  const { value } = await lines.next()
  if (child.exitCode === null) await once(child, 'close')
  const events = Number(/^events (\d+)$/.exec(value)?.[1])
  const stock = await db.collection('stock').find().toArray()
  const sold = stock.reduce((sum, { left }) => sum + LEFT - left, 0)
  const entries = await db.collection('orders.audit').countDocuments()
  if (sold !== open) throw new Error(`${contender}: ${sold} sold, ${open} ordered`)
  if (events !== placed + cancelled) throw new Error(`${contender}: ${events} events`)
  if (entries !== placed * 3 + cancelled) throw new Error(`${contender}: ${entries} entries`)
  console.log(JSON.stringify({ ns: ms * 1e6 }))
} finally {
  child.kill()
  agent.destroy()
  await db.dropDatabase()
  await client.close()
}
