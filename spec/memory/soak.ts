// `npm run soak -- [edits]`: the heap over many edits of one store with listeners and open edits, and over
// a tenth as many commits of a document.
import { createStore } from 'cowslip'
import { clashingCommits } from './clashing-commits.ts'

const edits = Number(process.argv[2] ?? 1_000_000)
if (!Number.isSafeInteger(edits) || edits < 10) {
  console.error('usage: npm run soak -- [edits, 1000000 by default]')
  process.exit(2)
}

const store = createStore<{ n: number; items: { x: number }[]; at: Date }>({
  n: 0,
  items: Array.from({ length: 20 }, (_, x) => ({ x })),
  at: new Date(0),
})
store.subscribe(() => {}, { path: 'items.3.x' })

const heap: number[] = []
for (let i = 0; i < edits; i++) {
  if (i % 3 === 0) {
    using edit = store.begin()
    edit.draft.items[i % 20]!.x = i
    edit.savepoint()
    if (i % 2 === 0) edit.commit()
  } else {
    store.edit(draft => {
      draft.items.push(draft.items.shift()!)
      draft.at.setTime(i)
      draft.items[3]!.x++
    })
  }
  if ((i + 1) % Math.ceil(edits / 10) === 0) {
    const stop = store.subscribe(() => {})
    stop()
    globalThis.gc?.()
    heap.push(process.memoryUsage().heapUsed)
    console.log(`${i + 1} edits: ${(heap.at(-1)! / 1e6).toFixed(2)} MB`)
  }
}

const growth = heap.at(-1)! - heap[0]!
console.log(`from the first tenth to the last: ${(growth / 1e3).toFixed(0)} kB`)

const commits = Math.ceil(edits / 10)
const commit = await clashingCommits()
const before = Math.max(await commit(12_000), await commit(3_000), await commit(3_000))
const more = (await commit(commits)) - before
console.log(`${commits} commits of a document with clashes: ${(more / 1e3).toFixed(0)} kB more`)
process.exitCode = growth < 1_000_000 && more < 1_000_000 ? 0 : 1
