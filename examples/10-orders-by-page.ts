// Orders on LMDB: found by index, read page by page, moved on together, with an outcome for each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollection, ManyError } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

interface Order {
  _id: number
  number: string
  customer: string
  sum: number
  state: 'open' | 'paid'
  tags: string[]
}

const path = mkdtempSync(join(tmpdir(), 'orders-'))
const adapter = lmdbAdapter({ path })
const orders = createCollection<Order>('orders', {
  adapter,
  indexes: [
    { fields: { number: 1 }, unique: true },
    { fields: { customer: 1, sum: -1 } },
    { fields: { tags: 1 } },
  ],
})

const customers = ['ada', 'grace', 'linus']
await orders.insertMany(
  Array.from({ length: 3_000 }, (_, i) => ({
    _id: i,
    number: `2026-${i}`,
    customer: customers[i % 3] as string,
    sum: (i * 7) % 1_000,
    state: 'open' as const,
    tags: i % 100 === 0 ? ['gift'] : [],
  })),
)

// A page costs what it shows, however many orders there are.
const query = orders.find({ customer: 'ada' }, { sort: { sum: -1 } })
let after: string | null = null
for (let page = 1; page <= 2; page++) {
  const { items, next } = await query.page({ size: 3, after })
  console.log(`page ${page}:`, items.map(({ state }) => `${state.number} ${state.sum}`).join(', '))
  after = next
}
console.log(await orders.find({ number: '2026-7' }).explain())

// A number is given once.
try {
  await orders.insertMany([
    { _id: 9_001, number: '2026-7', customer: 'ada', sum: 1, state: 'open', tags: [] },
    { _id: 9_002, number: '2026-9002', customer: 'ada', sum: 1, state: 'open', tags: [] },
  ])
} catch (error) {
  if (!(error instanceof ManyError)) throw error
  for (const { id, error: own } of error.outcomes) {
    console.log(id, own === undefined ? 'inserted' : (own as { code: string }).code)
  }
}

const { done } = await orders.editMany({ tags: 'gift' }, order => {
  order.state = 'paid'
})
console.log(`${done} gifts are paid, ${await orders.count({ state: 'open' })} orders are open`)

await adapter.close()
rmSync(path, { recursive: true })
