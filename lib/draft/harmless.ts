// Arrays whose elements a callback may see as they are, for it cannot change anything through them.
import { isDraftable, isFrozenNode } from '../document/containers.ts'
import type { Leaves } from '../document/leaf-kinds.ts'

/** So many nodes are looked at before elements are handed out as drafts after all. */
const MANY = 1_000_000
/** The same for what an edit put in. */
const FEW = 200

/** Whether all below `array` is frozen and holds no mutable leaf. O(size), once for an array. */
export function isHarmless(array: object, leaves: Leaves): boolean {
  const known = leaves.harmless.get(array)
  if (known !== undefined) return known
  const harmless = areHarmless([array], leaves, MANY)
  leaves.harmless.set(array, harmless)
  return harmless
}

/** Whether that was asked, and is so. */
export const isKnownHarmless = (array: object, leaves: Leaves): boolean =>
  leaves.harmless.get(array) === true

/** Notes that an array is as harmless as the one it was made of, if what it `got` is. */
export function keepHarmless(array: object, got: readonly unknown[], leaves: Leaves): void {
  if (areHarmless(got, leaves, FEW)) leaves.harmless.set(array, true)
}

function areHarmless(values: readonly unknown[], leaves: Leaves, most: number): boolean {
  const waiting: unknown[] = [...values]
  for (let seen = 0; waiting.length > 0; seen++) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const isContainer = isDraftable(value)
    const leaf = isContainer && leaves.own.length === 0 ? null : leaves.find(value)
    if (seen === most || leaf?.copy !== undefined) return false
    if (leaf !== null || !isContainer) continue
    if (!isFrozenNode(value)) return false
    for (const item of itemsOf(value)) waiting.push(item)
  }
  return true
}

function itemsOf(node: object): Iterable<unknown> {
  if (Array.isArray(node)) return node
  return node instanceof Map || node instanceof Set ? node.values() : Object.values(node)
}
