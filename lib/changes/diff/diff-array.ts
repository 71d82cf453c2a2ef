// The difference of two arrays that came without ops. `diffValues` calls `diffArrays`. For each new element
// it looks for the base element that it is: first what begins and ends alike, then by reference, then by
// key, then (elements without a key) by value with Myers's algorithm, within bounds.
//
//   base      1a 2b 3c
//   next      2b 1a' 4d      key 2 kept, key 1 kept and edited, 3 removed, 4 inserted
import { isCollection, isObject } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import { stepInto, type PathSegment } from '../../document/paths/path.ts'
import { createArrayOp, toCanonicalRuns } from '../arrays/runs.ts'
import { hashOfKey, type CompareRules, type KeyOf } from './identity.ts'
import type { ArrayOp, Op, Run } from '../ops/ops.ts'

/** The number of elements, after trimming equal ends, up to which many differences are searched for. */
const MAX_ELEMENTS_FOR_MANY_DIFFERENCES = 2_000
/** The number of differences searched for by value: up to that many elements, and beyond. */
const MAX_DIFFERENCES = 1_000
const MAX_DIFFERENCES_IF_LONG = 64

/** Diffs two elements that are paired. Null: they are equal. */
type Below = (old: unknown, value: unknown) => Op | null

/**
 * Returns the op from `base` to `next`. Null: they are equal. Undefined: both have elements, but none is
 * kept or paired, so the array should be set whole. Elements are recognised by the edit that made them, by
 * reference or by key; those without a key by value. O(length), plus O(differences * length) by value: for
 * at most 2,000 elements up to 1,000 differences, for more up to 64.
 */
export function diffArrays(
  base: readonly unknown[],
  next: readonly unknown[],
  rules: CompareRules,
  keyOf: KeyOf,
  below: Below,
): ArrayOp | null | undefined {
  const { leaves, ordered = false } = rules
  const origin = new ElementMatcher(base, next, rules, keyOf).findOrigins()
  if (origin === null) return undefined
  pairByPlace(origin, base, (index, at) => canPair(base[index], next[at], keyOf, rules))
  const edits = new Map<number, Op>()
  origin.forEach((from, at) => {
    const op = from < 0 ? null : below(base[from], next[at])
    if (op !== null) edits.set(from, op)
  })
  const at = (index: number): unknown => base[index]
  const runs = toCanonicalRuns(runsFrom(origin, next), { length: base.length, at, leaves, ordered })
  const op = createArrayOp(base.length, runs, edits, at)
  const nothingKept = base.length > 0 && next.length > 0 && !origin.some(from => from >= 0)
  return op !== null && nothingKept ? undefined : op
}

function runsFrom(origin: readonly number[], next: readonly unknown[]): Run[] {
  return origin.map((from, at) =>
    from < 0 ? { insert: Object.freeze([next[at]]) } : { keep: from, count: 1 },
  )
}

/** Finds the base element that each new element is. */
class ElementMatcher {
  private readonly base: readonly unknown[]
  private readonly next: readonly unknown[]
  private readonly rules: CompareRules
  private readonly keyOf: KeyOf

  constructor(
    base: readonly unknown[],
    next: readonly unknown[],
    rules: CompareRules,
    keyOf: KeyOf,
  ) {
    this.base = base
    this.next = next
    this.rules = rules
    this.keyOf = keyOf
  }

  /**
   * Returns, by place in `next`, the place in `base`; -1: the element is new. Null: too many differences to
   * search.
   */
  findOrigins(): number[] | null {
    const { base, next } = this
    const shortest = Math.min(base.length, next.length)
    let head = 0
    while (head < shortest && this.isSame(head, head)) head++
    let [from, to] = [base.length, next.length]
    while (from > head && to > head && this.isSame(from - 1, to - 1)) {
      from--
      to--
    }
    const origin = next.map((_, at) => (at < head ? at : at < to ? -1 : from + at - to))
    if (from === head || to === head || this.matchByReferenceOrKey(head, from, to, origin))
      return origin
    const pairs = findCommonSubsequence(from - head, to - head, (x, y) =>
      this.isSame(head + x, head + y),
    )
    if (pairs === null) return null
    for (const [index, at] of pairs) origin[head + at] = head + index
    return origin
  }

  private isSame(index: number, at: number): boolean {
    const [old, value] = [this.base[index], this.next[at]]
    if (Object.is(this.originOf(value), old)) return true
    const [key, other] = [this.keyOf(old), this.keyOf(value)]
    const { leaves, ordered } = this.rules
    if (key === undefined && other === undefined) return isEqual(old, value, leaves, ordered)
    return isEqual(key, other, leaves)
  }

  private originOf(value: unknown): unknown {
    return isObject(value) ? (this.rules.originOf?.(value) ?? value) : value
  }

  /** Matches by reference, then by keys that occur once. Returns whether any element was matched. */
  private matchByReferenceOrKey(head: number, from: number, to: number, origin: number[]): boolean {
    const { base, next, rules, keyOf } = this
    const [references, keys] = [new Map<unknown, number[]>(), new Map<unknown, number[]>()]
    for (let i = head; i < from; i++) {
      const element = base[i]
      addPlace(references, element, i)
      addPlace(keys, hashOfKey(keyOf(element), rules.leaves), i)
    }
    let any = false
    const used = new Set<number>()
    const take = (at: number, index: number | undefined): void => {
      if (index === undefined) return
      used.add(index)
      origin[at] = index
      any = true
    }
    const byReference = (at: number, element: unknown): void => {
      take(at, references.get(element)?.shift())
    }
    for (let at = head; at < to; at++) {
      if (isObject(next[at])) byReference(at, this.originOf(next[at]))
    }
    const seen = new Set<unknown>()
    for (let at = head; at < to; at++) {
      const key = hashOfKey(keyOf(next[at]), rules.leaves)
      if (key === undefined || (origin[at] as number) >= 0 || seen.has(key)) continue
      seen.add(key)
      const index = keys.get(key)?.find(known => !used.has(known))
      take(at, index)
    }
    if (!any) return false
    for (let at = head; at < to; at++) if (!isObject(next[at])) byReference(at, next[at])
    return true
  }
}

function addPlace(places: Map<unknown, number[]>, known: unknown, index: number): void {
  if (known === undefined) return
  const list = places.get(known)
  if (list === undefined) places.set(known, [index])
  else list.push(index)
}

/**
 * Pairs new elements with the removed ones in their place, where as many were removed as inserted and
 * `pairs` agrees. Writes into `origin`. O(length).
 */
export function pairByPlace(
  origin: number[],
  base: readonly unknown[],
  pairs: (index: number, at: number) => boolean,
): void {
  let kept: Set<number> | null = null
  for (let at = 0; at < origin.length; at++) {
    if ((origin[at] as number) >= 0) continue
    const start = at
    while (at < origin.length && (origin[at] as number) < 0) at++
    const from = start === 0 ? 0 : (origin[start - 1] as number) + 1
    const end = at === origin.length ? base.length : (origin[at] as number)
    if (end - from !== at - start) continue
    kept ??= new Set(origin)
    for (let i = from; i < end; i++) {
      if (!kept.has(i) && pairs(i, start + i - from)) origin[start + i - from] = i
    }
  }
}

const fieldsOf = (container: object): [PathSegment, unknown][] =>
  isCollection(container) ? [...(container.entries() as never)] : Object.entries(container)

/**
 * Whether `value` may be an edit of `old`: their keys are equal, or both have no key and at least half of
 * their fields are equal.
 */
export function canPair(
  old: unknown,
  value: unknown,
  keyOf: KeyOf,
  { leaves }: CompareRules,
): boolean {
  if (typeof old !== 'object' || typeof value !== 'object' || !old || !value) return false
  const [key, other] = [keyOf(old), keyOf(value)]
  if (key !== undefined || other !== undefined) return isEqual(key, other, leaves)
  if (Array.isArray(old) !== Array.isArray(value)) return false
  const fields = fieldsOf(old)
  const alike = fields.filter(([key, field]) => {
    const found = stepInto(value, key)
    return found !== null && isEqual(field, found.value, leaves)
  })
  const most = Math.max(fields.length, fieldsOf(value).length)
  return alike.length > 0 && 2 * alike.length >= most
}

/**
 * Returns the pairs of a longest common subsequence (E. W. Myers, "An O(ND) Difference Algorithm and Its
 * Variations", 1986). O((n + m) * d) for d differences. Null: there are more differences than are searched
 * for.
 */
function findCommonSubsequence(
  n: number,
  m: number,
  same: (x: number, y: number) => boolean,
): [number, number][] | null {
  const most = Math.min(
    n + m,
    Math.max(n, m) > MAX_ELEMENTS_FOR_MANY_DIFFERENCES ? MAX_DIFFERENCES_IF_LONG : MAX_DIFFERENCES,
  )
  // By diagonal, from -most - 1 on: the furthest place in the base.
  const furthest = new Int32Array(2 * most + 3)
  const traces: Int32Array[] = []
  for (let d = 0; d <= most; d++) {
    traces.push(furthest.slice(most - d, most + d + 3))
    for (let k = -d; k <= d; k += 2) {
      const at = most + 1 + k
      let x = goesDown(furthest, at, k, d) ? (furthest[at + 1] ?? 0) : (furthest[at - 1] ?? 0) + 1
      let y = x - k
      while (x < n && y < m && same(x, y)) {
        x++
        y++
      }
      furthest[at] = x
      if (x >= n && y >= m) return backtrack(traces, n, m)
    }
  }
  return null
}

const goesDown = (furthest: Int32Array, at: number, k: number, d: number): boolean =>
  k === -d || (k !== d && (furthest[at - 1] ?? 0) < (furthest[at + 1] ?? 0))

function backtrack(traces: readonly Int32Array[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = []
  let [x, y] = [n, m]
  for (let d = traces.length - 1; d >= 0; d--) {
    // The trace begins at diagonal -d - 1.
    const furthest = traces[d] as Int32Array
    const k = x - y
    const before = goesDown(furthest, k + d + 1, k, d) ? k + 1 : k - 1
    const startX = d === 0 ? 0 : (furthest[before + d + 1] ?? 0)
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
