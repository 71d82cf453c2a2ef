// What LMDB has to survive: processes killed while they write, and processes that write at once.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

const writer = (...args: string[]) =>
  spawn(process.execPath, ['spec/faults/lmdb-writer.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/**
 * Lets a process write to `path` for a while, kills it with SIGKILL, and looks whether everything it
 * told as acknowledged is there. How many commits that were, and which are lost.
 */
export async function killRound(
  path: string,
  ms: number,
): Promise<{ told: number; lost: string[] }> {
  const child = writer('append', path)
  let output = ''
  let timer: NodeJS.Timeout | undefined
  child.stdout.on('data', data => {
    output += String(data)
    timer ??= setTimeout(() => child.kill('SIGKILL'), ms)
  })
  await new Promise(resolve => child.on('close', resolve))
  // The last line may be cut.
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  const acknowledged = new Map<string, number>()
  for (const line of lines) {
    const [id = '', n] = line.split(' ')
    acknowledged.set(id, Math.max(Number(n), acknowledged.get(id) ?? 0))
  }
  const adapter = lmdbAdapter({ path })
  const c = createCollection<{ _id: string; n?: number }>('c', { adapter })
  const lost: string[] = []
  for (const [id, n] of acknowledged) {
    const stored = await c.get(id)
    if (stored === null || (stored.state.n ?? 0) < n) lost.push(`${id} at ${n}`)
  }
  await adapter.close()
  return { told: lines.length, lost }
}

/** Several processes with several writers each count up one document: what it says in the end. */
export async function countRound(
  path: string,
  { processes, writers, increments }: { processes: number; writers: number; increments: number },
): Promise<number> {
  const adapter = lmdbAdapter({ path })
  const c = createCollection<{ _id: string; n: number }>('c', { adapter })
  const counter = await c.insert({ _id: 'counter', n: 0 })
  const children = Array.from({ length: processes }, () =>
    writer('count', path, String(writers), String(increments)),
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
