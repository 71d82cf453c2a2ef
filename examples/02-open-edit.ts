// An open edit: a draft held across awaits, with savepoints; what changed so far, by key and path.
import { setTimeout } from 'node:timers/promises'
import { createStore } from 'cowslip'

const order = createStore({
  customer: 'Ada',
  items: [{ sku: 'pen', qty: 1 }],
  shipping: { city: 'London', express: false },
})

const edit = order.begin()
edit.draft.shipping.city = 'Paris'
edit.draft.items[0]!.qty = 3
await setTimeout(5) // a form, a network call: the draft waits

const savepoint = edit.savepoint()
edit.draft.items.push({ sku: 'ink', qty: 2 })
edit.draft.shipping.express = true
console.log('changed:', edit.changedFieldNames().join(', '))
edit.rollback(savepoint)
console.log('back at the savepoint:', JSON.stringify(edit.getChanges()))

console.log('city was', edit.getOriginalValue('shipping.city'))
edit.rollback('shipping.city')
console.log('shipping changed:', edit.hasChanged('shipping'))

// Others may edit meanwhile: different keys merge, the same key is a conflict.
order.edit(draft => {
  draft.customer = 'Grace'
})
edit.commit()
console.log('committed:', JSON.stringify(order.state))
