// Undo of a stored document, while somebody else edits it too.
import { ConflictError, createCollection } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'

interface Board {
  _id: string
  title: string
  cards: { id: number; text: string }[]
}

const adapter = memoryAdapter()
const open = () => createCollection<Board>('boards', { adapter })
const ada = await open().insert({ _id: 'b', title: 'Plan', cards: [] })
const grace = (await open().get('b'))!
ada.subscribe((change, { state }) =>
  console.log(change.origin.padEnd(6), state.title, state.cards.map(({ text }) => text).join(', ')),
)

await ada.edit(draft => void draft.cards.push({ id: 1, text: 'ink' }), { label: 'add ink' })
await grace.edit(draft => void draft.cards.unshift({ id: 2, text: 'paper' }))
await ada.edit(draft => void (draft.title = 'To buy'), { label: 'new title' })
console.log('steps:', ada.history.past.map(({ label }) => label).join(', '))

await ada.undo()
await ada.undo()
console.log("Grace's card is still there:", ada.state.cards.length)
await ada.redo()

await ada.redo()
await grace.edit(draft => void (draft.title = 'Saturday'))
try {
  await ada.undo()
} catch (error) {
  if (!(error instanceof ConflictError)) throw error
  console.log(`cannot undo "new title": Grace changed ${error.conflicts[0]?.path.join('.')} since`)
}
await ada.undo({ resolve: 'ours' })
console.log('unless she is overruled:', ada.state.title)
