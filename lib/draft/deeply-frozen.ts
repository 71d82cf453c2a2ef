// Finds out whether an array is frozen all the way down and holds no mutable leaf. The searching methods of
// array drafts ask it: over such an array their callbacks may see plain elements instead of drafts, because
// they cannot change anything. The answer is cached for large arrays and handed on from one edit's result
// to the next.
import { isDraftable, isFrozenNode } from '../document/containers.ts'
import { contentsOf } from '../document/items.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** The number of nodes checked before the answer is no, and callbacks get drafts. */
const MAX_NODES_CHECKED = 1_000_000
/** The number of nodes checked of what one edit inserted. */
const MAX_NEW_NODES_CHECKED = 200
/** The number of nodes below which checking again is cheaper than caching. */
const MIN_NODES_TO_CACHE = 500

/** Whether everything below `array` is frozen and holds no mutable leaf. O(size), for a large array once. */
export function isDeeplyFrozen(array: object, leaves: Leaves): boolean {
  const known = leaves.deeplyFrozen.get(array)
  if (known !== undefined) return known
  const { harmless, seen } = checkNodes([array], leaves, MAX_NODES_CHECKED)
  if (seen > MIN_NODES_TO_CACHE) leaves.deeplyFrozen.set(array, harmless)
  return harmless
}

/** Whether `array` is in the cache as deeply frozen. */
export const isKnownDeeplyFrozen = (array: object, leaves: Leaves): boolean =>
  leaves.deeplyFrozen.get(array) === true

/** Caches that an edited array is deeply frozen as its base was, if the inserted values `got` are. */
export function noteDeeplyFrozen(array: object, got: readonly unknown[], leaves: Leaves): void {
  if (checkNodes(got, leaves, MAX_NEW_NODES_CHECKED).harmless) leaves.deeplyFrozen.set(array, true)
}

/** Checks values and everything below them. `seen` is the number of values checked. */
function checkNodes(
  values: readonly unknown[],
  leaves: Leaves,
  most: number,
): { harmless: boolean; seen: number } {
  const waiting: unknown[] = [...values]
  // Each container is entered once: values may refer to it again and again, and it to itself.
  const entered = new Set<object>()
  let seen = 0
  for (; waiting.length > 0; seen++) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const isContainer = isDraftable(value)
    const leaf = isContainer && leaves.custom.length === 0 ? null : leaves.find(value)
    const bad = seen > most || leaf?.copy !== undefined
    if (bad || (leaf === null && isContainer && !isFrozenNode(value))) {
      return { harmless: false, seen }
    }
    if (leaf !== null || !isContainer || entered.has(value)) continue
    const before = waiting.length
    for (const item of contentsOf(value)) {
      if (typeof item === 'object' && item !== null) waiting.push(item)
    }
    if (waiting.length > before) entered.add(value)
  }
  return { harmless: true, seen }
}
