// The order service of examples/service on Mongoose: the same calls, checks, audit and events, each write with its audit
// entry and its event in one transaction, orders by optimistic concurrency, articles by guarded `$inc`.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import mongoose from 'mongoose'
import { newOrder, orderPatch, type NewOrder } from '../../examples/service/orders.ts'

/** A shop whose events somebody takes. */
export interface MongooseShop {
  readonly server: Server
  /** Hands over the events that are stored, in order, and drops them. Resolves to how many. */
  takeEvents(): Promise<number>
  close(): Promise<void>
}

/** The statuses of errors that are answers. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const { Schema } = mongoose
const line = new Schema({ sku: String, count: Number, cents: Number }, { _id: false })
const orderSchema = new Schema(
  {
    _id: String,
    customer: { type: String, required: true },
    lines: [line],
    note: String,
    state: { type: String, enum: ['open', 'cancelled'] },
    total: Number,
  },
  { timestamps: true, optimisticConcurrency: true },
)
orderSchema.index({ customer: 1, createdAt: -1 })
orderSchema.pre('save', function (this: any) {
  this.total = sumOf(this.lines)
})

const sumOf = (lines: NewOrder['lines']): number =>
  lines.reduce((sum, { count, cents }) => sum + count * cents, 0)

/** Opens the shop, with its stock. */
export async function openMongooseShop(
  url: string,
  database: string,
  articles: readonly { _id: string; left: number }[],
): Promise<MongooseShop> {
  const connection = await mongoose
    .createConnection(url, { dbName: database, maxPoolSize: 100 })
    .asPromise()
  const Order = connection.model('Order', orderSchema, 'orders')
  const Stock = connection.model('Stock', new Schema({ _id: String, left: Number }), 'stock')
  const plain: any = { strict: false, versionKey: false }
  const Audit = connection.model('Audit', new Schema({}, plain), 'orders.audit')
  const Event = connection.model('Event', new Schema({}, plain), 'orders.outbox')
  await Promise.all([Order.init(), Audit.init(), Event.init(), Stock.insertMany(articles)])

  /** Saves an order with its audit entry and its event. */
  async function save(order: any, session: any, who: string, label: string, event?: object) {
    const before = order.isNew ? null : order.$locals.before
    const patch = order.isNew ? null : order.$getChanges()
    await order.save({ session })
    const entry = {
      order: order._id,
      version: order.__v,
      at: new Date(),
      who,
      label,
      patch,
      before,
    }
    await Audit.insertMany([entry], { session, lean: true })
    if (event) await Event.insertMany([{ ...event, at: new Date() }], { session, lean: true })
  }

  async function take(lines: NewOrder['lines'], sign: 1 | -1, session: any): Promise<void> {
    for (const { sku, count } of lines) {
      const enough = sign === 1 ? {} : { left: { $gte: count } }
      const update = { $inc: { left: sign * count } }
      const { matchedCount } = await Stock.updateOne({ _id: sku, ...enough }, update, { session })
      if (matchedCount === 0) throw new Refusal(409, `there is not so much of ${sku}`)
    }
  }

  async function place(asked: NewOrder, who: string): Promise<any> {
    const _id = randomUUID()
    let order: any
    await connection.transaction(async (session: any) => {
      await take(asked.lines, -1, session)
      order = new Order({ _id, ...asked, state: 'open' })
      await save(order, session, who, 'place', { type: 'placed', order: _id })
    })
    return order
  }

  async function change(id: string, version: number, asked: object, who: string): Promise<any> {
    let order: any
    await connection.transaction(async (session: any) => {
      order = await Order.findById(id).session(session)
      if (order === null) throw new Refusal(404, 'there is no such order')
      if (order.__v !== version) throw new Refusal(412, 'somebody else changed it')
      if (order.state !== 'open') throw new Refusal(409, 'the order is cancelled')
      order.$locals.before = { note: order.note }
      order.set(asked)
      await save(order, session, who, 'change')
    })
    return order
  }

  async function cancel(id: string, who: string): Promise<any> {
    let order: any
    await connection.transaction(async (session: any) => {
      order = await Order.findById(id).session(session)
      if (order === null) throw new Refusal(404, 'there is no such order')
      if (order.state !== 'open') throw new Refusal(409, 'the order is cancelled already')
      await take(order.lines, 1, session)
      order.$locals.before = { state: order.state }
      order.state = 'cancelled'
      await save(order, session, who, 'cancel', { type: 'cancelled', order: id })
    })
    return order
  }

  async function route(request: IncomingMessage): Promise<[status: number, order: any]> {
    const { method, url: path = '/' } = request
    const { pathname, searchParams } = new URL(path, 'http://localhost')
    const [, , id, part] = pathname.split('/')
    const who = String(request.headers['x-user'] ?? 'nobody')
    if (id === undefined && method === 'POST') {
      return [201, await place(newOrder.parse(await readJSON(request)), who)]
    }
    if (id === undefined) {
      const size = Number(searchParams.get('size') ?? 20)
      const found = Order.find({ customer: searchParams.get('customer') })
      const items = await found.sort({ createdAt: -1, _id: -1 }).limit(size).lean()
      return [200, { items }]
    }
    if (part === 'cancel') return [200, await cancel(id, who)]
    if (method === 'PATCH') {
      const version = Number(/^"(\d+)"$/.exec(request.headers['if-match'] ?? '')?.[1] ?? NaN)
      return [200, await change(id, version, orderPatch.parse(await readJSON(request)), who)]
    }
    const order = await Order.findById(id).lean()
    if (order === null) throw new Refusal(404, 'there is no such order')
    return [200, order]
  }

  const server = createServer((request, response) => {
    const failed = (error: any): [number, any] => [error.status ?? 500, { error: String(error) }]
    void route(request)
      .catch(failed)
      .then(([status, order]) => {
        const tag = order.__v === undefined ? {} : { ETag: `"${order.__v}"` }
        response.writeHead(status, { 'Content-Type': 'application/json', ...tag })
        response.end(JSON.stringify(order))
      })
  })
  return {
    server,
    takeEvents: async () => {
      const events = await Event.find().sort({ _id: 1 }).limit(500).lean()
      if (events.length > 0) {
        await Event.deleteMany({ _id: { $in: events.map(({ _id }: any) => _id) } })
      }
      return events.length
    },
    close: () => connection.close(),
  }
}

async function readJSON(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}
