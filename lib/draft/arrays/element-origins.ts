// Which base element stands where in an array's copy: see `Places`.
import type { Run } from '../../changes/ops/ops.ts'
import type { ElementOrigins, State } from '../state.ts'

/** The base index of the element at place `at`, or -1 if it was inserted. */
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

/** The place of base element `index`, or -1 if it is gone. O(1), with an `origin` O(length). */
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

/** Finds the place of a base element, or -1; a table where a search would be repeated. */
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

/** From now on the base index of each place stands in an array. O(length). */
export function expandOrigins(origins: ElementOrigins, base: number, length: number): number[] {
  if (origins.byPlace === null) {
    const byPlace: number[] = []
    for (let i = 0; i < length; i++) byPlace.push(baseIndexAt(origins, base, length, i))
    origins.byPlace = byPlace
  }
  return origins.byPlace
}

/** Notes a splice: `removed` elements gone at `start`, `inserted` new ones there. `length`: before it. */
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
 * The runs that lead from the base to the elements of `now`, in canonical form where nothing was
 * inserted that equals what was removed there; null: every element is in its place.
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

/** Slicing a frozen array is slow. */
function insertedAt(now: readonly unknown[], from: number, to: number): readonly unknown[] {
  const inserted: unknown[] = []
  for (let i = from; i < to; i++) inserted.push(now[i])
  return Object.freeze(inserted)
}

/** As many arguments as every engine takes. */
const MAX_ARGUMENTS = 1_000

/** `list.splice(start, removed, ...items)` for any number of items. */
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
