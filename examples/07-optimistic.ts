// A page edits at once and saves later; one of its edits is refused, and alone taken back.
import { createCollection, type Adapter } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'

interface Order {
  _id: string
  items: string[]
  note: string
}

/** A shop that has no more pencils. */
const shop = memoryAdapter()
const adapter: Adapter = {
  capabilities: shop.capabilities,
  load: (...args) => shop.load(...args),
  find: (...args) => shop.find(...args),
  close: () => shop.close(),
  async commit(commit) {
    await new Promise(resolve => setTimeout(resolve, 20))
    const isRefused = commit.kind === 'update' && (commit.next as Order).items.includes('pencil')
    if (!isRefused) return shop.commit(commit)
    return { status: 'rejected', code: 'sold-out', error: new Error('No pencils are left') }
  },
}

const orders = createCollection<Order>('orders', { adapter, optimistic: true })
const order = await orders.insert({ _id: 'o1', items: ['pen'], note: '' })
order.subscribe((change, { state }) =>
  console.log(`${change.origin.padEnd(6)} ${state.items.join(', ')} "${state.note}"`),
)
order.on('rejected', ({ error }) =>
  console.log('refused:', ((error as Error).cause as Error).message),
)
// Nobody awaits these edits: what fails is told here, and ends nothing.
order.on('error', ({ error }) => console.log('reported:', (error as { code: string }).code))

void order.edit(draft => void draft.items.push('ink'))
void order.edit(draft => void draft.items.push('pencil'))
void order.edit(draft => void (draft.note = 'as a gift'))
console.log('shown at once:', order.state.items.join(', '), `${order.pending} wait`)

await order.settled()
await new Promise(resolve => setTimeout(resolve, 10))
console.log(
  'saved:',
  order.state.items.join(', '),
  `"${order.state.note}" version ${order.version}`,
)
