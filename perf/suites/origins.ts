// The same base edited again and again, by where it came from: V8 gives each another form. Once for the state
// alone, once with what changed asked for.
import { isDeepStrictEqual } from 'node:util'
import { BSON } from 'mongodb'
import { ENGINES, type Engine } from '../engines.ts'
import { clock, WORKLOADS, type Workload } from '../workloads.ts'
import { check, type Contest, type Suite } from './suite.ts'

const ORIGINS: Readonly<Record<string, (document: any) => any>> = {
  'key by key': document => document,
  'JSON.parse': document => JSON.parse(JSON.stringify(document)),
  BSON: document => BSON.deserialize(BSON.serialize(document)),
}

type Start = Engine['start']

function contest({ make, recipe, operations }: Workload, origin: Start, restart: Start): Contest {
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

function suiteOf(title: string, way: 'restart' | 'restartLogged'): Suite {
  const rows = Object.entries(WORKLOADS).flatMap(([name, workload]) =>
    Object.entries(ORIGINS).map(([from, origin]) => {
      const contests = ['Cowslip', 'Immer+', 'Mutative'].map(engine => {
        const restart = ENGINES[engine]?.[way] as Start
        return [engine, () => contest(workload, origin, restart)] as const
      })
      return [`${name}, from ${from}`, Object.fromEntries(contests)] as const
    }),
  )
  return { title, baseline: 'Immer+', subject: 'Cowslip', workloads: Object.fromEntries(rows) }
}

/** See `Suite`. */
export const origins: Suite = suiteOf(
  'Edits of one base again and again, by its origin, freezing on',
  'restart',
)

/** See `Suite`. */
export const originsPatches: Suite = suiteOf(
  'The same with patches and their inverse',
  'restartLogged',
)
