import { copyNode, nodeShape, setOwn, type Dictionary } from '../document/containers.ts'
import { draftMark } from '../document/draft-mark.ts'
import { assigned, ownKid, readBase, readInserted, refuseMeta, refusals } from './child.ts'
import { assertLive, markModified, noteDeleted, setKid, touchKey, type State } from './state.ts'

const latest = (state: State): Dictionary => (state.copy ?? state.base) as Dictionary

/** Its copy, made now if need be. */
export function copyOf(state: State): Dictionary {
  return (state.copy ?? makeCopy(state)) as Dictionary
}

function makeCopy(state: State): object {
  const { base, scope } = state
  const own = scope.copyOf(state)
  if (own !== null) return (state.copy = own)
  state.shape = nodeShape(base, scope.lenient)
  return (state.copy = copyNode(base, state.shape))
}

function read(state: State, key: string | symbol): unknown {
  const source = latest(state)
  const value = source[key as string]
  if (typeof value !== 'object' || value === null || !Object.hasOwn(source, key)) return value
  const { base } = state
  // An accessor may give another object each time.
  const isBase =
    value === (base as Dictionary)[key as string] &&
    (state.copy === null || Object.hasOwn(base, key))
  if (isBase) return readBase(state, key, value)
  return readInserted(state, key, value, ours => setOwn(source, key, ours))
}

function write(state: State, key: string | symbol, value: unknown): void {
  if (value === undefined && !state.scope.lenient) return remove(state, key)
  const source = latest(state)
  const kid = state.kids?.get(key)
  const returning = ownKid(state, key, value)
  let stored: unknown = value
  if (returning !== null) {
    stored = (state.base as Dictionary)[key as string]
    if (returning !== kid) setKid(state, returning)
    else if (source[key as string] === stored) return
  } else {
    if (Object.is(source[key as string], value) && Object.hasOwn(source, key)) {
      if (kid !== undefined) state.kids?.delete(key)
      return
    }
    stored = assigned(state, key, value, (state.base as Dictionary)[key as string])
    if (kid !== undefined) state.kids?.delete(key)
  }
  const copy = copyOf(state)
  if (state.keys === 'deleted' && !Object.hasOwn(copy, key) && Object.hasOwn(state.base, key)) {
    state.keys = 'restored'
  }
  setOwn(copy, key, stored)
  touchKey(state, key, kid !== undefined)
  markModified(state)
}

function remove(state: State, key: string | symbol): void {
  if (!Object.hasOwn(latest(state), key)) return
  delete copyOf(state)[key as string]
  const hadKid = state.kids?.get(key) !== undefined
  state.kids?.delete(key)
  noteDeleted(state)
  touchKey(state, key, hadKid)
  markModified(state)
}

/** The traps of plain objects. The target is the state. */
export const objectHandler: ProxyHandler<State> = {
  get(state, key) {
    const value = latest(state)[key as string]
    if (state.scope.live && (typeof value === 'string' || typeof value === 'number')) return value
    if (key === draftMark) return state
    assertLive(state)
    return read(state, key)
  },
  set(state, key, value) {
    assertLive(state)
    state.scope.checkKey?.(state, key)
    write(state, key, value)
    return true
  },
  deleteProperty(state, key) {
    assertLive(state)
    remove(state, key)
    return true
  },
  has(state, key) {
    assertLive(state)
    return Reflect.has(latest(state), key)
  },
  ownKeys(state) {
    assertLive(state)
    return Reflect.ownKeys(latest(state))
  },
  getOwnPropertyDescriptor(state, key) {
    assertLive(state)
    return shownField(state, latest(state), key, () => read(state, key))
  },
  defineProperty(state, key, field) {
    assertLive(state)
    state.scope.checkKey?.(state, key)
    if (!isPlainField(field)) {
      throw refuseMeta(state, `a definition of ${String(key)} that is no plain value`)
    }
    write(state, key, field.value)
    return true
  },
  getPrototypeOf: ({ base }) => Object.getPrototypeOf(base) as object | null,
  ...refusals(state => state),
}

/**
 * The descriptor that a draft shows for an own property of `source`, whatever that one allows: the target of
 * the proxy does not have it. `read` is asked only for what a write could reach.
 */
export function shownField(
  state: State,
  source: object,
  key: string | symbol,
  read: () => unknown,
): PropertyDescriptor | undefined {
  const field = Object.getOwnPropertyDescriptor(source, key)
  if (field === undefined) return undefined
  const { enumerable } = field
  const value: unknown = Reflect.get(source, key)
  const raw = typeof value !== 'object' || (state.kids === null && Object.isFrozen(value))
  return {
    value: raw ? value : read(),
    writable: true,
    enumerable: enumerable === true,
    configurable: true,
  }
}

/** What a class field or a helper like `Object.defineProperties` writes for plain data. */
export function isPlainField(field: PropertyDescriptor): boolean {
  return (
    'value' in field &&
    field.enumerable === true &&
    field.writable === true &&
    field.configurable === true
  )
}
