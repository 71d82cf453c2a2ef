// What drafts of Maps and Sets have in common. A Map or Set is read through methods, and native methods
// refuse a proxy; so `get` hands out methods of ours (map.ts, set.ts), and most other traps refuse.
import type { Dictionary } from '../../document/containers.ts'
import { draftMark } from '../../document/draft-mark.ts'
import { metaChangeError, createRefusals } from '../child.ts'
import { assertLive, type State } from '../state.ts'

/** Makes the item that an iteration yields of a key and its value. */
export type ItemMaker = (key: unknown, value: () => unknown) => unknown

const keysOf = (collection: object): IterableIterator<unknown> =>
  (collection as Set<unknown> | Map<unknown, unknown>).keys()

/**
 * Yields the keys of a Map or the members of a Set as a native iteration does: what is added meanwhile is
 * met, what is removed is not. Reads the base until the first write makes a copy, then the copy from the
 * place that was reached.
 */
export function* iterate<T>(state: State, step: (key: unknown) => T): Generator<T, void> {
  let met = 0
  if (state.copy === null) {
    for (const key of keysOf(state.base)) {
      met++
      yield step(key)
      if (state.copy !== null) break
    }
    if (state.copy === null) return
  }
  const rest = keysOf(state.copy)
  let next = rest.next()
  for (const key of keysOf(state.base)) {
    if (met-- === 0) break
    if (!next.done && Object.is(next.value, key)) next = rest.next()
  }
  for (; !next.done; next = rest.next()) yield step(next.value)
}

/** Creates the proxy traps of a native collection, in which `methods` replace those of `native`. */
export function createCollectionTraps(
  native: object,
  methods: Dictionary,
  iterator: string,
): ProxyHandler<State> {
  return {
    get(state, key) {
      if (key === draftMark) return state
      assertLive(state)
      if (key === 'size') return ((state.copy ?? state.base) as Set<unknown>).size
      if (key === Symbol.iterator) return methods[iterator]
      if (typeof key === 'string' && Object.hasOwn(methods, key)) return methods[key]
      return Reflect.get(native, key)
    },
    set(state, key) {
      throw metaChangeError(state, `the named property ${String(key)} of a Map or Set`)
    },
    has: (_, key) => key in native,
    deleteProperty: () => true,
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
    defineProperty(state, key) {
      throw metaChangeError(state, `the named property ${String(key)} of a Map or Set`)
    },
    getPrototypeOf: () => native,
    ...createRefusals(state => state),
  }
}
