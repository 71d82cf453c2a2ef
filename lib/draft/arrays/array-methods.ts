// The array methods of drafts that are not `Array.prototype`'s own: those that move elements, so that a
// splice or a sort is logged as one move, and those that compare with elements (`indexOf`, `includes`),
// which may be asked for the original of a draft. All other methods run natively on the draft.
import type { Dictionary } from '../../document/containers.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { getArrayCopy, latestArray, readElement, spliceElements } from './array.ts'
import { SearchView, arraySearches } from './array-searches.ts'
import { stateOf, stateOfThis } from '../child.ts'
import { baseIndexAt, expandOrigins } from './element-origins.ts'
import { assertLive, markModified, type ElementOrigins, type State } from '../state.ts'

/** Returns the absolute index for a relative one, as `splice` does. */
function clampIndex(index: unknown, length: number): number {
  const integer = Math.trunc(Number(index)) || 0
  return integer < 0 ? Math.max(length + integer, 0) : Math.min(integer, length)
}

function spliceOut(state: State, start: number, count: number, items: unknown[]): unknown[] {
  const out = readElements(state, start, start + count)
  spliceElements(state, start, count, items)
  return out
}

/** Puts the elements into the order of `places`, if that is another order. */
function permute(state: State, places: readonly number[]): void {
  const source = latestArray(state)
  // One object at two places may have two drafts, so swapping the places is a move.
  const isSame = (from: number, to: number): boolean => {
    const value = source[from]
    if (from === to) return true
    return (typeof value !== 'object' || value === null) && Object.is(value, source[to])
  }
  if (places.every(isSame)) return
  const copy = getArrayCopy(state)
  const base = (state.base as unknown[]).length
  const origin = expandOrigins(state.origins as ElementOrigins, base, copy.length)
  const [values, origins] = [[...copy], [...origin]]
  for (let to = 0; to < places.length; to++) {
    const from = places[to] as number
    copy[to] = values[from]
    origin[to] = origins[from] as number
  }
  markModified(state)
}

type Compare = (a: unknown, b: unknown) => number

function compareByText(texts: readonly string[]): Compare {
  return (a, b) => {
    const [x, y] = [texts[a as number] as string, texts[b as number] as string]
    return x < y ? -1 : x > y ? 1 : 0
  }
}

function indicesBelow(length: number): number[] {
  const list: number[] = []
  for (let i = 0; i < length; i++) list.push(i)
  return list
}

/**
 * Whether `value` stands at a place: the stored value, the draft or copy that was read there, or the
 * caller's object that was assigned there.
 */
function isAt(state: State, at: number, value: unknown): boolean {
  const source = latestArray(state)
  const element = source[at]
  if (element === value) return true
  if (typeof element !== 'object' || typeof value !== 'object' || !element || !value) return false
  if (state.scope.sourceOf?.(element) === value) return true
  const child = stateOf(value) ?? state.scope.leafStates.get(value)
  if (child === undefined || child.parent !== state) return false
  const base = (state.base as unknown[]).length
  const from = baseIndexAt(state.origins as ElementOrigins, base, source.length, at)
  return from >= 0 && state.children?.get(from) === child
}

/** Searches for `value` from an index on, in steps of `step`. Returns its index, or -1. */
function searchValue(
  draft: unknown,
  value: unknown,
  from: (length: number) => number,
  step: number,
): number {
  const state = stateOfThis(draft, 'array')
  const { length } = latestArray(state)
  for (let at = from(length); at >= 0 && at < length; at += step)
    if (isAt(state, at, value)) return at
  return -1
}

/** Creates an iterator over an array that ends at the length it finds when it gets there. */
function iterate<T>(
  state: State,
  give: (state: State, at: number) => T,
): IterableIterator<T, undefined> {
  let at = 0
  const iterator = Object.create(arrayIterator) as IterableIterator<T, undefined>
  iterator.next = () => {
    assertLive(state)
    if (at < latestArray(state).length) return { value: give(state, at++), done: false }
    at = Infinity
    return { value: undefined, done: true }
  }
  return iterator
}

/** Returns what the draft shows from one place up to another. */
function readElements(state: State, from: number, to: number): unknown[] {
  const shown: unknown[] = []
  for (let at = from; at < to; at++) {
    if (at in latestArray(state)) shown[at - from] = readElement(state, at)
  }
  shown.length = Math.max(to - from, 0)
  return shown
}

type ElementCallback = (value: unknown, at: number, draft: unknown) => unknown

/** Calls `fn` with each element as a draft, and `got` with the result. */
function forEachElement(
  draft: unknown,
  [fn, self]: [ElementCallback, unknown?],
  got: (value: unknown, at: number) => void,
): void {
  const state = stateOfThis(draft, 'array')
  if (typeof fn !== 'function') throw new TypeError(`${describeValue(fn)} is not a function`)
  const { length } = latestArray(state)
  for (let at = 0; at < length; at++) {
    if (at in latestArray(state)) got(fn.call(self, readElement(state, at), at, draft), at)
  }
}

const arrayIterator = Object.getPrototypeOf([][Symbol.iterator]()) as object

/** The methods that a draft of an array has instead of the native ones; `this` is the draft. */
export const arrayMethods: Dictionary = {
  ...arraySearches,
  values(this: unknown) {
    return iterate(stateOfThis(this, 'array'), readElement)
  },
  entries(this: unknown) {
    return iterate(stateOfThis(this, 'array'), (state, at) => [at, readElement(state, at)])
  },
  forEach(this: unknown, ...args: [ElementCallback, unknown?]) {
    forEachElement(this, args, () => {})
  },
  map(this: unknown, ...args: [ElementCallback, unknown?]) {
    const made: unknown[] = new Array(latestArray(stateOfThis(this, 'array')).length)
    forEachElement(this, args, (value, at) => {
      made[at] = value
    })
    return made
  },
  slice(this: unknown, start?: unknown, end?: unknown) {
    const state = stateOfThis(this, 'array')
    const { length } = latestArray(state)
    return readElements(
      state,
      clampIndex(start, length),
      end === undefined ? length : clampIndex(end, length),
    )
  },
  concat(this: unknown, ...items: unknown[]) {
    const state = stateOfThis(this, 'array')
    return readElements(state, 0, latestArray(state).length).concat(...items)
  },
  push(this: unknown, ...items: unknown[]) {
    const state = stateOfThis(this, 'array')
    spliceElements(state, latestArray(state).length, 0, items)
    return latestArray(state).length
  },
  pop(this: unknown) {
    const state = stateOfThis(this, 'array')
    const { length } = latestArray(state)
    return length === 0 ? undefined : spliceOut(state, length - 1, 1, [])[0]
  },
  shift(this: unknown) {
    const state = stateOfThis(this, 'array')
    return latestArray(state).length === 0 ? undefined : spliceOut(state, 0, 1, [])[0]
  },
  unshift(this: unknown, ...items: unknown[]) {
    const state = stateOfThis(this, 'array')
    spliceElements(state, 0, 0, items)
    return latestArray(state).length
  },
  splice(this: unknown, ...given: [start?: unknown, count?: unknown, ...items: unknown[]]) {
    const state = stateOfThis(this, 'array')
    const { length } = latestArray(state)
    if (given.length === 0) return []
    const [from, count, ...items] = given
    const start = clampIndex(from, length)
    const asked = given.length === 1 ? length : Math.trunc(Number(count)) || 0
    return spliceOut(state, start, Math.min(Math.max(asked, 0), length - start), items)
  },
  indexOf(this: unknown, value: unknown, start?: unknown) {
    return searchValue(this, value, length => clampIndex(start, length), 1)
  },
  lastIndexOf(this: unknown, value: unknown, ...start: unknown[]) {
    const last = start.length === 0 ? -1 : Math.trunc(Number(start[0])) || 0
    return searchValue(
      this,
      value,
      length => (last < 0 ? length + last : Math.min(last, length - 1)),
      -1,
    )
  },
  includes(this: unknown, value: unknown, start?: unknown) {
    if (value !== value)
      return latestArray(stateOfThis(this, 'array')).includes(value, Number(start))
    return searchValue(this, value, length => clampIndex(start, length), 1) >= 0
  },
  reverse(this: unknown) {
    const state = stateOfThis(this, 'array')
    permute(state, indicesBelow(latestArray(state).length).reverse())
    return this
  },
  sort(this: unknown, compare?: Compare) {
    const state = stateOfThis(this, 'array')
    if (compare !== undefined && typeof compare !== 'function') {
      throw new TypeError('The comparison function must be either a function or undefined')
    }
    const all = indicesBelow(latestArray(state).length)
    const view = new SearchView(state)
    const source = latestArray(state)
    // A native sort puts `undefined` last and passes it to no comparator.
    const order = all.filter(at => source[at] !== undefined)
    if (compare === undefined) order.sort(compareByText(all.map(at => String(view.readFound(at)))))
    else view.run(() => order.sort((a, b) => compare(view.readFound(a), view.readFound(b))))
    permute(state, order.concat(all.filter(at => source[at] === undefined)))
    return this
  },
}
