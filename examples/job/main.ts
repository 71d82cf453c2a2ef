// A job over 10,000 documents: it shows how far it is, can be stopped (Ctrl+C) or killed at any moment, and goes on where it
// was when it is started again. Each document is changed exactly once, because the mark that it is done is part of the
// same edit, and the filter leaves out what is marked.
//   node examples/run.mjs examples/job/main.ts [folder]
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

interface Product {
  _id: number
  name: string
  cents: number
  /** The price round that the price is of. */
  round?: number
  changes: number
}

const COUNT = 10_000
const ROUND = 2
const [folder = join(tmpdir(), 'cowslip-job')] = process.argv.slice(2)
const adapter = lmdbAdapter({ path: folder })
const products = createCollection<Product>('products', { adapter })

const missing = COUNT - (await products.count())
for (let at = COUNT - missing; at < COUNT; at += 1_000) {
  const size = Math.min(1_000, COUNT - at)
  await products.insertMany(
    Array.from({ length: size }, (_, i) => ({
      _id: at + i,
      name: `product ${at + i}`,
      cents: 100 + ((at + i) % 900),
      changes: 0,
    })),
  )
}

// The place of the last run saves looking through what is done; the mark is what counts.
const placeFile = join(folder, 'place.txt')
const after = existsSync(placeFile) ? readFileSync(placeFile, 'utf8') : null
const stop = new AbortController()
process.on('SIGINT', () => stop.abort())

const bar = (part: number): string => '#'.repeat(Math.round(part * 40)).padEnd(40, '.')
const open = await products.count({ round: { $ne: ROUND } })
console.log(`${open} of ${COUNT} products to do`)
try {
  const { changed } = await products.editMany(
    { round: { $ne: ROUND } },
    draft => {
      draft.cents = Math.round(draft.cents * 1.1)
      draft.round = ROUND
      draft.changes++
    },
    {
      after,
      signal: stop.signal,
      concurrency: 50,
      onProgress({ done, after: place }) {
        if (place !== null) writeFileSync(placeFile, place)
        process.stdout.write(`\r[${bar(1 - (open - done) / COUNT)}] ${COUNT - open + done}`)
      },
    },
  )
  const left = await products.count({ round: { $ne: ROUND } })
  const once = await products.count({ changes: 1 })
  console.log(`\n${changed} changed now, ${left} left, ${once} of ${COUNT} changed exactly once`)
} catch (error) {
  if (!stop.signal.aborted) throw error
  console.log('\nstopped: start it again to go on')
}
await adapter.close()
