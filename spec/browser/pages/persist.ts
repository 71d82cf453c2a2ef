// A store that is kept in localStorage and one in IndexedDB.
import { createStore } from 'cowslip'
import { persist } from 'cowslip/persist'

const make = () => createStore<any>({ list: [], by: {}, at: new Date(0) })
const errors: string[] = []
const onError = (error: unknown): void => void errors.push(String(error))
const stores: Record<string, ReturnType<typeof make>> = { local: make(), indexed: make() }
const kept: Record<string, ReturnType<typeof persist>> = {
  local: persist(stores.local!, { key: 'local', storage: localStorage, onError }),
  indexed: persist(stores.indexed!, {
    key: 'indexed',
    storage: indexedDB,
    debounceMS: 10,
    onError,
  }),
}
await Promise.all([kept.local!.ready, kept.indexed!.ready])
Object.assign(globalThis, {
  spec: {
    stores,
    kept,
    errors,
    async add(which: string, from: number, count: number) {
      for (let n = from; n < from + count; n++) {
        stores[which]!.edit(draft => {
          draft.list.push(n)
          draft.by[`k${n % 9}`] = n
          draft.at = new Date(n)
        })
        if (n % 10 === 0) await new Promise(resolve => setTimeout(resolve, 1))
      }
    },
    list: (which: string) => [...stores[which]!.state.list].sort((a: number, b: number) => a - b),
    state: (which: string) => JSON.stringify(stores[which]!.state),
  },
  ready: true,
})
