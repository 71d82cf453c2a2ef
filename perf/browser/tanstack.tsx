import { createCollection, localOnlyCollectionOptions, useLiveQuery } from '@tanstack/react-db'
import { memo } from 'react'
import { COUNT, counts, createCards, GROUP, type Card, type Contender } from './contender.ts'

const cards = createCollection(
  localOnlyCollectionOptions<Card, string>({
    id: 'cards',
    getKey: ({ id }) => id,
    initialData: createCards(),
  }),
)

const View = memo(({ card }: { card: Card }) => {
  counts.rendered++
  return <li id={card.id}>{card.title}</li>
})

// One live query for the list: one for each of 10,000 cards takes minutes to begin.
const List = () => {
  const { data } = useLiveQuery(query => query.from({ card: cards }))
  counts.asked++
  return Array.from({ length: COUNT / GROUP }, (_, n) => (
    <ul key={n}>
      {(data as Card[]).slice(n * GROUP, (n + 1) * GROUP).map((card: Card) => (
        <View key={card.id} card={card} />
      ))}
    </ul>
  ))
}

export const contender: Contender = {
  List,
  edit(at, title) {
    cards.update(`c${at}`, draft => {
      ;(draft as { title: string }).title = title
    })
  },
  undo: null,
}
