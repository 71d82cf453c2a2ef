// Arrays whose elements a callback may see as they are, for it cannot change anything through them.
import { isDraftable, isFrozenNode } from '../document/containers.ts'
import { contentsOf } from '../document/items.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** So many nodes are looked at before elements are handed out as drafts after all. */
const MAX_NODES_CHECKED = 1_000_000
/** The same for what an edit put in. */
const MAX_NEW_NODES_CHECKED = 200
/** What was found of fewer nodes is sooner found again than remembered. */
const MIN_NODES_TO_CACHE = 500

/** Whether all below `array` is frozen and holds no mutable leaf. O(size), for a large array once. */
export function isDeeplyFrozen(array: object, leaves: Leaves): boolean {
  const known = leaves.deeplyFrozen.get(array)
  if (known !== undefined) return known
  const { harmless, seen } = checkNodes([array], leaves, MAX_NODES_CHECKED)
  if (seen > MIN_NODES_TO_CACHE) leaves.deeplyFrozen.set(array, harmless)
  return harmless
}

/** Whether that was asked, and is so. */
export const isKnownDeeplyFrozen = (array: object, leaves: Leaves): boolean =>
  leaves.deeplyFrozen.get(array) === true

/** Notes that an array is as harmless as the one it was made of, if what it `got` is. */
export function noteDeeplyFrozen(array: object, got: readonly unknown[], leaves: Leaves): void {
  if (checkNodes(got, leaves, MAX_NEW_NODES_CHECKED).harmless) leaves.deeplyFrozen.set(array, true)
}

/** `seen`: how many values were looked at. */
function checkNodes(
  values: readonly unknown[],
  leaves: Leaves,
  most: number,
): { harmless: boolean; seen: number } {
  const waiting: unknown[] = [...values]
  // What holds objects is entered once: others may refer to it again and again, and it to itself.
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
