// The state of the board, kept in IndexedDB, and its edits. The order of the cards stands in the columns, so a card that is
// moved changes two short lists and no card.
import { createStore } from 'cowslip'
import { persist } from 'cowslip/persist'

export interface Card {
  title: string
  notes: string
  points: number
}

export interface Column {
  title: string
  cards: string[]
}

export interface Board {
  columns: Record<string, Column>
  cards: Record<string, Card>
}

const CARDS = 2_000
const VERBS = ['Write', 'Review', 'Measure', 'Draw', 'Translate', 'Plan', 'Repair', 'Sort']
const THINGS = [
  'the guide',
  'a form',
  'the index',
  'three letters',
  'the map',
  'a budget',
  'the queue',
]

function createBoard(): Board {
  const columns: Board['columns'] = {
    later: { title: 'Later', cards: [] },
    next: { title: 'Next', cards: [] },
    doing: { title: 'Doing', cards: [] },
    done: { title: 'Done', cards: [] },
  }
  const cards: Board['cards'] = {}
  const names = Object.keys(columns)
  for (let n = 1; n <= CARDS; n++) {
    const title = `${VERBS[n % VERBS.length]} ${THINGS[n % THINGS.length]} ${n}`
    cards[`c${n}`] = { title, notes: '', points: 1 + (n % 5) }
    columns[names[n % names.length] as string]?.cards.push(`c${n}`)
  }
  return { columns, cards }
}

export const board = createStore<Board>(createBoard(), { history: { limit: 200 } })

export const kept = persist(board, { key: 'board', storage: indexedDB })

/** Moves a card before another one, or to the end of a column. */
export function moveCard(id: string, column: string, before: string | null): void {
  if (id === before) return
  board.edit(
    ({ columns }) => {
      for (const { cards } of Object.values(columns)) {
        const at = cards.indexOf(id)
        if (at >= 0) cards.splice(at, 1)
      }
      const cards = columns[column]?.cards ?? []
      const at = before === null ? -1 : cards.indexOf(before)
      cards.splice(at < 0 ? cards.length : at, 0, id)
    },
    { label: `move to ${board.state.columns[column]?.title}` },
  )
}

/** Adds a card at the beginning of a column. Returns its id. */
export function addCard(column: string): string {
  const id = crypto.randomUUID()
  board.edit(
    ({ columns, cards }) => {
      cards[id] = { title: 'New card', notes: '', points: 1 }
      columns[column]?.cards.unshift(id)
    },
    { label: 'add a card' },
  )
  return id
}

export function removeCard(id: string): void {
  board.edit(
    ({ columns, cards }) => {
      for (const column of Object.values(columns)) {
        const at = column.cards.indexOf(id)
        if (at >= 0) column.cards.splice(at, 1)
      }
      delete cards[id]
    },
    { label: 'delete a card' },
  )
}
