import { createStore } from 'cowslip'

/** A store of one document of many kinds of values. */
export const sample = () =>
  createStore<any>({
    name: 'Ada',
    age: 36,
    tags: ['math', 'poet'],
    address: { city: 'London', geo: { lat: 1 } },
    at: new Date(5),
    items: [{ n: 1 }, { n: 2 }, { n: 3 }],
  })

/** One with an open edit. */
export const begin = () => {
  const store = sample()
  const edit = store.begin()
  return { store, edit, draft: edit.draft }
}
