// A process that writes to an LMDB folder, on the built package; killed or awaited by lmdb-faults.ts.
//   node lmdb-writer.mjs append <path>                                 prints "<id> <n>" for each acknowledged commit
//   node lmdb-writer.mjs count <path> <writers> <increments> <mode>    counts up one document
import { createCollection, transaction } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const [task, path, ...rest] = process.argv.slice(2)
const adapter = lmdbAdapter({ path })
const open = (concurrency = 'version') => createCollection('c', { adapter, concurrency })

if (task === 'append') {
  const c = open()
  const counters = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const id = `counter${i}`
      return (await c.get(id)) ?? c.insert({ _id: id, n: 0 })
    }),
  )
  const find = async id => (await c.get(id)) ?? c.insert({ _id: id, n: 0 })
  const [up, down] = [await find('up'), await find('down')]
  const transfer = async () => {
    for (;;) {
      await transaction(tx => {
        tx.edit(up, draft => void draft.n++)
        tx.edit(down, draft => void draft.n--)
      })
      process.stdout.write(`up ${up.state.n}\n`)
    }
  }
  await Promise.all([
    transfer(),
    ...counters.map(async counter => {
      for (;;) {
        await counter.edit(draft => void draft.n++)
        process.stdout.write(`${counter.id} ${counter.state.n}\n`)
        const made = await c.insert({ by: counter.id, text: 'x'.repeat(Math.random() * 2_000) })
        process.stdout.write(`${made.id} 0\n`)
      }
    }),
  ])
} else {
  const [writers, increments] = rest.map(Number)
  const [, , mode] = rest
  await Promise.all(
    Array.from({ length: writers }, async () => {
      const counter = await open(mode).get('counter')
      for (let i = 0; i < increments; i++) await counter.edit(draft => void draft.n++)
    }),
  )
  await adapter.close()
}
