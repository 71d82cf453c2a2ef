// Drafts of plain objects. Each trap reads from the copy of the object if there is one, else from the base;
// the first write makes the copy. Every write passes through `writeField` or `removeField`, which log the
// key in `state.touched` and mark the state and its parents as modified.
import { copyNode, getNodeShape, setOwn, type Dictionary } from '../document/containers.ts'
import { draftMark } from '../document/draft-mark.ts'
import {
  prepareAssigned,
  ownChild,
  readBase,
  readInserted,
  metaChangeError,
  createRefusals,
} from './child.ts'
import {
  assertLive,
  markModified,
  noteDeleted,
  setChild,
  noteKeyWritten,
  type State,
} from './state.ts'

const latest = (state: State): Dictionary => (state.copy ?? state.base) as Dictionary

/** Returns the state's copy of the object, made at the first call. */
export function getCopy(state: State): Dictionary {
  return (state.copy ?? makeCopy(state)) as Dictionary
}

function makeCopy(state: State): object {
  const { base, scope } = state
  const own = scope.copyBase(state)
  if (own !== null) return (state.copy = own)
  state.shape = getNodeShape(base, scope.lenient)
  return (state.copy = copyNode(base, state.shape))
}

function readField(state: State, key: string | symbol): unknown {
  const source = latest(state)
  const value = source[key as string]
  if (typeof value !== 'object' || value === null || !Object.hasOwn(source, key)) return value
  const { base } = state
  // An accessor may return another object each time.
  const isBase =
    value === (base as Dictionary)[key as string] &&
    (state.copy === null || Object.hasOwn(base, key))
  if (isBase) return readBase(state, key, value)
  return readInserted(state, key, value, ours => setOwn(source, key, ours))
}

function writeField(state: State, key: string | symbol, value: unknown): void {
  if (value === undefined && !state.scope.lenient) return removeField(state, key)
  const source = latest(state)
  const child = state.children?.get(key)
  const returning = ownChild(state, key, value)
  let stored: unknown = value
  if (returning !== null) {
    stored = (state.base as Dictionary)[key as string]
    if (returning !== child) setChild(state, returning)
    else if (source[key as string] === stored) return
  } else {
    if (Object.is(source[key as string], value) && Object.hasOwn(source, key)) {
      if (child !== undefined) state.children?.delete(key)
      return
    }
    stored = prepareAssigned(state, key, value, (state.base as Dictionary)[key as string])
    if (child !== undefined) state.children?.delete(key)
  }
  const copy = getCopy(state)
  if (state.keys === 'deleted' && !Object.hasOwn(copy, key) && Object.hasOwn(state.base, key)) {
    state.keys = 'restored'
  }
  setOwn(copy, key, stored)
  noteKeyWritten(state, key, child !== undefined)
  markModified(state)
}

function removeField(state: State, key: string | symbol): void {
  if (!Object.hasOwn(latest(state), key)) return
  delete getCopy(state)[key as string]
  const hadKid = state.children?.get(key) !== undefined
  state.children?.delete(key)
  noteDeleted(state)
  noteKeyWritten(state, key, hadKid)
  markModified(state)
}

/** The proxy traps of plain objects. The target is the state. */
export const objectTraps: ProxyHandler<State> = {
  get(state, key) {
    const value = latest(state)[key as string]
    if (state.scope.live && (typeof value === 'string' || typeof value === 'number')) return value
    if (key === draftMark) return state
    assertLive(state)
    return readField(state, key)
  },
  set(state, key, value) {
    assertLive(state)
    state.scope.checkKey?.(state, key)
    writeField(state, key, value)
    return true
  },
  deleteProperty(state, key) {
    assertLive(state)
    removeField(state, key)
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
    return describeField(state, latest(state), key, () => readField(state, key))
  },
  defineProperty(state, key, field) {
    assertLive(state)
    state.scope.checkKey?.(state, key)
    if (!isPlainField(field)) {
      throw metaChangeError(state, `a definition of ${String(key)} that is no plain value`)
    }
    writeField(state, key, field.value)
    return true
  },
  getPrototypeOf: ({ base }) => Object.getPrototypeOf(base) as object | null,
  ...createRefusals(state => state),
}

/**
 * Returns the descriptor that a draft shows for an own property of `source`. The property is always
 * writable and configurable, because the proxy's target does not have it. `read` is called only for a value
 * that a write could reach.
 */
export function describeField(
  state: State,
  source: object,
  key: string | symbol,
  read: () => unknown,
): PropertyDescriptor | undefined {
  const field = Object.getOwnPropertyDescriptor(source, key)
  if (field === undefined) return undefined
  const { enumerable } = field
  const value: unknown = Reflect.get(source, key)
  const raw = typeof value !== 'object' || (state.children === null && Object.isFrozen(value))
  return {
    value: raw ? value : read(),
    writable: true,
    enumerable: enumerable === true,
    configurable: true,
  }
}

/** Whether a descriptor is plain data, as a class field or `Object.defineProperties` writes it. */
export function isPlainField(field: PropertyDescriptor): boolean {
  return (
    'value' in field &&
    field.enumerable === true &&
    field.writable === true &&
    field.configurable === true
  )
}
