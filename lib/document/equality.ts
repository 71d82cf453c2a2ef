// Equality by type and value, for whole documents. Stores, diff, compose and rebase use it to tell a change
// from a no-op. References that both sides share are equal at once, so comparing two snapshots of one store
// costs what changed.
import { isPlainObject, type Dictionary } from './containers.ts'
import { isSameOrder } from './items.ts'
import type { Leaves } from './leaves/leaf-kinds.ts'

/**
 * The depth from which pairs under comparison are remembered, so that a cycle ends. Documents are rarely
 * that deep.
 */
const CYCLE_CHECK_DEPTH = 100

/**
 * Whether two values are equal by type and value: `Object.is` for primitives and functions, `equals` of the
 * leaf for leaves, element by element for containers. Key order does not count; an own key that holds
 * `undefined` does. `ordered`: the order of Maps and Sets counts too. O(size of what is not shared).
 */
export function isEqual(a: unknown, b: unknown, leaves: Leaves, ordered: boolean = false): boolean {
  if (typeof a !== 'object' || a === null) return Object.is(a, b)
  return isSame(a, b, { leaves, ordered, depth: 0, seen: null })
}

interface Comparison {
  readonly leaves: Leaves
  readonly ordered: boolean
  depth: number
  seen: Map<object, Set<object>> | null
}

function isSame(a: unknown, b: unknown, run: Comparison): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const leaf = run.leaves.find(a)
  if (leaf !== null) return run.leaves.find(b) === leaf && leaf.equals(a, b)
  if (run.depth > CYCLE_CHECK_DEPTH && isUnderComparison(a, b, run)) return true
  run.depth++
  const result = isSameContainer(a, b, run)
  run.depth--
  return result
}

/** Whether this pair is already being compared further out. Notes the pair if not. */
function isUnderComparison(a: object, b: object, run: Comparison): boolean {
  run.seen ??= new Map()
  const partners = run.seen.get(a)
  if (partners?.has(b)) return true
  if (partners) partners.add(b)
  else run.seen.set(a, new Set([b]))
  return false
}

function isSameContainer(a: object, b: object, run: Comparison): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && isSameArray(a, b, run)
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b, run)
  if (a instanceof Set) return b instanceof Set && isSameSet(a, b, run)
  if (Array.isArray(b) || b instanceof Map || b instanceof Set || !hasSameClass(a, b)) return false
  return isSameObject(a as Dictionary, b as Dictionary, run)
}

const hasSameClass = (a: object, b: object): boolean =>
  Object.getPrototypeOf(a) === Object.getPrototypeOf(b) || (isPlainObject(a) && isPlainObject(b))

function isSameArray(a: readonly unknown[], b: readonly unknown[], run: Comparison): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!isSame(a[i], b[i], run)) return false
  return true
}

function isSameObject(a: Dictionary, b: Dictionary, run: Comparison): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key], run))
}

function isSameMap(
  a: ReadonlyMap<unknown, unknown>,
  b: ReadonlyMap<unknown, unknown>,
  run: Comparison,
): boolean {
  if (a.size !== b.size || (run.ordered && !isSameOrder(a.keys(), b.keys()))) return false
  for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key), run)) return false
  return true
}

/** Matches members that are not shared by value, each once. */
function isSameSet(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>, run: Comparison): boolean {
  if (a.size !== b.size) return false
  if (run.ordered) return isSameArray([...a], [...b], run)
  const rest = new Set(b)
  const unmatched = [...a].filter(item => !rest.delete(item))
  for (const item of unmatched) {
    const twin = [...rest].find(other => isSame(item, other, run))
    if (twin === undefined) return false
    rest.delete(twin)
  }
  return true
}
