// Element origins: the base index of each element of an edited array. Array drafts log each splice here,
// and `opOfState` turns the origins into runs at the end; so a splice costs its own size and a move stays a
// move. Most edits touch one span, which two numbers describe (`head` and `tail`); only a second, distant
// splice or a reorder expands them to a list (`byPlace`).
//
//   base                 a b c d e
//   splice(1, 1, X)      a X c d e      head 1, tail 3: between them everything is inserted
//   push(Y)              a X c d e Y    byPlace [0, -1, 2, 3, 4, -1]
//   runsOfOrigins        keep 0 x1, insert [X], keep 2 x3, insert [Y]      b (index 1) is removed
import type { Run } from '../../changes/ops/ops.ts'
import type { ElementOrigins, State } from '../state.ts'

/** Returns the base index of the element at place `at`; -1: it was inserted. */
export function baseIndexAt(
  origins: ElementOrigins,
  base: number,
  length: number,
  at: number,
): number {
  if (origins.byPlace !== null) return origins.byPlace[at] as number
  if (at < origins.head) return at
  return at >= length - origins.tail ? base - (length - at) : -1
}

/** Returns the place of base element `index`; -1: it is gone. O(1); with `byPlace` O(length). */
export function placeOf(
  origins: ElementOrigins,
  base: number,
  length: number,
  index: number,
): number {
  if (origins.byPlace !== null) return origins.byPlace.indexOf(index)
  if (index < origins.head) return index
  return index >= base - origins.tail ? length - (base - index) : -1
}

/**
 * Returns a function that finds the place of a base element, or -1. With `byPlace` it builds a table at the
 * first call.
 */
export function createFinder(state: State): (index: number) => number {
  const { length } = state.base as readonly unknown[]
  const origins = state.origins as ElementOrigins
  const { byPlace } = origins
  if (state.copy === null) return index => index
  const now = (state.copy as unknown[]).length
  if (byPlace === null) return index => placeOf(origins, length, now, index)
  let table: Map<number, number> | null = null
  return index => {
    if (table === null) {
      table = new Map()
      for (let at = 0; at < byPlace.length; at++) table.set(byPlace[at] as number, at)
    }
    return table.get(index) ?? -1
  }
}

/** Expands the origins to one index for each place. O(length). */
export function expandOrigins(origins: ElementOrigins, base: number, length: number): number[] {
  if (origins.byPlace === null) {
    const byPlace: number[] = []
    for (let i = 0; i < length; i++) byPlace.push(baseIndexAt(origins, base, length, i))
    origins.byPlace = byPlace
  }
  return origins.byPlace
}

/**
 * Logs a splice: `removed` elements are gone at `start`, `inserted` new ones stand there. `length` is that
 * before the splice.
 */
export function noteSplice(
  origins: ElementOrigins,
  base: number,
  length: number,
  start: number,
  removed: number,
  inserted: number,
): void {
  const end = start + removed
  if (origins.byPlace === null) {
    const untouched = length === base && origins.head + origins.tail >= base
    if (untouched) {
      origins.head = start
      origins.tail = base - end
      return
    }
    if (start <= length - origins.tail && end >= origins.head) {
      origins.head = Math.min(origins.head, start)
      origins.tail = Math.min(origins.tail, length - end)
      return
    }
  }
  const byPlace = expandOrigins(origins, base, length)
  spliceMany(byPlace, start, removed, new Array<number>(inserted).fill(-1))
}

/** Whether the elements are those of the base, in its order. */
export function isUnmoved(
  { head, tail, byPlace }: ElementOrigins,
  base: number,
  length: number,
): boolean {
  if (length !== base) return false
  return byPlace === null ? head + tail >= base : byPlace.every((from, at) => from === at)
}

/**
 * Returns the runs that lead from the base to the elements of `now`, in canonical form unless an inserted
 * element equals one removed there. Null: every element is in its place.
 */
export function runsOfOrigins(
  origins: ElementOrigins,
  base: number,
  now: readonly unknown[],
): Run[] | null {
  if (isUnmoved(origins, base, now.length)) return null
  const { head, tail, byPlace } = origins
  if (byPlace === null) {
    const runs: Run[] = []
    const to = now.length - tail
    if (head > 0) runs.push({ keep: 0, count: head })
    if (to > head) runs.push({ insert: insertedAt(now, head, to) })
    if (tail > 0) runs.push({ keep: base - tail, count: tail })
    return runs
  }
  const runs: Run[] = []
  for (let i = 0; i < now.length;) {
    const start = i
    const from = byPlace[i] as number
    if (from < 0) {
      while (i < now.length && (byPlace[i] as number) < 0) i++
      runs.push({ insert: insertedAt(now, start, i) })
    } else {
      while (i < now.length && byPlace[i] === from + (i - start)) i++
      runs.push({ keep: from, count: i - start })
    }
  }
  return runs
}

/** Copies inserted elements one by one: slicing a frozen array is slow in V8. */
function insertedAt(now: readonly unknown[], from: number, to: number): readonly unknown[] {
  const inserted: unknown[] = []
  for (let i = from; i < to; i++) inserted.push(now[i])
  return Object.freeze(inserted)
}

/** The number of arguments that every engine accepts in a call. */
const MAX_ARGUMENTS = 1_000

/** Splices any number of items, where `list.splice(start, removed, ...items)` has a limit. */
export function spliceMany<T>(
  list: T[],
  start: number,
  removed: number,
  items: readonly T[],
): void {
  if (start === list.length && items.length <= MAX_ARGUMENTS) {
    list.push(...items)
    return
  }
  if (removed === 1 && items.length === 0 && start === list.length - 1) {
    list.pop()
    return
  }
  if (items.length <= MAX_ARGUMENTS) {
    list.splice(start, removed, ...items)
    return
  }
  const rest = list.splice(start)
  for (const item of items) list.push(item)
  for (let i = removed; i < rest.length; i++) list.push(rest[i] as T)
}
