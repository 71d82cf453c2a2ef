// Freezes values of the user that became part of a result of `produce`.
import { contentsOf } from '../../document/items.ts'
import { stateOf } from '../child.ts'
import { freezeNode, isDraftable } from '../../document/containers.ts'

/**
 * Freezes the containers at and below `value`. Objects that drafts do not edit, and drafts, stay as they
 * are. Stops at frozen containers, so each node is visited once. O(what was not frozen).
 */
export function deepFreeze(value: unknown): void {
  // No recursion: values of the user may be nested deeply.
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!isDraftable(node) || stateOf(node) !== undefined || Object.isFrozen(node)) continue
    freezeNode(node)
    for (const item of contentsOf(node)) waiting.push(item)
  }
}
