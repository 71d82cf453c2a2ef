// What LMDB has to survive: processes killed while they write, and processes that write at once.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const writer = (...args: string[]) =>
  spawn(process.execPath, ['spec/faults/lmdb-writer.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** What came of a process that was killed. */
export interface KillRound {
  /** The number of acknowledged commits. */
  readonly told: number
  /** Those that are not stored. */
  readonly lost: readonly string[]
  /** The transactions of which a half is stored. */
  readonly halves: number
  /** The documents that a watcher in this process saw otherwise than they are stored in the end. */
  readonly unseen: readonly string[]
}

/**
 * Lets a process write to `path` for a while, kills it with SIGKILL, and looks whether everything it
 * told as acknowledged is there, and whether a watcher saw it.
 */
export async function killRound(path: string, ms: number): Promise<KillRound> {
  const adapter = lmdbAdapter({ path })
  type Doc = { _id: string; n?: number }
  const c = createCollection<Doc>('c', { adapter })
  const seen = new Map<string, number | undefined>()
  const watching = (async () => {
    for await (const event of c.watch({ limit: 1_000_000 })) {
      if (event.type === 'inserted' || event.type === 'change') seen.set(event.id, event.state.n)
    }
  })()
  const child = writer('append', path)
  let output = ''
  let timer: NodeJS.Timeout | undefined
  child.stdout.on('data', data => {
    output += String(data)
    timer ??= setTimeout(() => child.kill('SIGKILL'), ms)
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  if (code !== null) throw new Error(`The writer ended by itself, with code ${String(code)}`)
  // The last line may be cut.
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  const acknowledged = new Map<string, number>()
  for (const line of lines) {
    const [id = '', n] = line.split(' ')
    acknowledged.set(id, Math.max(Number(n), acknowledged.get(id) ?? 0))
  }
  const reader = createCollection<Doc>('c', { adapter })
  const lost: string[] = []
  for (const [id, n] of acknowledged) {
    const stored = await reader.get(id)
    if (stored === null || (stored.state.n ?? 0) < n) lost.push(`${id} at ${n}`)
  }
  const [up, down] = [await reader.get('up'), await reader.get('down')]
  const halves = Math.abs((up?.state.n ?? 0) + (down?.state.n ?? 0))
  const unseen = async (): Promise<string[]> => {
    const ids: string[] = []
    for (const id of acknowledged.keys()) {
      if (seen.get(id) !== (await reader.get(id))?.state.n) ids.push(id)
    }
    return ids
  }
  for (const end = Date.now() + 3_000; (await unseen()).length > 0 && Date.now() < end;) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const result = { told: lines.length, lost, halves, unseen: await unseen() }
  await c.close()
  await adapter.close()
  await watching
  return result
}

/** Several processes with several writers each count up one document: what it says in the end. */
export async function countRound(
  path: string,
  {
    processes,
    writers,
    increments,
    mode = 'version',
  }: {
    processes: number
    writers: number
    increments: number
    mode?: 'version' | 'fields'
  },
): Promise<number> {
  const adapter = lmdbAdapter({ path })
  const c = createCollection<{ _id: string; n: number }>('c', { adapter })
  const counter = await c.insert({ _id: 'counter', n: 0 })
  const children = Array.from({ length: processes }, () =>
    writer('count', path, String(writers), String(increments), mode),
  )
  const codes = await Promise.all(
    children.map(child => new Promise(resolve => child.on('close', resolve))),
  )
  if (codes.some(code => code !== 0)) throw new Error(`A writer failed: ${codes.join()}`)
  await counter.reload()
  const { n } = counter.state
  await adapter.close()
  return n
}
