// Another process: edits one document again and again.
//   node watch-writer.mjs <path> <count> [pause in ms]
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const [path, count, pause = 5] = process.argv.slice(2)
const adapter = lmdbAdapter({ path })
const docs = createCollection('docs', { adapter })
const doc = await docs.get('c')
for (let i = 0; i < Number(count); i++) {
  await doc.edit(d => {
    d.n++
    d.at = Date.now()
  })
  if (Number(pause) > 0) await new Promise(resolve => setTimeout(resolve, Number(pause)))
}
await adapter.close()
