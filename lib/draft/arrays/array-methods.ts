import type { Dictionary } from '../../document/containers.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { arrayCopyOf, latestArray, readElement, spliceElements } from './array.ts'
import { Sight, arraySearches } from './array-searches.ts'
import { stateOf, stateOfThis } from '../child.ts'
import { baseIndexAt, toOrigin } from './element-origins.ts'
import { assertLive, markModified, type Places, type State } from '../state.ts'

// What moves elements stands here, so that it is logged as one move, and what compares with elements,
// which may be asked for the original of a draft. Every other method is
// `Array.prototype`'s own, run on the draft, so that callbacks and results get drafts.

/** A relative index as `splice` takes it. */
function clamp(index: unknown, length: number): number {
  const integer = Math.trunc(Number(index)) || 0
  return integer < 0 ? Math.max(length + integer, 0) : Math.min(integer, length)
}

function takeOut(state: State, start: number, count: number, items: unknown[]): unknown[] {
  const out = elements(state, start, start + count)
  spliceElements(state, start, count, items)
  return out
}

/** Puts the elements in the order that `places` gives, unless it is theirs already. */
function permute(state: State, places: readonly number[]): void {
  const source = latestArray(state)
  // One object at two places may have two drafts, so swapping the places is a move.
  const isSame = (from: number, to: number): boolean => {
    const value = source[from]
    if (from === to) return true
    return (typeof value !== 'object' || value === null) && Object.is(value, source[to])
  }
  if (places.every(isSame)) return
  const copy = arrayCopyOf(state)
  const base = (state.base as unknown[]).length
  const origin = toOrigin(state.places as Places, base, copy.length)
  const [values, origins] = [[...copy], [...origin]]
  for (let to = 0; to < places.length; to++) {
    const from = places[to] as number
    copy[to] = values[from]
    origin[to] = origins[from] as number
  }
  markModified(state)
}

type Compare = (a: unknown, b: unknown) => number

function byText(texts: readonly string[]): Compare {
  return (a, b) => {
    const [x, y] = [texts[a as number] as string, texts[b as number] as string]
    return x < y ? -1 : x > y ? 1 : 0
  }
}

function indices(length: number): number[] {
  const list: number[] = []
  for (let i = 0; i < length; i++) list.push(i)
  return list
}

/**
 * Whether `value` stands at a place: as it is, as the draft or copy that was read there, or as the caller's object
 * that was assigned there.
 */
function isAt(state: State, at: number, value: unknown): boolean {
  const source = latestArray(state)
  const element = source[at]
  if (element === value) return true
  if (typeof element !== 'object' || typeof value !== 'object' || !element || !value) return false
  if (state.scope.sourceOf?.(element) === value) return true
  const kid = stateOf(value) ?? state.scope.leafStates.get(value as object)
  if (kid === undefined || kid.parent !== state) return false
  const base = (state.base as unknown[]).length
  const from = baseIndexAt(state.places as Places, base, source.length, at)
  return from >= 0 && state.kids?.get(from) === kid
}

/** Searches for `value` from an index on, `step` by `step`. Gives its index, or -1. */
function seek(
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

/** An iterator of an array, which goes on to the end that is there when it is reached. */
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

/** What the draft shows from one place up to another. */
function elements(state: State, from: number, to: number): unknown[] {
  const shown: unknown[] = []
  for (let at = from; at < to; at++) {
    if (at in latestArray(state)) shown[at - from] = readElement(state, at)
  }
  shown.length = Math.max(to - from, 0)
  return shown
}

type Each = (value: unknown, at: number, draft: unknown) => unknown

/** Calls `fn` with each element as a draft, and `got` with what it gives. */
function each(
  draft: unknown,
  [fn, self]: [Each, unknown?],
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

/** Own versions of the methods that move elements, or look for one; called with the draft as `this`. */
export const arrayMethods: Dictionary = {
  ...arraySearches,
  values(this: unknown) {
    return iterate(stateOfThis(this, 'array'), readElement)
  },
  entries(this: unknown) {
    return iterate(stateOfThis(this, 'array'), (state, at) => [at, readElement(state, at)])
  },
  forEach(this: unknown, ...args: [Each, unknown?]) {
    each(this, args, () => {})
  },
  map(this: unknown, ...args: [Each, unknown?]) {
    const made: unknown[] = new Array(latestArray(stateOfThis(this, 'array')).length)
    each(this, args, (value, at) => {
      made[at] = value
    })
    return made
  },
  slice(this: unknown, start?: unknown, end?: unknown) {
    const state = stateOfThis(this, 'array')
    const { length } = latestArray(state)
    return elements(state, clamp(start, length), end === undefined ? length : clamp(end, length))
  },
  concat(this: unknown, ...items: unknown[]) {
    const state = stateOfThis(this, 'array')
    return elements(state, 0, latestArray(state).length).concat(...items)
  },
  push(this: unknown, ...items: unknown[]) {
    const state = stateOfThis(this, 'array')
    spliceElements(state, latestArray(state).length, 0, items)
    return latestArray(state).length
  },
  pop(this: unknown) {
    const state = stateOfThis(this, 'array')
    const { length } = latestArray(state)
    return length === 0 ? undefined : takeOut(state, length - 1, 1, [])[0]
  },
  shift(this: unknown) {
    const state = stateOfThis(this, 'array')
    return latestArray(state).length === 0 ? undefined : takeOut(state, 0, 1, [])[0]
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
    const start = clamp(from, length)
    const asked = given.length === 1 ? length : Math.trunc(Number(count)) || 0
    return takeOut(state, start, Math.min(Math.max(asked, 0), length - start), items)
  },
  indexOf(this: unknown, value: unknown, start?: unknown) {
    return seek(this, value, length => clamp(start, length), 1)
  },
  lastIndexOf(this: unknown, value: unknown, ...start: unknown[]) {
    const last = start.length === 0 ? -1 : Math.trunc(Number(start[0])) || 0
    return seek(this, value, length => (last < 0 ? length + last : Math.min(last, length - 1)), -1)
  },
  includes(this: unknown, value: unknown, start?: unknown) {
    if (value !== value)
      return latestArray(stateOfThis(this, 'array')).includes(value, Number(start))
    return seek(this, value, length => clamp(start, length), 1) >= 0
  },
  reverse(this: unknown) {
    const state = stateOfThis(this, 'array')
    permute(state, indices(latestArray(state).length).reverse())
    return this
  },
  sort(this: unknown, compare?: Compare) {
    const state = stateOfThis(this, 'array')
    if (compare !== undefined && typeof compare !== 'function') {
      throw new TypeError('The comparison function must be either a function or undefined')
    }
    const all = indices(latestArray(state).length)
    const sight = new Sight(state)
    const source = latestArray(state)
    // A native sort puts `undefined` last, and compares it with nothing.
    const order = all.filter(at => source[at] !== undefined)
    if (compare === undefined) order.sort(byText(all.map(at => String(sight.at(at)))))
    else sight.through(() => order.sort((a, b) => compare(sight.at(a), sight.at(b))))
    permute(state, order.concat(all.filter(at => source[at] === undefined)))
    return this
  },
}
