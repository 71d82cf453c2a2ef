// The workloads of the edit suites: what a recipe does, and what one writes by hand for it.
import { flat, table, withItems } from './documents.ts'

export interface Workload {
  readonly make: () => any
  readonly recipe: (draft: any) => void
  /** The same without a library: frozen, sharing what is not touched. */
  readonly hand: (state: any) => any
  /** Edits in one sample. */
  readonly operations: number
}

const { freeze } = Object

/** What every edit writes anew; set to 0 before contenders are compared. */
export const clock: { n: number } = { n: 0 }
const item = (): object => ({ id: clock.n, qty: 1, name: 'x' })

const withItem = (state: any, at: number, change: (item: any) => any): any => {
  const items = [...state.items]
  items[at] = freeze(change(items[at]))
  return freeze({ ...state, items: freeze(items) })
}
const editItem = (old: any): any => ({ ...old, qty: ++clock.n })

function tableOf(size: number, operations: number): Workload {
  return {
    make: () => table(size),
    recipe: draft => {
      draft.byId.id77.on = ++clock.n
    },
    hand: state => {
      const id77 = freeze({ ...state.byId.id77, on: ++clock.n })
      return freeze({ ...state, byId: freeze({ ...state.byId, id77 }) })
    },
    operations,
  }
}

/** By name; every edit changes something but where the name says so. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  'W1 50 fields, set 5': {
    make: () => flat(50),
    recipe: draft => {
      const n = ++clock.n
      draft.f10 = n
      draft.f11 = n
      draft.f12 = n
      draft.f13 = n
      draft.f14 = n
    },
    hand: state => {
      const n = ++clock.n
      return freeze({ ...state, f10: n, f11: n, f12: n, f13: n, f14: n })
    },
    operations: 100,
  },
  'W2 200 fields, set 2': {
    make: () => flat(200),
    recipe: draft => {
      draft.f10 = ++clock.n
      draft.f111 = clock.n
    },
    hand: state => freeze({ ...state, f10: ++clock.n, f111: clock.n }),
    operations: 20,
  },
  'W3 1,000 fields, set 2': {
    make: () => flat(1_000),
    recipe: draft => {
      draft.f10 = ++clock.n
      draft.f111 = clock.n
    },
    hand: state => freeze({ ...state, f10: ++clock.n, f111: clock.n }),
    operations: 5,
  },
  'W4 50 fields, one leaf at depth 4': {
    make: () => flat(50),
    recipe: draft => {
      draft.f3.a.b.c = ++clock.n
    },
    hand: state => {
      const { f3 } = state
      const b = freeze({ ...f3.a.b, c: ++clock.n })
      return freeze({ ...state, f3: freeze({ ...f3, a: freeze({ ...f3.a, b }) }) })
    },
    operations: 100,
  },
  'W5 array of 1,000, edit one by index': {
    make: () => withItems(),
    recipe: draft => {
      draft.items[500].qty = ++clock.n
    },
    hand: state => withItem(state, 500, editItem),
    operations: 20,
  },
  'W6 array of 1,000, push and pop': {
    make: () => withItems(),
    recipe: draft => {
      if (++clock.n % 2 === 0) draft.items.pop()
      else draft.items.push(item())
    },
    hand: state => {
      const items = [...state.items]
      if (++clock.n % 2 === 0) items.pop()
      else items.push(freeze(item()))
      return freeze({ ...state, items: freeze(items) })
    },
    operations: 20,
  },
  'W7 array of 1,000, find by id and edit': {
    make: () => withItems(),
    recipe: draft => {
      draft.items.find((found: any) => found.id === 500).qty = ++clock.n
    },
    hand: state => {
      const at = state.items.findIndex((found: any) => found.id === 500)
      return withItem(state, at, editItem)
    },
    operations: 10,
  },
  'W7b the same by for...of': {
    make: () => withItems(),
    recipe: draft => {
      for (const found of draft.items) if (found.id === 500) found.qty = ++clock.n
    },
    hand: state => {
      const items = state.items.map((old: any) => (old.id === 500 ? freeze(editItem(old)) : old))
      return freeze({ ...state, items: freeze(items) })
    },
    operations: 5,
  },
  'W8 array of 1,000, splice at the head': {
    make: () => withItems(),
    recipe: draft => {
      if (++clock.n % 2 === 0) draft.items.splice(0, 1)
      else draft.items.splice(0, 0, item())
    },
    hand: state => {
      const items = [...state.items]
      if (++clock.n % 2 === 0) items.splice(0, 1)
      else items.splice(0, 0, freeze(item()))
      return freeze({ ...state, items: freeze(items) })
    },
    operations: 20,
  },
  'W9 a recipe that does nothing': {
    make: () => flat(50),
    recipe: () => {},
    hand: state => state,
    operations: 1_000,
  },
  'W10 a recipe that reads 200 fields': {
    make: () => flat(200),
    recipe: draft => {
      for (let i = 10; i < 200; i++) read += draft[NAMES[i] as string] === 7 ? 1 : 0
    },
    hand: state => {
      for (let i = 10; i < 200; i++) read += state[NAMES[i] as string] === 7 ? 1 : 0
      return state
    },
    operations: 20,
  },
  'W11s table of 200, edit one': tableOf(200, 20),
  'W11 table of 10,000, edit one': tableOf(10_000, 1),
}

/** Beside the rows that means are taken of. */
export const WIDE: Readonly<Record<string, Workload>> = {
  'array of 100,000, splice at the head': {
    ...(WORKLOADS['W8 array of 1,000, splice at the head'] as Workload),
    make: () => withItems(100_000),
    operations: 1,
  },
}

const NAMES = Array.from({ length: 200 }, (_, i) => `f${i}`)
let read = 0
