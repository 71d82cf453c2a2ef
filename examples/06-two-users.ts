// Two people edit one document: undo, redo, and a clash that is settled.
import { ConflictError, createStore, describe, type ChangeSet, type Store } from 'cowslip'

interface Note {
  title: string
  lines: string[]
}

const note: Note = { title: 'Shopping', lines: ['milk', 'bread'] }
const ada = createStore(note)
const grace = createStore(note)

/** What one does reaches the other, as JSON over some wire. */
function edit(from: Store<Note>, to: Store<Note>, recipe: (draft: Note) => void): void {
  const change = from.edit(recipe)
  if (change !== null) send(change, from, to)
}

function send(change: ChangeSet, from: Store<Note>, to: Store<Note>): void {
  to.apply(JSON.parse(JSON.stringify(change.toJSONPatch())) as never)
  const who = from === ada ? 'Ada' : 'Grace'
  for (const line of describe(change)) console.log(`${who.padEnd(6)} ${line}`)
}

edit(ada, grace, draft => void draft.lines.push('tea'))
edit(grace, ada, draft => void draft.lines.unshift('coffee'))

const undone = ada.undo()
if (undone !== null) send(undone, ada, grace)
console.log('Ada took back her tea, not the coffee:', grace.state.lines.join(', '))

const redone = ada.redo()
if (redone !== null) send(redone, ada, grace)
console.log('and here it is again:', grace.state.lines.join(', '))

edit(ada, grace, draft => void (draft.title = 'To buy'))
edit(grace, ada, draft => void (draft.title = 'Saturday'))
try {
  ada.undo()
} catch (error) {
  if (!(error instanceof ConflictError)) throw error
  const [clash] = error.conflicts
  console.log(
    `a clash at ${clash?.path.join('.')}: mine '${clash?.ours}', theirs '${clash?.theirs}'`,
  )
  ada.undo({ resolve: 'theirs' })
}
console.log('it stays:', ada.state.title)
