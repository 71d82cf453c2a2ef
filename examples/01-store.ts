// A store: one document in memory, edits through drafts, change sets, listeners.
import { createStore } from 'cowslip'

const ada = createStore({ name: 'Ada', tags: ['math'], address: { city: 'London' } })

ada.subscribe(change => console.log('heard:', change.touched.join(', ')), { path: 'address' })

const before = ada.state
const change = ada.edit(draft => {
  draft.address.city = 'Paris'
  draft.tags.push('poet')
})

console.log('before:', before.address.city, '- now:', ada.state.address.city)
console.log('patches:', JSON.stringify(change?.patches))
console.log('originals:', JSON.stringify(change?.originals))

// An edit that ends where it began is none.
console.log(
  'nothing:',
  ada.edit(draft => void draft.tags.push(draft.tags.pop()!)),
)

// A change set knows its way back.
if (change !== null) ada.apply(change.invert())
console.log('undone:', JSON.stringify(ada.state))
