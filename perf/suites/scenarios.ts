// What Immer measures itself by (its repository's performance tests), written anew: reducers over a list
// of entities, a large object, a sort, a state of queries as RTK Query keeps it, and many updates of one state.
import { isDeepStrictEqual } from 'node:util'
import { ENGINES, type Engine } from '../engines.ts'
import { check, type Contest, type Suite } from './suite.ts'

interface Scenario {
  readonly make: () => any
  /** Of a number that grows with each edit. */
  readonly recipe: (draft: any, n: number) => void
  readonly operations: number
}

const SIZE = 100

const entity = (id: number): any => ({
  id,
  name: `entity ${id}`,
  done: false,
  nested: { key: `k${id}`, data: { value: id, tags: ['a', 'b'] } },
})
const entities =
  (size = SIZE) =>
  (): any => ({
    list: Array.from({ length: size }, (_, id) => entity(id)),
    large: Array.from({ length: 1_000 }, (_, id) => entity(id)),
    other: { more: [1, 2, 3] },
  })
const object = (): any => ({
  items: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`p${i}`, i])),
})
const queries = (): any => ({
  api: {
    queries: Object.fromEntries(
      Array.from({ length: SIZE }, (_, i) => [
        `get(${i})`,
        { status: 'uninitialized', id: i, args: { i }, data: null, at: 0 },
      ]),
    ),
    subscriptions: {},
    config: { online: true, focused: true },
  },
})

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'add an entity, and take it out': {
    make: entities(),
    recipe(draft, n) {
      if (n % 2) draft.list.push(entity(n))
      else draft.list.pop()
    },
    operations: 20,
  },
  'remove by index, and put in': {
    make: entities(),
    recipe(draft, n) {
      if (n % 2) draft.list.splice(50, 1)
      else draft.list.splice(50, 0, entity(n))
    },
    operations: 20,
  },
  'filter one out, and put one in': {
    make: entities(),
    recipe(draft, n) {
      if (n % 2) draft.list = draft.list.filter((item: any) => item.id !== 50)
      else draft.list.push(entity(50))
    },
    operations: 20,
  },
  'update one of 100': {
    make: entities(),
    recipe(draft, n) {
      draft.list[n % SIZE].nested.data.value = n
    },
    operations: 50,
  },
  'update one of 1,000': {
    make: entities(),
    recipe(draft, n) {
      draft.large[n % 1_000].name = `n${n}`
    },
    operations: 20,
  },
  'update ten of 1,000': {
    make: entities(),
    recipe(draft, n) {
      for (let i = 0; i < 10; i++) draft.large[i * 100].nested.data.value = n
    },
    operations: 10,
  },
  'concat, and cut': {
    make: entities(),
    recipe(draft, n) {
      if (n % 2) draft.list = draft.list.concat([entity(n)])
      else draft.list.length = SIZE
    },
    operations: 10,
  },
  'map over all': {
    make: entities(),
    recipe(draft, n) {
      draft.list.forEach((item: any) => (item.done = n % 2 === 0))
    },
    operations: 5,
  },
  'sort by id, one way and the other': {
    make: entities(),
    recipe(draft, n) {
      draft.list.sort((a: any, b: any) => (n % 2 ? b.id - a.id : a.id - b.id))
    },
    operations: 5,
  },
  reverse: {
    make: entities(),
    recipe(draft) {
      draft.list.reverse()
    },
    operations: 5,
  },
  'set a key of a large object': {
    make: object,
    recipe(draft, n) {
      draft.items[`p${n % 1_000}`] = -n
    },
    operations: 5,
  },
  'add a key to a large object, and delete it': {
    make: object,
    recipe(draft, n) {
      if (n % 2) draft.items.more = n
      else delete draft.items.more
    },
    operations: 5,
  },
  'a query begins and ends': {
    make: queries,
    recipe(draft, n) {
      const query = draft.api.queries[`get(${(n >> 1) % SIZE})`]
      if (n % 2) query.status = 'pending'
      else Object.assign(query, { status: 'fulfilled', data: { value: n }, at: n })
    },
    operations: 20,
  },
  'a hundred updates of one state': {
    make: queries,
    recipe(draft, n) {
      for (let i = 0; i < SIZE; i++) draft.api.queries[`get(${i})`].at = n
    },
    operations: 2,
  },
}

function contest({ make, recipe, operations }: Scenario, start: Engine['start']): Contest {
  const edit = start(make())
  let n = 0
  const next = (draft: any): void => recipe(draft, ++n)
  return {
    operations,
    validate() {
      const plain = make()
      const trial = start(make())
      let state: any
      for (let i = 1; i <= 6; i++) {
        recipe(plain, i)
        state = trial((draft: any) => void recipe(draft, i))
      }
      check(isDeepStrictEqual(state, plain), 'the state after six edits')
    },
    sample() {
      for (let i = 0; i < operations; i++) edit(next)
    },
  }
}

const rows = Object.entries(SCENARIOS).map(([name, scenario]) => {
  const contests = Object.entries(ENGINES).map(
    ([engine, { start }]) => [engine, () => contest(scenario, start)] as const,
  )
  return [name, Object.fromEntries(contests)] as const
})

/** See `Suite`. */
export const scenarios: Suite = {
  title: "What Immer measures itself by, freezing on, each edit on the last one's result",
  baseline: 'Immer',
  subject: 'Cowslip',
  workloads: Object.fromEntries(rows),
}
