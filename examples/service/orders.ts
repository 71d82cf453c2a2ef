// The orders of a shop: what they are, and what may be done with them. Nothing here knows of HTTP, or of the database.
import { createCollection, transaction, type Adapter, type Collection } from 'cowslip'
import { z } from 'zod'

const line = z.object({ sku: z.string().min(1), count: z.int().min(1), cents: z.int().min(0) })

/** What a customer sends. */
export const newOrder = z.strictObject({
  customer: z.string().min(1),
  lines: z.array(line).min(1).max(100),
  note: z.string().max(1_000).default(''),
})

/** What a customer may change: not the lines, for which the stock was asked. */
export const orderPatch = newOrder.pick({ note: true }).partial()

const stored = z.object({
  _id: z.string(),
  ...newOrder.shape,
  state: z.enum(['open', 'cancelled']),
  createdAt: z.date(),
  updatedAt: z.date(),
})

/** An order; its total is made of the lines. */
export type Order = z.infer<typeof stored> & { readonly total?: number }

/** The units of one article that are left. */
export interface Stock {
  _id: string
  left: number
}

/** The part of an order that a customer sends. */
export type NewOrder = z.infer<typeof newOrder>

/** An order that cannot be made or cancelled as things are. */
export class ShopError extends Error {}

/** The shop on one storage; `who` says who is at work. */
export class Shop {
  readonly orders: Collection<Order>
  readonly stock: Collection<Stock>

  constructor(adapter: Adapter, who: () => string) {
    this.orders = createCollection<Order>('orders', {
      adapter,
      schema: stored,
      timestamps: true,
      audit: { who },
      events: true,
      computed: { total: ({ lines }: Order) => sumOf(lines) },
      indexes: [{ fields: { customer: 1, createdAt: -1 } }],
    })
    this.stock = createCollection<Stock>('stock', {
      adapter,
      beforeCommit: (_, { _id, left }: Stock) => {
        if (left < 0) throw new ShopError(`there is not so much of ${_id}`)
        return undefined
      },
    })
  }

  /** Makes an order, and takes its articles from the stock: both or neither. */
  async place(_id: string, asked: NewOrder): Promise<Order> {
    const counts = countsOf(asked.lines)
    const order = await transaction(
      async tx => {
        for (const item of await this.stock.getMany([...counts.keys()])) {
          if (item === null) throw new ShopError('there is no such article')
          tx.edit(item, draft => void (draft.left -= counts.get(item.id) as number))
        }
        return tx.insert(this.orders, { _id, ...asked, state: 'open' } as never)
      },
      { label: 'place', meta: { event: { type: 'placed', order: _id } } },
    )
    return order.state
  }

  /** Cancels an order that is open, and puts its articles back. Resolves to null if there is no such order. */
  async cancel(id: string): Promise<{ state: Order; version: number } | null> {
    const order = await this.orders.get(id)
    if (order === null) return null
    await transaction(
      async tx => {
        const { state, lines } = tx.read(order)
        if (state !== 'open') throw new ShopError('the order is cancelled already')
        const counts = countsOf(lines)
        for (const item of await this.stock.getMany([...counts.keys()])) {
          if (item !== null)
            tx.edit(item, draft => void (draft.left += counts.get(item.id) as number))
        }
        tx.edit(order, draft => void (draft.state = 'cancelled'))
      },
      { label: 'cancel', meta: { event: { type: 'cancelled', order: id } } },
    )
    return { state: order.state, version: order.version }
  }
}

type Lines = readonly { readonly sku: string; readonly count: number; readonly cents: number }[]

const sumOf = (lines: Lines): number =>
  lines.reduce((sum, { count, cents }) => sum + count * cents, 0)

function countsOf(lines: Lines): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { sku, count } of lines) counts.set(sku, (counts.get(sku) ?? 0) + count)
  return counts
}
