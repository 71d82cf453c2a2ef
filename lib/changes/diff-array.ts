// The difference of two arrays that came without ops: by reference, by key, or by value within bounds.
import { equal } from '../document/equality.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import { arrayOp, canonicalRuns } from './array-runs.ts'
import type { ArrayOp, Op, Run } from './ops.ts'

/** After trimming what begins and ends alike, so many elements are compared with one another ... */
const MOST = 2_000
/** ... up to so many differences; more elements up to fewer. */
const DIFFERENCES = 1_000
const FEW_DIFFERENCES = 64

/** What tells an element apart from its neighbours; undefined: nothing does. */
export type KeyOf = (element: unknown) => unknown

/** The difference of two values that may be containers; null: they are equal. */
export type Below = (old: unknown, value: unknown) => Op | null

/**
 * The op from `base` to `next`; null: they are equal. Undefined: they have too little in common, so the whole
 * array is to be set. O(length), plus O(differences * length) by value: for at most 2,000 elements up to 1,000
 * differences, for more up to 64.
 */
export function diffArrays(
  base: readonly unknown[],
  next: readonly unknown[],
  keyOf: KeyOf | null,
  leaves: Leaves,
  below: Below,
): ArrayOp | null | undefined {
  const origin = keyOf === null ? byValue(base, next, leaves) : byKey(base, next, keyOf)
  if (origin === null) return undefined
  const edits = new Map<number, Op>()
  origin.forEach((from, at) => {
    const op = from < 0 ? null : below(base[from], next[at])
    if (op !== null) edits.set(from, op)
  })
  if (keyOf === null) pairUp(origin, base, next, edits, below)
  const at = (index: number): unknown => base[index]
  const runs = canonicalRuns(runsFrom(origin, next), { length: base.length, at, leaves })
  const op = arrayOp(base.length, runs, edits, at)
  return op === null || origin.some(from => from >= 0) ? op : undefined
}

function runsFrom(origin: readonly number[], next: readonly unknown[]): Run[] {
  return origin.map((from, at) =>
    from < 0 ? { insert: Object.freeze([next[at]]) } : { keep: from, count: 1 },
  )
}

/** For each element the base index of the one with its key; those without a key of their own are new. */
function byKey(base: readonly unknown[], next: readonly unknown[], keyOf: KeyOf): number[] {
  const places = new Map<unknown, number>()
  base.forEach((element, index) => {
    const key = keyOf(element)
    if (key !== undefined) places.set(key, places.has(key) ? -1 : index)
  })
  return next.map(element => {
    const key = keyOf(element)
    const index = key === undefined ? -1 : (places.get(key) ?? -1)
    if (index >= 0) places.delete(key)
    return index
  })
}

/** By reference where any is shared, else by value; null: too many to compare. */
function byValue(
  base: readonly unknown[],
  next: readonly unknown[],
  leaves: Leaves,
): number[] | null {
  const same = (from: number, at: number): boolean => equal(base[from], next[at], leaves)
  const shortest = Math.min(base.length, next.length)
  let head = 0
  while (head < shortest && same(head, head)) head++
  let tail = 0
  while (tail < shortest - head && same(base.length - 1 - tail, next.length - 1 - tail)) tail++
  const origin = next.map((_, at) => (at < head ? at : -1))
  for (let i = 1; i <= tail; i++) origin[next.length - i] = base.length - i
  const [from, to] = [base.length - tail, next.length - tail]
  if (from === head || to === head) return origin
  const shared = byReference(base, next, head, from, to, origin)
  if (shared) return origin
  const pairs = matches(from - head, to - head, (x, y) => same(head + x, head + y))
  if (pairs === null) return null
  for (const [index, at] of pairs) origin[head + at] = head + index
  return origin
}

/** Elements that are objects are known by reference; whether any was. */
function byReference(
  base: readonly unknown[],
  next: readonly unknown[],
  head: number,
  from: number,
  to: number,
  origin: number[],
): boolean {
  const places = new Map<object, number>()
  for (let i = from - 1; i >= head; i--) {
    const element = base[i]
    if (typeof element === 'object' && element !== null) places.set(element, i)
  }
  let any = false
  for (let at = head; at < to; at++) {
    const index = places.get(next[at] as object)
    if (index === undefined) continue
    places.delete(next[at] as object)
    origin[at] = index
    any = true
  }
  return any
}

/**
 * The pairs of a longest common subsequence (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations",
 * 1986). O((n + m) * d) for d differences; null: there are more than are looked for.
 */
function matches(
  n: number,
  m: number,
  same: (x: number, y: number) => boolean,
): [number, number][] | null {
  const furthest = new Map<number, number>([[1, 0]])
  const traces: Map<number, number>[] = []
  const most = Math.min(n + m, Math.max(n, m) > MOST ? FEW_DIFFERENCES : DIFFERENCES)
  for (let d = 0; d <= most; d++) {
    traces.push(new Map(furthest))
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(furthest, k, d) ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1
      let y = x - k
      while (x < n && y < m && same(x, y)) {
        x++
        y++
      }
      furthest.set(k, x)
      if (x >= n && y >= m) return backtrack(traces, n, m)
    }
  }
  return null
}

const goesDown = (furthest: ReadonlyMap<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))

function backtrack(
  traces: readonly ReadonlyMap<number, number>[],
  n: number,
  m: number,
): [number, number][] {
  const pairs: [number, number][] = []
  let [x, y] = [n, m]
  for (let d = traces.length - 1; d >= 0; d--) {
    const furthest = traces[d] as ReadonlyMap<number, number>
    const k = x - y
    const before = goesDown(furthest, k, d) ? k + 1 : k - 1
    const startX = d === 0 ? 0 : (furthest.get(before) ?? 0)
    const startY = d === 0 ? 0 : startX - before
    while (x > startX && y > startY && x > 0 && y > 0) {
      x--
      y--
      pairs.push([x, y])
    }
    ;[x, y] = [startX, startY]
  }
  return pairs
}

/** Where one element stands where one is gone, and both are containers, it may be an edit of that. */
function pairUp(
  origin: number[],
  base: readonly unknown[],
  next: readonly unknown[],
  edits: Map<number, Op>,
  below: Below,
): void {
  const kept = new Set(origin)
  for (let at = 0; at < origin.length; at++) {
    if ((origin[at] as number) >= 0) continue
    const index = at === 0 ? 0 : (origin[at - 1] as number) + 1
    const free = index < base.length && !kept.has(index) && (at === 0 || index > 0)
    if (!free) continue
    const op = below(base[index], next[at])
    if (op === null || op.kind === 'set') continue
    origin[at] = index
    kept.add(index)
    edits.set(index, op)
  }
}
