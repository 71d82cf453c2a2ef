// Another process: edits one document again and again.
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const [path, count] = process.argv.slice(2)
const adapter = lmdbAdapter({ path })
const docs = createCollection('docs', { adapter })
const doc = await docs.get('c')
for (let i = 0; i < Number(count); i++) {
  await doc.edit(d => {
    d.n++
    d.at = Date.now()
  })
  await new Promise(resolve => setTimeout(resolve, 5))
}
await adapter.close()
