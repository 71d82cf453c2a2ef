import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { memo } from 'react'
import { Provider, useSelector } from 'react-redux'
import undoable, { ActionCreators } from 'redux-undo'
import { counts, createCards, type Card, type Contender } from './contender.ts'
import { Groups } from './groups.tsx'

interface State {
  cards: Card[]
}
const slice = createSlice({
  name: 'board',
  initialState: { cards: createCards() } as State,
  reducers: {
    edited({ cards }, { payload }: PayloadAction<{ at: number; title: string }>) {
      const card = cards[payload.at] as { title: string } | undefined
      if (card !== undefined) card.title = payload.title
    },
  },
})
const store = configureStore({ reducer: undoable(slice.reducer, { limit: 20_000 }) })

const View = memo(({ at }: { at: number }) => {
  const card = useSelector(({ present }: { readonly present: State }) => {
    counts.asked++
    return present.cards[at]
  })
  counts.rendered++
  return <li id={`c${at}`}>{card?.title}</li>
})

export const contender: Contender = {
  List: () => (
    <Provider store={store}>
      <Groups View={View} />
    </Provider>
  ),
  edit: (at, title) => void store.dispatch(slice.actions.edited({ at, title })),
  undo: () => void store.dispatch(ActionCreators.undo()),
}
