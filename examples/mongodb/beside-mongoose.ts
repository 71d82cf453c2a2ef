// Adopting Cowslip in an application that uses Mongoose: both write the same documents, and neither loses what the other
// wrote. The schema has `optimisticConcurrency`, so both raise `__v` and notice each other by it.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import mongoose from 'mongoose'

interface Order {
  _id: string
  status: string
  items: { sku: string; qty: number }[]
  notes?: string
}

const url = process.env.EXAMPLE_MONGODB_URL ?? ''
const connection = await mongoose.createConnection(url, { dbName: 'adopting' }).asPromise()
const schema = new mongoose.Schema(
  { _id: String, status: String, items: [{ _id: false, sku: String, qty: Number }], notes: String },
  { optimisticConcurrency: true },
)
const Orders = connection.model('Order', schema, 'orders')
await Orders.create({ _id: 'o1', status: 'open', items: [{ sku: 'ink', qty: 1 }] })

// On the connection that Mongoose has. `__v` is the version; the ids of our commits stand in `_cow`.
const db = connection.getClient().db('adopting')
const adapter = mongodbAdapter(db, { bookkeeping: { version: '__v', field: '_cow' } })
const orders = createCollection<Order>('orders', { adapter })

const order = (await orders.get('o1'))!
console.log(`read: version ${order.version}, ${JSON.stringify(order.state)}`)

// Mongoose is told that the document has moved on.
const theirs = (await Orders.findById('o1'))!
await order.edit(draft => void draft.items.push({ sku: 'paper', qty: 2 }))
theirs.status = 'packed'
await theirs.save().catch((error: Error) => console.log(`Mongoose: ${error.name}`))

// An edit of ours is made again on what Mongoose saved.
const again = (await Orders.findById('o1'))!
again.status = 'packed'
await again.save()
order.on('conflict', ({ current }) => console.log(`clash: the server is at version ${current}`))
await order.edit(draft => void (draft.notes = `${draft.status}, ${draft.items.length} items`))
console.log(order.state.notes)

// What Mongoose writes arrives by itself while somebody listens.
const heard = new Promise<void>(resolve => {
  order.subscribe(change => {
    console.log(`from Mongoose: ${change.touched.join()}`)
    resolve()
  })
})
await new Promise(resolve => setTimeout(resolve, 300))
await Orders.updateOne({ _id: 'o1' }, { status: 'shipped' })
await heard
console.log(`${order.state.status}, as Mongoose says too: ${(await Orders.findById('o1'))?.status}`)

await adapter.close()
await db.dropDatabase()
await connection.close()
