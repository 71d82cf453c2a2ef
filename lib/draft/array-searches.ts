// The methods whose callback is there to look: it sees elements as they are where it cannot change
// anything through them, and only what is found becomes a draft.
import type { Dictionary } from '../document/containers.ts'
import { describeValue } from '../document/describe.ts'
import { latestArray, readElement } from './array.ts'
import { stateOfThis } from './child.ts'
import { isHarmless } from './harmless.ts'
import { baseIndexAt } from './places.ts'
import { LeafState, type Places, type State } from './state.ts'

type Look = (at: number) => unknown

/** How a callback sees the elements of a draft. */
export function looker(state: State): Look {
  const base = state.base as readonly unknown[]
  if (state.adopted || !isHarmless(base, state.scope.leaves)) return at => readElement(state, at)
  return at => {
    const source = latestArray(state)
    const value = source[at]
    if (typeof value !== 'object' || value === null) return value
    if (state.copy === null && state.kids === null) return value
    const from = baseIndexAt(state.places as Places, base.length, source.length, at)
    if (from < 0 || value !== base[from]) return readElement(state, at)
    const kid = state.kids?.get(from)
    if (kid === undefined) return value
    return kid instanceof LeafState ? kid.copy : kid.proxy
  }
}

type Test = (value: unknown, at: number, draft: unknown) => unknown

/** The first place where `test` gives `wanted`, or -1. */
function search(
  draft: unknown,
  [test, self]: [Test, unknown?],
  { wanted = true, backwards = false, holes = true, all = false } = {},
  each: (is: boolean, at: number, state: State) => void = () => {},
): { state: State; at: number } {
  const state = stateOfThis(draft, 'array')
  if (typeof test !== 'function') throw new TypeError(`${describeValue(test)} is not a function`)
  const look = looker(state)
  const { length } = latestArray(state)
  for (let i = 0; i < length; i++) {
    const at = backwards ? length - 1 - i : i
    if (!holes && !(at in latestArray(state))) continue
    const is = Boolean(
      self === undefined
        ? test(look(at), at, draft)
        : Reflect.apply(test, self, [look(at), at, draft]),
    )
    each(is, at, state)
    if (!all && is === wanted) return { state, at }
  }
  return { state, at: -1 }
}

const elementAt = ({ state, at }: { state: State; at: number }): unknown =>
  at < 0 ? undefined : readElement(state, at)

/** Own versions of the searching methods; called with the draft as `this`. */
export const arraySearches: Dictionary = {
  find(this: unknown, ...args: [Test]) {
    return elementAt(search(this, args))
  },
  findIndex(this: unknown, ...args: [Test]) {
    return search(this, args).at
  },
  findLast(this: unknown, ...args: [Test]) {
    return elementAt(search(this, args, { backwards: true }))
  },
  findLastIndex(this: unknown, ...args: [Test]) {
    return search(this, args, { backwards: true }).at
  },
  some(this: unknown, ...args: [Test]) {
    return search(this, args, { holes: false }).at >= 0
  },
  every(this: unknown, ...args: [Test]) {
    return search(this, args, { wanted: false, holes: false }).at < 0
  },
  filter(this: unknown, ...args: [Test]) {
    const passed: unknown[] = []
    search(this, args, { all: true, holes: false }, (is, at, state) => {
      if (is) passed.push(readElement(state, at))
    })
    return passed
  },
}
