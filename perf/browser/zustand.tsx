import { memo } from 'react'
import { temporal } from 'zundo'
import { create } from 'zustand'
import { immer } from 'zustand/middleware/immer'
import { counts, createCards, type Card, type Contender } from './contender.ts'
import { Groups } from './groups.tsx'

interface State {
  cards: Card[]
}
const useBoard = create<State>()(
  temporal(
    immer<State>(() => ({ cards: createCards() })),
    { limit: 20_000 },
  ),
)

const View = memo(({ at }: { at: number }) => {
  const card = useBoard(state => {
    counts.asked++
    return state.cards[at]
  })
  counts.rendered++
  return <li id={`c${at}`}>{card?.title}</li>
})

export const contender: Contender = {
  List: () => <Groups View={View} />,
  edit(at, title) {
    useBoard.setState(({ cards }: State) => {
      const card = cards[at] as { title: string } | undefined
      if (card !== undefined) card.title = title
    })
  },
  undo: () => useBoard.temporal.getState().undo(),
}
