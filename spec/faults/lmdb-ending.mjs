// A process that ends while it writes to LMDB, on the built package: node lmdb-ending.mjs <path> <throw | exit | idle>
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const [path, how] = process.argv.slice(2)
const adapter = lmdbAdapter({ path })
const c = createCollection('docs', { adapter })
const ids = Array.from({ length: 16 }, (_, i) => i)
const documents = await Promise.all(
  ids.map(async i => (await c.get(i)) ?? c.insert({ _id: i, n: 0 })),
)
process.on('exit', () => console.log('a listener of the application'))

const count = async document => {
  for (;;) await document.edit(draft => void draft.n++)
}
const end = async () => {
  await new Promise(resolve => setTimeout(resolve, 200))
  if (how === 'throw') throw new Error('of the application')
  process.exit(3)
}
await Promise.all(how === 'idle' ? [end()] : [...documents.map(count), end()])
