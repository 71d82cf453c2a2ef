// Edits of an immutable document, each on the last result. Cowslip makes a change set of every edit;
// the others make none.
import { isDeepStrictEqual } from 'node:util'
import { createStore } from 'cowslip'
import { freeze, produce } from 'immer'
import { create } from 'mutative'
import { flat, withItems } from '../documents.ts'
import { check, type Contest, type Suite } from './suite.ts'

type Recipe = (draft: any) => void

interface Workload {
  readonly make: () => any
  readonly recipe: Recipe
  readonly operations: number
}

let n = 0
const item = (): object => ({ id: n, qty: 1, name: 'x' })

const WORKLOADS: Record<string, Workload> = {
  'W1 50 fields, set 5': {
    make: () => flat(50),
    recipe: draft => {
      n++
      for (const key of ['f10', 'f11', 'f12', 'f13', 'f14']) draft[key] = n
    },
    operations: 100,
  },
  'W2 200 fields, set 2': {
    make: () => flat(200),
    recipe: draft => {
      draft.f10 = ++n
      draft.f111 = n
    },
    operations: 20,
  },
  'W4 50 fields, one leaf at depth 4': {
    make: () => flat(50),
    recipe: draft => {
      draft.f3.a.b.c = ++n
    },
    operations: 100,
  },
  'W5 array of 1,000, edit one by index': {
    make: withItems,
    recipe: draft => {
      draft.items[500].qty = ++n
    },
    operations: 20,
  },
  'W6 array of 1,000, push': {
    make: withItems,
    recipe: draft => {
      if (++n % 2 === 0) draft.items.pop()
      else draft.items.push(item())
    },
    operations: 20,
  },
  'W8 array of 1,000, splice at the head': {
    make: withItems,
    recipe: draft => {
      if (++n % 2 === 0) draft.items.splice(0, 1)
      else draft.items.splice(0, 0, item())
    },
    operations: 20,
  },
  'W9 a recipe that does nothing': { make: () => flat(50), recipe: () => {}, operations: 1_000 },
}

function contest({ make, recipe, operations }: Workload, start: (base: any) => () => any): Contest {
  const next = start(make())
  return {
    operations,
    validate() {
      const plain = make()
      const edit = start(make())
      n = 0
      recipe(plain)
      n = 0
      check(isDeepStrictEqual(edit(), plain), 'the state after one edit')
      n = 0
    },
    sample() {
      for (let i = 0; i < operations; i++) next()
    },
  }
}

const contenders = (workload: Workload): Record<string, () => Contest> => {
  const { recipe } = workload
  return {
    Cowslip: () =>
      contest(workload, base => {
        const store = createStore(base)
        return () => (store.edit(recipe), store.state)
      }),
    Immer: () =>
      contest(workload, base => {
        let state = freeze(base, true)
        return () => (state = produce(state, recipe))
      }),
    Mutative: () =>
      contest(workload, base => {
        let state = freeze(base, true)
        return () => (state = create(state, recipe, { enableAutoFreeze: true }))
      }),
  }
}

/** See `Suite`. */
export const edits: Suite = {
  title: 'Edits, freezing on, each on the last result',
  baseline: 'Immer',
  workloads: Object.fromEntries(
    Object.entries(WORKLOADS).map(([name, workload]) => [name, contenders(workload)]),
  ),
}
