// What was edited, and what was sent: side by side, on a real server.
import { createCollection, transaction, type Draft } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'

interface Order {
  _id: string
  customer: string
  status: string
  items: { sku: string; qty: number }[]
  shipping: { city: string; zip: string; notes: Record<string, string> }
  due: Date
  log: string[]
}

const client = await new MongoClient(process.env.EXAMPLE_MONGODB_URL ?? '').connect()
const db = client.db('example')
const orders = createCollection<Order>('orders', { adapter: mongodbAdapter(db) })

const order = await orders.insert({
  _id: 'o1',
  customer: 'Ada Lovelace, who will not be sent again',
  status: 'open',
  items: Array.from({ length: 20 }, (_, i) => ({ sku: `part ${i}`, qty: 1 })),
  shipping: { city: 'London', zip: 'W1', notes: { door: 'the blue one, behind the garden' } },
  due: new Date(Date.UTC(2026, 0, 1)),
  log: ['created, paid, packed, and so on and so forth'],
})

/** Edits the order and shows what goes over the wire. */
async function show(title: string, recipe: (draft: Draft<Order>) => unknown): Promise<void> {
  const edit = order.begin()
  recipe(edit.draft)
  const { updateOne } = orders.explain(edit.changeSet()) as { updateOne: { update: object } }
  await edit.commit()
  const { _cow, ...$set } = (updateOne.update as { $set: Record<string, unknown> }).$set
  const sent = { ...updateOne.update, $set }
  console.log(`${title}\n  sent: ${JSON.stringify(sent)}  + version ${order.version}`)
}

await show('a field', draft => (draft.status = 'packed'))
await show('a nested field', draft => (draft.shipping.city = 'Paris'))
await show('a key with a dot in it', draft => (draft.shipping.notes['at 10.30'] = 'ring twice'))
await show('a date in place', draft => draft.due.setUTCDate(15))
await show('one element of twenty', draft => (draft.items[7]!.qty = 3))
await show('an append', draft => draft.log.push('shipped'))
await show('a removal at the head', draft => draft.items.shift())
await show('a reorder', draft => draft.log.reverse())

// Another process edits the same order: a stale edit is made again on what is stored.
const elsewhere = createCollection<Order>('orders', { adapter: mongodbAdapter(db) })
const same = await elsewhere.get('o1')
await same?.edit(draft => void draft.log.push('from elsewhere'))
order.on('conflict', ({ current }) => console.log(`clash: the server is at version ${current}`))
await order.edit(draft => void draft.log.push('from here'))
console.log('both are there:', order.state.log.slice(-2).join(', '))

// Several documents, all or nothing.
const stock = createCollection<{ _id: string; count: number }>('stock', {
  adapter: mongodbAdapter(db),
})
const ink = await stock.insert({ _id: 'ink', count: 5 })
try {
  await transaction(tx => {
    tx.edit(ink, draft => void draft.count--)
    throw new Error('changed my mind')
  })
} catch (error) {
  console.log(`${(error as Error).message}: ink is still ${ink.state.count}`)
}

const stored = await db.collection<Order>('orders').findOne({ _id: 'o1' })
console.log(
  `on the server: ${stored?.items.length} items, ${stored?.status}, ${stored?.shipping.city}`,
)
await db.dropDatabase()
await client.close()
