// A process that writes documents with indexes to an LMDB folder until it is killed, and makes and drops indexes.
//   node index-writer.mjs <path>        prints a line for each acknowledged commit
import { createCollection, transaction } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const adapter = lmdbAdapter({ path: process.argv[2] })
const indexes = [
  { fields: { email: 1 }, unique: true, sparse: true },
  { fields: { tags: 1 } },
  { fields: { customer: 1, at: -1 } },
]
const more = { fields: { text: 1 } }
const open = list => createCollection('c', { adapter, indexes: list })
const random = below => Math.floor(Math.random() * below)
const fields = () => ({
  tags: Array.from({ length: random(4) }, () => random(20)),
  customer: random(10),
  at: new Date(random(1_000_000)),
  text: 'x'.repeat(random(3_000)),
  ...(Math.random() < 0.7 && { email: `e${random(500)}` }),
})
const ignoreTaken = error => {
  if (error.code !== 'duplicate' && error.code !== 'missing') throw error
}

async function write(c) {
  for (;;) {
    const id = random(400)
    try {
      const found = await c.get(id)
      if (found === null) await c.insert({ _id: id, ...fields() })
      else if (Math.random() < 0.2) await found.delete()
      else if (Math.random() < 0.3) {
        const other = await c.get(random(400))
        await transaction(tx => {
          tx.edit(found, draft => void Object.assign(draft, fields()))
          if (other !== null && other !== found) {
            tx.edit(other, draft => void (draft.customer = random(10)))
          }
        })
      } else await found.edit(draft => void Object.assign(draft, fields()))
    } catch (error) {
      ignoreTaken(error)
    }
    process.stdout.write('.')
  }
}

async function remake() {
  for (let turn = random(2); ; turn++) {
    await open(turn % 2 === 0 ? [...indexes, more] : indexes).syncIndexes()
    await new Promise(resolve => setTimeout(resolve, random(60)))
  }
}

const c = open(indexes)
await Promise.all([remake(), ...Array.from({ length: 8 }, () => write(c))])
