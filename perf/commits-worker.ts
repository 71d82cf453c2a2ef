// Commits of documents of 1 KB on LMDB, durable, in a process of their own: nanoseconds (p50) for each edit.
//   row     200 edits of one document, one after another
//   burst   200 edits of one document at once
//   one     edits of one document, one at a time
//   many    64 edits of 64 documents at once
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createCollection, type DocumentStore } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import { open } from 'lmdb'

const [contender, workload] = process.argv.slice(2) as [string, string]
const DOCUMENTS = 64
const BURST = 200
const WARM_UP = 40
const ROUNDS = 60

const document = (id: number, n: number) => ({
  _id: `d${id}`,
  n,
  tags: ['a', 'b'],
  text: 'x'.repeat(900),
})

/** Edits a document, and resolves when the edit is on the disk. */
type Edit = (id: number) => Promise<unknown>

async function openCowslip(path: string): Promise<{ edit: Edit; close: () => Promise<void> }> {
  const adapter = lmdbAdapter({ path })
  const c = createCollection<ReturnType<typeof document>>('documents', { adapter })
  const held: DocumentStore<ReturnType<typeof document>>[] = []
  for (let id = 0; id < DOCUMENTS; id++) held.push(await c.insert(document(id, 0)))
  return {
    edit: id => held[id]!.edit(draft => void draft.n++),
    close: () => adapter.close(),
  }
}

/** The same bytes: the document under the version that was seen, and an entry of a journal in the same batch. */
async function openRaw(path: string): Promise<{ edit: Edit; close: () => Promise<void> }> {
  const database = open<string, string[]>({
    path: join(path, 'raw'),
    encoding: 'string',
    useVersions: true,
    overlappingSync: false,
    eventTurnBatching: false,
  })
  const counts = Array.from({ length: DOCUMENTS }, () => 0)
  const rings = counts.map((): string[] => [])
  const writer = crypto.randomUUID()
  let entries = 0
  const quiet = (put: Promise<unknown>): void => void put.catch(() => {})
  const write = (id: number, n: number, version: number): (() => void) => {
    const commitId = crypto.randomUUID()
    const ring = (rings[id] = [commitId, ...(rings[id] as string[]).slice(0, 15)])
    const text = `${JSON.stringify([n, ...ring])}\n${JSON.stringify(document(id, n))}`
    const before = ring[1] ?? null
    const entry = JSON.stringify([Date.now(), 'documents', `d${id}`, n, commitId, before])
    const place = (++entries).toString(36).padStart(11, '0')
    return () => {
      quiet(database.put(['documents', `sd${id}`], text, version))
      quiet(database.put(['', `journal ${writer} ${place}`], entry, version))
    }
  }
  for (let id = 0; id < DOCUMENTS; id++) {
    await database.ifNoExists(['documents', `sd${id}`], write(id, 0, 1))
  }
  return {
    async edit(id) {
      const n = (counts[id] as number) + 1
      counts[id] = n
      await database.ifVersion(['documents', `sd${id}`], n, write(id, n, n + 1))
    },
    close: () => database.close(),
  }
}

/** Runs the workload once. Returns the number of edits. */
async function runOnce(edit: Edit): Promise<number> {
  const ids = Array.from({ length: DOCUMENTS }, (_, id) => id)
  const burst = Array.from({ length: BURST }, () => 0)
  switch (workload) {
    case 'burst':
      await Promise.all(burst.map(edit))
      return BURST
    case 'row':
      for (const id of burst) await edit(id)
      return BURST
    case 'many':
      await Promise.all(ids.map(edit))
      return DOCUMENTS
    default:
      for (let i = 0; i < 20; i++) await edit(0)
      return 20
  }
}

const path = mkdtempSync(join('build', 'commits-'))
const { edit, close } = await (contender === 'raw lmdb' ? openRaw(path) : openCowslip(path))
try {
  const times: number[] = []
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const at = performance.now()
    const edits = await runOnce(edit)
    if (round >= WARM_UP) times.push((performance.now() - at) / edits)
  }
  times.sort((a, b) => a - b)
  console.log(JSON.stringify({ ns: (times[ROUNDS >> 1] as number) * 1e6 }))
} finally {
  await close()
  rmSync(path, { recursive: true })
}
