// Drafts of arrays. Reads and writes of elements, and the one function by which elements come and go:
// `spliceElements` logs a splice in the element origins (see element-origins.ts) and changes the copy.
// Every method that changes an array ends there or in `writeElement`.
import type { Dictionary } from '../../document/containers.ts'
import { draftMark } from '../../document/draft-mark.ts'
import { toIndex } from '../../document/paths/path.ts'
import {
  prepareAssigned,
  ownChild,
  readBase,
  readInserted,
  metaChangeError,
  createRefusals,
  stateOf,
} from '../child.ts'
import { isPlainField, describeField } from '../object.ts'
import { baseIndexAt, noteSplice, spliceMany, expandOrigins } from './element-origins.ts'
import {
  assertLive,
  markModified,
  setChild,
  noteTouched,
  type ElementOrigins,
  type State,
} from '../state.ts'

/** The array as edited so far: the copy, or the base before the first write. */
export const latestArray = (state: State): unknown[] => (state.copy ?? state.base) as unknown[]

/** Returns the copy of the array, made at the first call. */
export function getArrayCopy(state: State): unknown[] {
  return (state.copy ??= [...(state.base as unknown[])]) as unknown[]
}

const baseOf = (state: State): readonly unknown[] => state.base as unknown[]
const originsOf = (state: State): ElementOrigins => state.origins as ElementOrigins

/** Returns what the draft shows at a place. */
export function readElement(state: State, at: number): unknown {
  const source = latestArray(state)
  const value = source[at]
  if (typeof value !== 'object' || value === null) return value
  const from = baseIndexAt(originsOf(state), baseOf(state).length, source.length, at)
  const isBase = state.copy === null || (from >= 0 && value === baseOf(state)[from])
  if (isBase) return readBase(state, from, value)
  return readInserted(state, from, value, ours => {
    source[at] = ours
  })
}

function writeElement(state: State, at: number, value: unknown): void {
  const source = latestArray(state)
  state.scope.checkElement?.(state, at, value)
  if (at >= source.length) return appendElements(state, at, value)
  const base = baseOf(state)
  const from = baseIndexAt(originsOf(state), base.length, source.length, at)
  let stored: unknown = value
  if (from >= 0) {
    const child = state.children?.get(from)
    const returning = ownChild(state, from, value)
    if (returning !== null) {
      stored = base[from]
      if (returning !== child) setChild(state, returning)
      else if (source[at] === stored) return
    } else if (Object.is(source[at], value)) {
      if (child !== undefined) state.children?.delete(from)
      return
    } else {
      stored = prepareAssigned(state, at, value, base[from])
      if (child !== undefined) state.children?.delete(from)
    }
    noteTouched(state, from)
  } else stored = prepareAssigned(state, at, value, undefined)
  const copy = getArrayCopy(state)
  if (from >= 0 && isOtherElement(state, from, value)) {
    expandOrigins(originsOf(state), base.length, copy.length)[at] = -1
  }
  copy[at] = stored
  markModified(state)
}

/** The greatest gap that is filled: a wild index must not use up the memory of the process. */
const MAX_GAP = 10_000

/** Stores `value` beyond the end. A gap is filled only where `undefined` is a value. */
function appendElements(state: State, at: number, value: unknown): void {
  const { length } = latestArray(state)
  if (at > length) state.scope.checkElement?.(state, at, undefined)
  if (at - length > MAX_GAP) throw new RangeError('Invalid array length')
  const gap = new Array<unknown>(at - length).fill(undefined)
  spliceElements(state, length, 0, [...gap, value])
}

/** Whether `value` is the draft of another base element of this array, so that the element moves. */
function isOtherElement(state: State, from: number, value: unknown): boolean {
  const given = stateOf(value)
  return given !== undefined && given.parent === state && !given.adopted && given.key !== from
}

/** Removes `removed` elements at `start` and inserts `items` there. */
export function spliceElements(
  state: State,
  start: number,
  removed: number,
  items: readonly unknown[],
): void {
  const stored = items.map((item, i) => {
    state.scope.checkElement?.(state, start + i, item)
    return prepareAssigned(state, start + i, item, undefined)
  })
  if (removed === 0 && items.length === 0) return
  const { length } = latestArray(state)
  const copy = getArrayCopy(state)
  noteSplice(originsOf(state), baseOf(state).length, length, start, removed, items.length)
  spliceMany(copy, start, removed, stored)
  markModified(state)
}

function setLength(state: State, length: unknown): void {
  const now = latestArray(state).length
  const next = Number(length)
  if (next >>> 0 !== next) throw new RangeError('Invalid array length')
  if (next <= now) spliceElements(state, next, now - next, [])
  else appendElements(state, next - 1, undefined)
}

/** Creates the proxy traps of arrays. The target is an array that holds the state. */
export function createArrayTraps(methods: Dictionary): ProxyHandler<[State]> {
  return {
    get([state], key) {
      if (key === draftMark) return state
      assertLive(state)
      if (key === 'length') return latestArray(state).length
      if (key === Symbol.iterator && methods.values !== undefined) return methods.values
      if (typeof key === 'symbol') return Reflect.get(latestArray(state), key)
      const at = toIndex(key)
      if (at >= 0) return readElement(state, at)
      if (Object.hasOwn(methods, key)) return methods[key]
      return Reflect.get(latestArray(state), key)
    },
    set([state], key, value) {
      assertLive(state)
      setProperty(state, key, value)
      return true
    },
    deleteProperty([state], key) {
      assertLive(state)
      const at = toIndex(key)
      if (at < 0) throw metaChangeError(state, `a deletion of ${String(key)} of an array`)
      if (at >= latestArray(state).length) return true
      writeElement(state, at, undefined)
      return true
    },
    has([state], key) {
      assertLive(state)
      return Reflect.has(latestArray(state), key)
    },
    ownKeys([state]) {
      assertLive(state)
      return Reflect.ownKeys(latestArray(state))
    },
    getOwnPropertyDescriptor([state], key) {
      assertLive(state)
      const source = latestArray(state)
      if (key === 'length') return { value: source.length, writable: true }
      return describeField(state, source, key, () => {
        return toIndex(key) < 0 ? Reflect.get(source, key) : readElement(state, toIndex(key))
      })
    },
    defineProperty([state], key, field) {
      assertLive(state)
      if (key !== 'length' && !isPlainField(field)) {
        throw metaChangeError(state, `a definition of ${String(key)} that is no plain value`)
      }
      setProperty(state, key, field.value)
      return true
    },
    getPrototypeOf: () => Array.prototype,
    ...createRefusals(([state]: [State]) => state),
  }
}

function setProperty(state: State, key: string | symbol, value: unknown): void {
  if (key === 'length') return setLength(state, value)
  const at = toIndex(key)
  if (at < 0) throw metaChangeError(state, `the named property ${String(key)} of an array`)
  writeElement(state, at, value)
}
