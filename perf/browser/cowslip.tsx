import { createStore } from 'cowslip'
import { useStore } from 'cowslip/react'
import { memo } from 'react'
import { counts, createCards, type Contender } from './contender.ts'
import { Groups } from './groups.tsx'

const store = createStore({ cards: createCards() }, { history: { limit: 20_000 } })

const View = memo(({ at }: { at: number }) => {
  const card = useStore(store, state => {
    counts.asked++
    return state.cards[at]
  })
  counts.rendered++
  return <li id={`c${at}`}>{card?.title}</li>
})

export const contender: Contender = {
  List: () => <Groups View={View} />,
  edit(at, title) {
    store.edit(({ cards }) => {
      const card = cards[at]
      if (card !== undefined) card.title = title
    })
  },
  undo: () => void store.undo(),
}
