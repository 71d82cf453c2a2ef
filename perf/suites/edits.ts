// Edits of an immutable document, each on the last result: once for the state alone, once with what
// changed asked for (patches both ways; of a store its change set's).
import { isDeepStrictEqual } from 'node:util'
import { ENGINES, type Engine } from '../engines.ts'
import { clock, WIDE, WORKLOADS, type Workload } from '../workloads.ts'
import { check, type Contest, type Suite } from './suite.ts'

type Start = Engine['start']

function contest({ make, recipe, operations }: Workload, start: Start): Contest {
  const edit = start(make())
  return {
    operations,
    validate() {
      const plain = make()
      const trial = start(make())
      clock.n = 0
      for (let i = 0; i < 3; i++) recipe(plain)
      clock.n = 0
      trial(recipe)
      trial(recipe)
      check(isDeepStrictEqual(trial(recipe), plain), 'the state after three edits')
      clock.n = 0
    },
    sample() {
      for (let i = 0; i < operations; i++) edit(recipe)
    },
  }
}

/** What one writes without a library. */
const byHand =
  (workload: Workload): Start =>
  base => {
    let state = ENGINES.Immer?.start(base)(() => {})
    return () => (state = workload.hand(state))
  }

function contests(workload: Workload, way: 'start' | 'logged'): Record<string, () => Contest> {
  const made: Record<string, () => Contest> = {}
  for (const [name, engine] of Object.entries(ENGINES)) {
    const start = engine[way]
    if (start !== undefined) made[name] = () => contest(workload, start)
  }
  if (way === 'start') made['by hand'] = () => contest(workload, byHand(workload))
  return made
}

function suiteOf(title: string, way: 'start' | 'logged', rows = WORKLOADS): Suite {
  const workloads = Object.entries(rows).map(
    ([name, workload]) => [name, contests(workload, way)] as const,
  )
  return { title, baseline: 'Immer', subject: 'Cowslip', workloads: Object.fromEntries(workloads) }
}

/** See `Suite`. */
export const edits: Suite = suiteOf('Edits, freezing on, each on the last result', 'start')

/** See `Suite`. */
export const uncompiled: Suite = {
  ...edits,
  title: 'The same where code generation is forbidden, as by a strict content security policy',
  flags: ['--disallow-code-generation-from-strings'],
}

/** See `Suite`. */
export const patches: Suite = suiteOf('The same with patches and their inverse', 'logged')

/** See `Suite`. */
export const wide: Suite = suiteOf('Wide documents, with patches and their inverse', 'logged', WIDE)

/** Bytes that one edit allocates, on average over 300 edits without a collection. */
export function bytesPerEdit(workload: string, engine: string): number {
  const { make, recipe } = WORKLOADS[workload] as Workload
  const edit = (ENGINES[engine] as Engine).start(make())
  for (let i = 0; i < 2_000; i++) edit(recipe)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 300; i++) edit(recipe)
  return (process.memoryUsage().heapUsed - before) / 300
}
