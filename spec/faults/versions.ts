// Two programs on one collection of which one knows fewer shapes: both read, edit and migrate all at once.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'

/** The outcome of a round. */
export interface VersionsRound {
  /** The numbers of edits that each program was told to be stored, and of those that were refused. */
  readonly edits: readonly number[]
  readonly refused: readonly number[]
  /** The numbers of documents that each brought on. */
  readonly migrated: readonly number[]
  /** The documents that lost an edit, or have parts of two shapes. */
  readonly wrong: readonly string[]
}

interface Told {
  readonly done: Record<string, number>
  readonly refused: number
  readonly migrated: number
}

async function runWriter(args: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, ['spec/faults/versions-writer.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', data => (output += String(data)))
  const code = await new Promise(resolve => child.on('close', resolve))
  if (code !== 0) throw new Error(`The writer ended with code ${String(code)}`)
  return JSON.parse(output) as Told
}

/** Fills a collection with documents of the first shape, lets both programs loose, and looks at what is stored. */
export async function versionsRound(
  adapter: Adapter,
  [storage, target]: readonly [storage: string, target: string],
  { documents, edits, concurrency }: { documents: number; edits: number; concurrency: string },
): Promise<VersionsRound> {
  const first = createCollection<any>('docs', { adapter })
  await first.insertMany(
    Array.from({ length: documents }, (_, _id) => ({ _id, name: `F${_id} L${_id}`, n: 0, by: {} })),
  )
  const told = await Promise.all(
    [1, 2].map(known =>
      runWriter([storage, target, concurrency, known, edits, documents, `p${known}`].map(String)),
    ),
  )
  const wrong: string[] = []
  for (let id = 0; id < documents; id++) {
    const [stored] = await adapter.load('docs', [id])
    const [by1, by2] = told.map(({ done }) => done[id] ?? 0) as [number, number]
    const by = { ...(by1 > 0 && { p1: by1 }), ...(by2 > 0 && { p2: by2 }) }
    const expected = { _id: id, by, count: by1 + by2, names: { first: `F${id}`, last: `L${id}` } }
    // Without guards the last writer wins: then only the shape counts.
    const look = concurrency === 'none' ? keysOf : inOrder
    const isRight = stored?.shape === 2 && look(stored.doc) === look(expected)
    if (!isRight) wrong.push(`${JSON.stringify(stored)} and not ${JSON.stringify(expected)}`)
  }
  return {
    edits: told.map(({ done }) => Object.values(done).reduce((sum, n) => sum + n, 0)),
    refused: told.map(({ refused }) => refused),
    migrated: told.map(({ migrated }) => migrated),
    wrong,
  }
}

const keysOf = (value: object): string =>
  inOrder([Object.keys(value).sort(), Reflect.get(value, 'names')])

const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
