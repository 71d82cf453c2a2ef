// A process that reads, edits and migrates documents of several shapes, on the built package:
//   node versions-writer.mjs <storage> <target> <concurrency> <known versions> <edits> <documents> <name>
// Prints the number of its acknowledged edits of each document, and of the refusals, as JSON.
import { createCollection } from 'cowslip'
import { openStorage } from './open-storage.mjs'

const [storage, target, concurrency, known, edits, documents, name] = process.argv.slice(2)

/** Shape 0: { name, n, by }; 1: { first, last, n, by }; 2: { names: { first, last }, count, by }. */
const versions = [
  ({ name, ...rest }) => ({ ...rest, first: name.split(' ')[0], last: name.split(' ')[1] }),
  ({ first, last, n, ...rest }) => ({ ...rest, names: { first, last }, count: n }),
].slice(0, Number(known))

const { adapter, close } = await openStorage(storage, target)
const c = createCollection('docs', { adapter, versions, concurrency, timeoutMS: 60_000 })
const done = {}
let refused = 0
let migrated = 0

const key = versions.length === 2 ? 'count' : 'n'

async function edit() {
  const id = Math.floor(Math.random() * Number(documents))
  try {
    const document = await c.get(id)
    // Some time passes between the read and the edit.
    if (Math.random() < 0.5) await new Promise(resolve => setTimeout(resolve, Math.random() * 20))
    await document.edit(draft => {
      draft[key]++
      draft.by[name] = (draft.by[name] ?? 0) + 1
    })
    done[id] = (done[id] ?? 0) + 1
  } catch (error) {
    if (error.code !== 'unreadable') throw error
    refused++
  }
}

let left = Number(edits)
const editing = Array.from({ length: 16 }, async () => {
  while (left-- > 0) await edit()
})
const migrating = (async () => {
  await new Promise(resolve => setTimeout(resolve, 200))
  migrated = (await c.migrate({ concurrency: 20 })).changed
})()
await Promise.all([...editing, migrating])
await close()
console.log(JSON.stringify({ done, refused, migrated }))
