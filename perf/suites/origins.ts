// The same base edited again and again, by where it came from: V8 gives each another form.
import { isDeepStrictEqual } from 'node:util'
import { BSON } from 'mongodb'
import { ENGINES } from '../engines.ts'
import { clock, WORKLOADS, type Workload } from '../workloads.ts'
import { check, type Contest, type Suite } from './suite.ts'

const ORIGINS: Readonly<Record<string, (document: any) => any>> = {
  'a literal': document => (new Function(`return ${JSON.stringify(document)}`) as () => any)(),
  'key by key': document => document,
  'JSON.parse': document => JSON.parse(JSON.stringify(document)),
  BSON: document => BSON.deserialize(BSON.serialize(document)),
}

const ROWS: readonly string[] = ['W1 ', 'W2 ', 'W4 ', 'W5 ']

function contest(workload: Workload, origin: (document: any) => any, engine: string): Contest {
  const { make, recipe, operations } = workload
  const restart = ENGINES[engine]?.restart
  if (restart === undefined) throw new Error(`${engine} cannot start anew`)
  const edit = restart(origin(make()))
  return {
    operations,
    validate() {
      const plain = make()
      clock.n = 0
      recipe(plain)
      clock.n = 0
      check(isDeepStrictEqual(edit(recipe), plain), 'the state after one edit')
    },
    sample() {
      for (let i = 0; i < operations; i++) edit(recipe)
    },
  }
}

const rows = Object.entries(WORKLOADS)
  .filter(([name]) => ROWS.some(row => name.startsWith(row)))
  .flatMap(([name, workload]) =>
    Object.entries(ORIGINS).map(([from, origin]) => {
      const contests = ['Cowslip', 'Immer', 'Mutative', 'Limu'].map(
        engine => [engine, () => contest(workload, origin, engine)] as const,
      )
      return [`${name}, from ${from}`, Object.fromEntries(contests)] as const
    }),
  )

/** See `Suite`. */
export const origins: Suite = {
  title: 'Edits of one base again and again, by its origin, freezing on',
  baseline: 'Immer',
  subject: 'Cowslip',
  workloads: Object.fromEntries(rows),
}
