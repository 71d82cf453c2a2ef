// Drafts of instances of classes marked `immerable`. Fields are data, as in a plain object; methods,
// getters and setters of the prototype run on the draft. Private state does not exist there: it lives in
// the original instance.
import type { Dictionary } from '../document/containers.ts'
import { draftMark } from '../document/draft-mark.ts'
import { objectTraps } from './object.ts'
import { assertLive, type State } from './state.ts'

const latest = (state: State): Dictionary => (state.copy ?? state.base) as Dictionary

/** Returns an accessor of the class or of a class that it extends. */
function accessorOf(state: State, key: PropertyKey): PropertyDescriptor | undefined {
  let at = Object.getPrototypeOf(state.base) as object | null
  for (; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found !== undefined) return 'value' in found ? undefined : found
  }
  return undefined
}

/** Runs an accessor on the draft. Private state is missing there, which `explainError` says. */
function runOnDraft(state: State, key: PropertyKey, run: (() => unknown) | undefined): unknown {
  try {
    return run?.()
  } catch (error) {
    throw state.scope.explainError?.(error, state, key) ?? error
  }
}

/** The proxy traps of instances. The target is the state. */
export const classTraps: ProxyHandler<State> = {
  ...objectTraps,
  get(state, key, receiver) {
    if (key === draftMark) return state
    assertLive(state)
    if (Object.hasOwn(latest(state), key) || key === '__proto__')
      return objectTraps.get?.(state, key, receiver)
    const accessor = accessorOf(state, key)
    if (accessor === undefined) return Reflect.get(latest(state), key)
    return runOnDraft(
      state,
      key,
      () => accessor.get && Reflect.apply(accessor.get, state.proxy, []),
    )
  },
  set(state, key, value, receiver) {
    assertLive(state)
    const accessor = Object.hasOwn(latest(state), key) ? undefined : accessorOf(state, key)
    if (accessor === undefined) return objectTraps.set?.(state, key, value, receiver) ?? false
    const { set } = accessor
    if (set === undefined) {
      throw new TypeError(`Cannot set property ${String(key)}, which has only a getter`)
    }
    runOnDraft(state, key, () => Reflect.apply(set, state.proxy, [value]))
    return true
  },
}
