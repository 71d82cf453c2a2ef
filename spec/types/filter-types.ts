// Compiled by `tsc -p .`, never run: filters and sorts that must compile, and those that must not.
import type { Collection, DocumentStore, Filter, Sort } from 'cowslip'
import type { Long, ObjectId } from 'mongodb'

interface Line {
  sku: string
  qty: number
  notes?: readonly string[]
}
interface Order {
  _id: string
  readonly customer: ObjectId
  at: Date
  paid: boolean
  sum: number
  note?: string | null
  address: { city: string; geo: { lat: number; lon: number } } | null
  tags: readonly string[]
  lines: readonly Line[]
  prices: Record<string, number>
  free: any
  json: unknown
}

declare const orders: Collection<Order>
declare const anything: Collection<any>
declare const id: ObjectId
declare const long: Long
declare const name: string
declare const dynamic: Record<string, unknown>

export const fine = [
  orders.find({ _id: 'a', sum: 5, paid: true, at: { $gte: new Date() } }),
  orders.find({ 'address.city': 'London', 'address.geo.lat': { $gt: 1, $lt: 2 } }),
  orders.find({ customer: id, note: null, address: null }),
  orders.find({ sum: 5n }),
  orders.find({ sum: { $in: [5, 5n, long] } }),
  // Arrays count by element and as a whole, and are entered by element or by place.
  orders.find({ tags: 'new' }),
  orders.find({ tags: ['new', 'web'] }),
  orders.find({ tags: { $all: ['new'], $size: 1 } }),
  orders.find({ 'tags.0': 'new' }),
  orders.find({ 'lines.sku': 'x', 'lines.0.qty': { $gte: 1 } }),
  orders.find({ lines: { $elemMatch: { sku: 'x', qty: { $gt: 1 } } } }),
  orders.find({ 'lines.notes': /a/ }),
  orders.find({ note: /^a/, _id: { $regex: '^a', $options: 'i' } }),
  orders.find({ note: { $exists: false }, tags: { $not: { $in: ['x'] } } }),
  orders.find({ $and: [{ sum: 1 }, { $or: [{ paid: true }, { 'address.city': 'x' }] }] }),
  // Where a path cannot be known every text goes.
  orders.find({ 'prices.apple': 5, 'free.whatever.at': 'x', 'json.a.b': 1 }),
  orders.find({ $expr: { $gt: ['$sum', 1] } }),
  orders.find({}, { sort: { at: -1, 'address.city': 1, _id: 1 }, limit: 5 }),
  orders.findOne({ sum: 1 }, { sort: { sum: 1 } }),
  orders.count({ 'lines.qty': 3 }),
  orders.editMany({ paid: false }, draft => void (draft.paid = true)),
  orders.deleteMany({ at: { $lt: new Date() } }),
  anything.find({ [name]: 1, 'a.b': { $gt: 1 } }, { sort: { [name]: 1 } }),
]

// @ts-expect-error no such field
orders.find({ summ: 5 })
// @ts-expect-error no such path
orders.find({ 'address.town': 'x' })
// @ts-expect-error of another type
orders.find({ sum: 'five' })
// @ts-expect-error of another type, below
orders.find({ 'address.geo.lat': '1' })
// @ts-expect-error of another type, within an operator
orders.find({ at: { $gt: 5 } })
// @ts-expect-error of another type, by element
orders.find({ tags: 5 })
// @ts-expect-error of another type, below an array
orders.find({ 'lines.qty': 'x' })
// @ts-expect-error no such operator
orders.find({ sum: { $greater: 5 } })
// @ts-expect-error a pattern on a number
orders.find({ sum: /5/ })
// @ts-expect-error nor within a list
orders.find({ $or: [{ paid: 'yes' }] })
// @ts-expect-error an order is 1 or -1
orders.find({}, { sort: { at: 'asc' } })
// @ts-expect-error by no field at all
orders.find({}, { sort: { when: 1 } })

export const filter: Filter<Order> = { sum: { $gte: 1 } }
export const sort: Sort<Order> = { 'lines.qty': -1 }
export const stored: Filter<any> = dynamic

/** Documents that contain themselves end at the fifth level. */
interface Tree {
  name: string
  children: Tree[]
}
declare const trees: Collection<Tree>
export const deep = [
  trees.find({ 'children.children.name': 'x' }),
  trees.find({ 'children.children.children.children.children.children.name': 'x' }),
]
// @ts-expect-error of another type
trees.find({ 'children.children.name': 5 })

/** Several kinds of documents in one collection have the fields of each. */
type Shape = { kind: 'circle'; r: number } | { kind: 'square'; side: { a: number } }
declare const shapes: Collection<Shape>
export const kinds = [shapes.find({ kind: 'circle', r: 5 }), shapes.find({ 'side.a': { $gt: 1 } })]
// @ts-expect-error a kind that is none
shapes.find({ kind: 'line' })

interface Person {
  _id: string
  name: string
}
declare const people: Collection<Person>
const [first] = await orders
  .find()
  .with({ _id: people, tags: people, 'lines.sku': people })
  .toArray()
export const one: DocumentStore<Person> | null = first!.refs._id
export const several: readonly (DocumentStore<Person> | null)[] | null = first!.refs.tags
export const deeper: readonly (DocumentStore<Person> | null)[] | null = first!.refs['lines.sku']
export const order: DocumentStore<Order> = first!.document
// @ts-expect-error was not asked for
export const none = first!.refs.note
// @ts-expect-error no such path
orders.find().with({ nobody: people })
