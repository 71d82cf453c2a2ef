// Components on stores, and what is counted of them. The spec drives it through `globalThis.spec`.
import { createStore } from 'cowslip'
import * as light from 'cowslip/light'
import { useEdit, useStore, useUndo } from 'cowslip/react'
import { Activity, memo, StrictMode, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { createSelector } from 'reselect'

const CARDS = 10_000
interface Board {
  cards: { id: number; title: string; done: boolean }[]
  filter: string
  open: { at: number }
}
const board = createStore<Board>({
  cards: Array.from({ length: CARDS }, (_, id) => ({ id, title: `card ${id}`, done: false })),
  filter: 'all',
  open: { at: 3 },
})
const counts = { rendered: 0, asked: 0, list: 0, made: 0, done: 0 }

const Card = memo(({ at }: { at: number }) => {
  const title = useStore(board, state => {
    counts.asked++
    return state.cards[at]!.title
  })
  counts.rendered++
  return <li id={`card${at}`}>{title}</li>
})

const ByPath = () => <p id="path">{String(useStore(board, 'cards.5.title'))}</p>

// Reads one card, and which one is in the state.
const Opened = () => {
  const title = useStore(board, state => state.cards[state.open.at]!.title)
  return <p id="opened">{title}</p>
}

// Another object each time.
const Unstable = () => {
  const { filter } = useStore(board, state => ({ filter: state.filter }))
  counts.list++
  return <p id="unstable">{filter}</p>
}

const Undoing = () => {
  const { canUndo, canRedo } = useUndo(board)
  return <p id="undo">{`${canUndo} ${canRedo}`}</p>
}

const person = light.createStore({ name: 'Ada', address: { city: 'London' } })
const Light = () => <p id="light">{String(useStore(person, 'address.city'))}</p>

let lightForm: any
const LightForm = () => {
  lightForm = useEdit(person)
  return <p id="lightform">{`${lightForm.values.address.city} ${lightForm.dirty()}`}</p>
}

const account = createStore({ name: 'Ada', tags: ['math'], address: { city: 'London' } })
let form: any
const Form = () => {
  form = useEdit(account)
  return (
    <p id="form">
      {`${form.values.name} ${form.values.address.city} ${form.dirty('address')} ${form.conflicts.length}`}
    </p>
  )
}

let hiddenForm: any
const HiddenForm = () => {
  hiddenForm = useEdit(account)
  return <p id="hiddenform">{`${hiddenForm.values.tags.join()} ${hiddenForm.dirty()}`}</p>
}
let setHidden: (isHidden: boolean) => void
const Hiding = () => {
  const [isHidden, set] = useState(false)
  setHidden = set
  return (
    <Activity mode={isHidden ? 'hidden' : 'visible'}>
      <HiddenForm />
    </Activity>
  )
}

// Two components with one selector that remembers what it made.
const selectDone = createSelector([(state: Board) => state.cards], cards => {
  counts.made++
  return cards.filter(({ done }) => done).map(({ id }) => id)
})
const Done = ({ id }: { id: string }) => {
  const done = useStore(board, selectDone as (state: any) => number[])
  counts.done++
  return <p id={id}>{done.join()}</p>
}

// What stands in lists, by selectors that walk them, and by path.
const items = createStore({ list: [{ id: 1, on: true }], text: 'Abcdef' })
const Lists = () => {
  const length = useStore(items, state => state.list.length)
  const ids = useStore(items, state => state.list.map(({ id }) => id).join())
  const last = useStore(items, state => state.list.at(-1)?.id)
  const off = useStore(items, state => state.list.find(({ on }) => !on)?.id)
  const any = useStore(items, state => state.list.some(({ id }) => id === 3))
  const copied = useStore(items, state => [...state.list].length)
  const byPath = useStore(items, 'list.length')
  return <p id="lists">{[length, ids, last, off, any, copied, byPath].map(String).join(' ')}</p>
}
const TextForm = () => {
  const form = useEdit(items)
  return (
    <input
      id="text"
      value={form.values.text}
      onChange={event => void (form.draft.text = event.target.value)}
    />
  )
}

let setShown: (shown: boolean) => void
const App = () => {
  const [shown, set] = useState(true)
  setShown = set
  return (
    <>
      <ul>
        {Array.from({ length: CARDS }, (_, at) => (
          <Card key={at} at={at} />
        ))}
      </ul>
      <ByPath />
      <Opened />
      <Unstable />
      <Undoing />
      <Light />
      <LightForm />
      {shown && <Form />}
      <Hiding />
      <Lists />
      <TextForm />
      <Done id="done1" />
      <Done id="done2" />
    </>
  )
}

const root = document.getElementById('root')!
flushSync(() => createRoot(root).render(<App />))
const strict = document.createElement('div')
document.body.append(strict)
flushSync(() =>
  createRoot(strict).render(
    <StrictMode>
      <p id="strict">
        <Strict />
      </p>
    </StrictMode>,
  ),
)
function Strict() {
  const name = useStore(account, state => state.name)
  const own = useEdit(account)
  return `${name} ${own.values.name}`
}

const text = (id: string) => document.getElementById(id)?.textContent
const settled = () => new Promise(resolve => setTimeout(resolve, 100))
/** Edits a store. Resolves to what an element shows then. */
const shownAfter = async (
  id: string,
  store: { edit(recipe: (draft: any) => void): unknown },
  recipe: (draft: any) => void,
) => {
  store.edit(recipe)
  await settled()
  return text(id)
}
Object.assign(globalThis, {
  spec: {
    board,
    person,
    account,
    items,
    counts,
    text,
    settled,
    shownAfter,
    form: () => form,
    lightForm: () => lightForm,
    hiddenForm: () => hiddenForm,
    hide: (isHidden: boolean) => setHidden(isHidden),
    show: (on: boolean) => setShown(on),
  },
  ready: true,
})
