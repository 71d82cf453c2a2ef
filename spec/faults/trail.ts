// What an audit and an outbox must survive: processes that write, and one that takes the events, killed at any moment.
import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'

/** The outcome of rounds. */
export interface TrailRounds {
  readonly commits: number
  readonly events: number
  /** Events that were delivered more than once. */
  readonly again: number
  readonly wrong: readonly string[]
}

const DOCUMENTS = 6

/** Lets a writer and a taker run for a while and kills both. Returns the lines of the taker. */
async function runAndKill(storage: string, target: string, ms: number): Promise<string[]> {
  const children = ['write', 'take'].map(how =>
    spawn(
      process.execPath,
      ['spec/faults/trail-process.mjs', storage, target, how, String(DOCUMENTS)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    ),
  )
  const outputs = children.map(() => '')
  const ready = children.map(
    (child, i) =>
      new Promise<void>(resolve => {
        child.stdout.on('data', data => {
          outputs[i] += String(data)
          resolve()
        })
        child.on('close', () => resolve())
      }),
  )
  const closed = children.map(child => new Promise(resolve => child.on('close', resolve)))
  await Promise.all(ready)
  await new Promise(resolve => setTimeout(resolve, ms))
  // Now one is killed first, now the other.
  const order = ms % 2 === 0 ? [0, 1] : [1, 0]
  for (const i of order) {
    children[i]!.kill('SIGKILL')
    await new Promise(resolve => setTimeout(resolve, ms % 7))
  }
  await Promise.all(closed)
  // The last line may be cut.
  const text = outputs[1] as string
  return text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1)
}

/** Runs rounds of kills on one storage, and looks after each at the trails, in the end at the events. */
export async function trailRounds(
  open: () => { adapter: Adapter; close(): Promise<unknown> },
  storage: string,
  target: string,
  rounds: number,
): Promise<TrailRounds> {
  const wrong: string[] = []
  const delivered = new Map<number, number[]>()
  const note = (doc: number, n: number): void =>
    void delivered.set(doc, [...(delivered.get(doc) ?? []), n])
  for (let round = 0; round < rounds; round++) {
    const lines = await runAndKill(
      storage,
      target,
      (storage === 'lmdb' ? 150 : 1_200) + ((round * 37) % 350),
    )
    for (const line of lines) {
      const [doc, n] = line.split(' ').map(Number) as [number, number]
      note(doc, n)
    }
    const { adapter, close } = open()
    const c = createCollection<any>('docs', { adapter, audit: {}, events: true })
    for (let id = 0; id < DOCUMENTS; id++) {
      const [stored] = await adapter.load('docs', [id])
      const trail = await c.historyOf(id)
      const last = JSON.stringify(trail.at(-1)?.state ?? null)
      if (last !== JSON.stringify(stored?.doc ?? null)) wrong.push(`${id}: ${last}`)
      const gap = trail.findIndex(({ state }, i) => state?.n !== i + 1)
      if (gap >= 0) wrong.push(`${id}: a gap at ${gap}`)
    }
    await close()
  }
  const { adapter, close } = open()
  const c = createCollection<any>('docs', { adapter, audit: {}, events: true })
  const stop = new AbortController()
  const pending = await createCollection<any>('docs.outbox', { adapter }).count()
  if (pending > 0) {
    let left = pending
    for await (const { event, ack } of c.outbox({ signal: stop.signal })) {
      const { doc, n } = event as { doc: number; n: number }
      note(doc, n)
      await ack()
      if (--left === 0) break
    }
  }
  let [commits, events, again] = [0, 0, 0]
  for (let id = 0; id < DOCUMENTS; id++) {
    const { n } = (await c.get(id, { state: true })) ?? { n: 0 }
    commits += n
    const all = delivered.get(id) ?? []
    const first = [...new Set(all)]
    events += first.length
    again += all.length - first.length
    const isInOrder = first.every((each, i) => each === i + 1)
    if (!isInOrder || first.length !== n)
      wrong.push(`${id}: ${n} commits, events ${first.join(' ')}`)
  }
  await close()
  return { commits, events, again, wrong }
}
