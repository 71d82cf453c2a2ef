// What the page asks of each contender: a list of cards, an edit of one of them, and an undo.
import type { ComponentType } from 'react'

export interface Card {
  readonly id: string
  readonly title: string
  readonly done: boolean
  readonly points: number
}

export interface Contender {
  /** One card; it counts its renders, and the runs of its selector. */
  readonly List: ComponentType
  /** Sets the title of a card. */
  edit(at: number, title: string): void
  /** Undoes the last edit; null: the library has no undo. */
  readonly undo: (() => void) | null
}

export const COUNT = 10_000

export const createCards = (): Card[] =>
  Array.from({ length: COUNT }, (_, n) => ({
    id: `c${n}`,
    title: `card ${n}`,
    done: n % 3 === 0,
    points: n % 5,
  }))

/** The cards that stand in one element: all of them, or 100 (`?grouped`). React walks the siblings of what it renders. */
export const GROUP = location.search === '?grouped' ? 100 : COUNT

export const counts = { rendered: 0, asked: 0 }
