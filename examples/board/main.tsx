// A kanban board of 2,000 cards in one page: drag, search, forms with cancel, undo, several tabs, reload, and a panel that
// shows every change.
import { definePanel } from 'cowslip/devtools'
import { useStore, useUndo } from 'cowslip/react'
import { memo, useDeferredValue, useEffect, useMemo, useState, type DragEvent } from 'react'
import { createRoot } from 'react-dom/client'
import { addCard, board, kept, moveCard } from './board.ts'
import { CardForm } from './card-form.tsx'

definePanel()

const dragged = (event: DragEvent): string => event.dataTransfer.getData('text/plain')

/** A card: it renders when its own place of the state changes, whatever happens to the others. */
const CardView = memo(({ id, onOpen }: { id: string; onOpen: (id: string) => void }) => {
  const card = useStore(board, ({ cards }) => cards[id])
  if (card === undefined) return null
  return (
    <li>
      <button
        className="card"
        data-id={id}
        draggable
        onDragStart={event => event.dataTransfer.setData('text/plain', id)}
        onClick={() => onOpen(id)}
      >
        <span>{card.title}</span>
        <small>{card.points}</small>
      </button>
    </li>
  )
})

interface ColumnProps {
  readonly name: string
  readonly words: string
  readonly onOpen: (id: string) => void
}

const ColumnView = memo(({ name, words, onOpen }: ColumnProps) => {
  const title = useStore(board, ({ columns }) => columns[name]?.title)
  const ids = useStore(board, ({ columns }) => columns[name]?.cards) ?? []
  const shown = useMatches(ids, words)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    const target = (event.target as Element).closest<HTMLElement>('.card')
    moveCard(dragged(event), name, target?.dataset.id ?? null)
  }
  return (
    <section aria-label={title} onDragOver={event => event.preventDefault()} onDrop={drop}>
      <h2>
        {title}
        <small>{words === '' ? ids.length : `${shown.length} of ${ids.length}`}</small>
        <button aria-label={`Add to ${title}`} onClick={() => onOpen(addCard(name))}>
          +
        </button>
      </h2>
      <ul>
        {shown.map(id => (
          <CardView key={id} id={id} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  )
})

/** The cards of a list that have all of some words. Titles are looked at while somebody searches, and only then. */
function useMatches(ids: readonly string[], words: string): readonly string[] {
  const cards = useStore(board, state => (words === '' ? null : state.cards))
  return useMemo(() => {
    if (cards === null) return ids
    const parts = words.toLowerCase().split(/\s+/)
    return ids.filter(id => {
      const text = `${cards[id]?.title} ${cards[id]?.notes}`.toLowerCase()
      return parts.every(part => text.includes(part))
    })
  }, [ids, words, cards])
}

function Toolbar(props: { onSearch: (words: string) => void; onPanel: () => void }) {
  const { canUndo, canRedo, undo, redo } = useUndo(board)
  const [problem, setProblem] = useState('')
  // What another tab has changed since stays: an undo of the same place is refused.
  const attempt = (act: () => unknown): void => {
    try {
      act()
      setProblem('')
    } catch {
      setProblem('Another tab has changed the same since.')
    }
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isField = (event.target as Element).closest('input, textarea, dialog, cowslip-panel')
      if (isField !== null || !(event.ctrlKey || event.metaKey)) return
      if (event.key.toLowerCase() !== 'z') return
      event.preventDefault()
      attempt(event.shiftKey ? redo : undo)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
  return (
    <header>
      <h1>Board</h1>
      <input
        type="search"
        placeholder="Search"
        aria-label="Search"
        onChange={event => props.onSearch(event.target.value.trim())}
      />
      <span role="status">{problem}</span>
      <button disabled={!canUndo} onClick={() => attempt(undo)}>
        Undo
      </button>
      <button disabled={!canRedo} onClick={() => attempt(redo)}>
        Redo
      </button>
      <button onClick={props.onPanel}>Changes</button>
    </header>
  )
}

function App() {
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const [hasPanel, setPanel] = useState(false)
  const words = useDeferredValue(search)
  const names = useStore(board, ({ columns }) => columns)
  return (
    <>
      <Toolbar onSearch={setSearch} onPanel={() => setPanel(!hasPanel)} />
      <main>
        {Object.keys(names).map(name => (
          <ColumnView key={name} name={name} words={words} onOpen={setOpen} />
        ))}
      </main>
      {hasPanel && <cowslip-panel target={board} name="Changes" />}
      {open !== null && <CardForm key={open} id={open} onClose={() => setOpen(null)} />}
    </>
  )
}

await kept.ready
createRoot(document.getElementById('root') as HTMLElement).render(<App />)
