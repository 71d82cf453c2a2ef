// A page whose browser lacks WeakRef and FinalizationRegistry.
Reflect.deleteProperty(globalThis, 'WeakRef')
Reflect.deleteProperty(globalThis, 'FinalizationRegistry')
const { createCollection, createStore } = await import('cowslip')
const { produce } = await import('cowslip/produce/full')
const { indexedDBAdapter } = await import('cowslip/indexeddb')

const store = createStore<any>({ list: Array.from({ length: 40 }, (_, n) => ({ n })), by: {} })
const adapter = indexedDBAdapter({ name: 'without' })
const notes = createCollection<any>('notes', { adapter })
const produced: number[] = []

Object.assign(globalThis, {
  spec: {
    async run() {
      for (let i = 0; i < 40; i++) store.edit(draft => void (draft.list[i].n += 100))
      store.undo()
      let base = Array.from({ length: 40 }, (_, n) => Object.freeze({ n }))
      for (let i = 0; i < 5; i++)
        base = produce(base, draft => void (draft[i] = Object.freeze({ n: -i })))
      produced.push(...base.slice(0, 5).map(({ n }) => n))
      const note = await notes.insert({ _id: 'a', n: 0 })
      await Promise.all([1, 2, 3].map(() => note.edit((draft: any) => void draft.n++)))
      const again = await notes.get('a')
      return [
        store.state.list[38].n,
        store.state.list[39].n,
        again === note,
        note.state.n,
        produced,
      ]
    },
  },
  ready: true,
})
