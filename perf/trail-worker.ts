// Edits of a collection with or without an audit and events, in a process of its own: prints nanoseconds for each edit
// (p50 of its rounds).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollection, type Adapter } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'

const [contender, storage, workload] = process.argv.slice(2) as [string, string, string]
const MS = 3_000
const WARM_UP = 500

interface Doc {
  _id: number
  count: number
  note: string
  fields: string[]
}

async function open(): Promise<{ adapter: Adapter; close: () => Promise<unknown> }> {
  if (storage === 'LMDB') {
    const path = mkdtempSync(join(tmpdir(), 'cowslip-trail-'))
    const adapter = lmdbAdapter({ path })
    return {
      adapter,
      close: async () => (await adapter.close(), rmSync(path, { recursive: true })),
    }
  }
  const client = await new MongoClient(process.env.PERF_MONGODB_URL ?? '').connect()
  const db = client.db(`trail_${process.pid}`)
  const adapter = mongodbAdapter(db)
  return {
    adapter,
    close: async () => (await adapter.close(), await db.dropDatabase(), await client.close()),
  }
}

const { adapter, close } = await open()
const c = createCollection<Doc>('documents', {
  adapter,
  ...(contender.includes('audit') && { audit: { who: () => 'ada' } }),
  ...(contender.includes('events') && { events: true }),
})
const fields = Array.from({ length: 30 }, (_, i) => `the text of field ${i}`)
const documents = await c.insertMany(
  Array.from({ length: 64 }, (_, _id) => ({ _id, count: 0, note: '', fields })),
)
const some = workload === 'one' ? 1 : documents.length
let n = 0

/** Edits documents at once. */
async function round(): Promise<void> {
  const meta = contender.includes('events') ? { event: { type: 'counted', n: ++n } } : {}
  const edited = Array.from({ length: some }, (_, i) => {
    const document = documents[(n + i) % documents.length] as (typeof documents)[number]
    return document.edit(
      draft => {
        draft.count++
        draft.note = `edit ${draft.count}`
      },
      { meta },
    )
  })
  await Promise.all(edited)
  if (some === 1) n++
}

try {
  const times: number[] = []
  const began = performance.now()
  for (let at = began; at - began < WARM_UP + MS;) {
    await round()
    const now = performance.now()
    if (now - began > WARM_UP) times.push((now - at) / some)
    at = now
  }
  times.sort((a, b) => a - b)
  console.log(JSON.stringify({ ns: (times[times.length >> 1] as number) * 1e6 }))
} finally {
  await close()
}
