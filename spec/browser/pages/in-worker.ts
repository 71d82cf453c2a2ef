// A worker that keeps documents, and a page that hears of them.
import { createCollection } from 'cowslip'
import { indexedDBAdapter } from 'cowslip/indexeddb'

const isWorker = typeof document === 'undefined'
const adapter = indexedDBAdapter({ name: 'with-worker' })
const notes = createCollection<{ _id: string; n: number }>('notes', { adapter })

if (isWorker) {
  const note = await notes.insert({ _id: 'note', n: 0 })
  addEventListener('message', ({ data }: MessageEvent<number>) => {
    void note.edit(draft => void (draft.n = data))
  })
  postMessage('ready')
} else {
  const worker = new Worker('/in-worker.ts.js', { type: 'module' })
  await new Promise(resolve => (worker.onmessage = resolve))
  const note = await notes.get('note')
  note?.subscribe(() => {})
  Object.assign(globalThis, {
    spec: { send: (n: number) => worker.postMessage(n), state: () => note?.state },
    ready: true,
  })
}
