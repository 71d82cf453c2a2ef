import { memo } from 'react'
import { useSnapshot } from 'valtio'
import { proxyWithHistory } from 'valtio-history'
import { counts, createCards, type Card, type Contender } from './contender.ts'
import { Groups } from './groups.tsx'

const state = proxyWithHistory({ cards: createCards() })

const View = memo(({ at }: { at: number }) => {
  // A card is a proxy of its own, which alone is listened to. `sync` renders at once, as the others do.
  const card = useSnapshot(state.value.cards[at] as Card, { sync: true })
  counts.rendered++
  return <li id={`c${at}`}>{card.title}</li>
})

export const contender: Contender = {
  List: () => <Groups View={View} />,
  edit(at, title) {
    const card = state.value.cards[at] as { title: string } | undefined
    if (card !== undefined) card.title = title
  },
  undo: () => void state.undo(),
}
