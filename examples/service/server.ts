// The orders over HTTP: ETag and If-Match stand for the version of a document, pages for cursors, and every error of the
// library for a status.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CowslipError, InvalidError, type Adapter } from 'cowslip'
import { z } from 'zod'
import { newOrder, orderPatch, Shop, ShopError } from './orders.ts'

/** An answer: a status, a body, and headers. */
interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const MAX_BYTES = 100_000
const user = new AsyncLocalStorage<string>()

const tagOf = (version: number): string => `"${version}"`

/** Creates the server. The caller listens, and closes it. */
export function createShopServer(adapter: Adapter): { server: Server; shop: Shop } {
  const shop = new Shop(adapter, () => user.getStore() ?? 'nobody')
  const server = createServer((request, response) => {
    const name = String(request.headers['x-user'] ?? 'nobody')
    void user.run(name, async () => {
      const answer = await route(shop, request).catch(toAnswer)
      send(response, answer)
    })
  })
  return { server, shop }
}

async function route(shop: Shop, request: IncomingMessage): Promise<Answer> {
  const { method = 'GET', url = '/' } = request
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const [, root, id, part, ...rest] = pathname.split('/').map(decodeURIComponent)
  if (root !== 'orders' || rest.length > 0) throw new Refusal(404, 'there is nothing here')
  if (id === undefined) {
    if (method === 'GET') return listOrders(shop, searchParams)
    if (method === 'POST') return placeOrder(shop, request)
  } else if (part === undefined) {
    if (method === 'GET') return showOrder(shop, id, request)
    if (method === 'PATCH') return changeOrder(shop, id, request)
  } else if (part === 'cancel' && method === 'POST') return cancelOrder(shop, id)
  else if (part === 'history' && method === 'GET') return showHistory(shop, id)
  throw new Refusal(405, 'that cannot be done here')
}

async function listOrders(shop: Shop, search: URLSearchParams): Promise<Answer> {
  const size = Math.min(Number(search.get('size') ?? 20) || 20, 100)
  const customer = search.get('customer')
  const cursor = shop.orders.find(customer === null ? {} : { customer }, {
    sort: { createdAt: -1 },
  })
  const body = await cursor.states().page({ size, after: search.get('after') })
  return { status: 200, body }
}

async function placeOrder(shop: Shop, request: IncomingMessage): Promise<Answer> {
  const asked = newOrder.parse(await readJSON(request))
  const order = await shop.place(randomUUID(), asked)
  return { status: 201, body: order, headers: { ETag: tagOf(1), Location: `/orders/${order._id}` } }
}

async function showOrder(shop: Shop, id: string, request: IncomingMessage): Promise<Answer> {
  const order = await shop.orders.get(id)
  if (order === null) throw new Refusal(404, 'there is no such order')
  const headers = { ETag: tagOf(order.version) }
  if (request.headers['if-none-match'] === headers.ETag) return { status: 304, headers }
  return { status: 200, body: order.state, headers }
}

async function changeOrder(shop: Shop, id: string, request: IncomingMessage): Promise<Answer> {
  const tag = /^"(\d+)"$/.exec(request.headers['if-match'] ?? '')
  if (tag === null) throw new Refusal(428, 'say by If-Match which version you have seen')
  const asked = orderPatch.parse(await readJSON(request))
  const order = await shop.orders.get(id)
  if (order === null) throw new Refusal(404, 'there is no such order')
  await order.edit(
    draft => {
      if (draft.state !== 'open') throw new ShopError('the order is cancelled')
      Object.assign(draft, asked)
    },
    { ifVersion: Number(tag[1]), label: 'change' },
  )
  return { status: 200, body: order.state, headers: { ETag: tagOf(order.version) } }
}

async function cancelOrder(shop: Shop, id: string): Promise<Answer> {
  const cancelled = await shop.cancel(id)
  if (cancelled === null) throw new Refusal(404, 'there is no such order')
  return { status: 200, body: cancelled.state, headers: { ETag: tagOf(cancelled.version) } }
}

async function showHistory(shop: Shop, id: string): Promise<Answer> {
  const history = await shop.orders.historyOf(id)
  if (history.length === 0) throw new Refusal(404, 'there is no such order')
  const body = history.map(({ at, who, label, version, change }) => {
    return { at, who, label, version, patch: change?.toJSONPatch() ?? null }
  })
  return { status: 200, body }
}

async function readJSON(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    // What is too much is read and dropped, so that the answer arrives; what is far too much is cut off.
    if (bytes > 100 * MAX_BYTES) request.destroy()
    if (bytes <= MAX_BYTES) parts.push(part)
  }
  if (bytes > MAX_BYTES) throw new Refusal(413, 'that is too much')
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new Refusal(400, 'that is no JSON')
  }
}

const STATUSES: Readonly<Record<string, number | undefined>> = {
  conflict: 412,
  duplicate: 409,
  missing: 404,
  'bad-argument': 400,
  'unsupported-value': 422,
  timeout: 503,
  busy: 503,
  adapter: 503,
}

function toAnswer(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.message } }
  if (error instanceof ShopError) return { status: 409, body: { error: error.message } }
  if (error instanceof z.ZodError) return { status: 422, body: { issues: error.issues } }
  if (error instanceof InvalidError) return { status: 422, body: { issues: error.details.issues } }
  if (error instanceof CowslipError) {
    const { code, message }: { code: string; message: string } = error
    return { status: STATUSES[code] ?? 500, body: { error: message, code } }
  }
  console.error(error)
  return { status: 500, body: { error: 'something failed' } }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
