import { contentsOf } from '../../document/items.ts'
import { stateOf } from '../child.ts'
import { freezeNode, isDraftable } from '../../document/containers.ts'

/**
 * Freezes containers, from `value` down. What drafts do not edit stays as it is, and so do drafts. Stops at
 * what is frozen already, so that each node is visited once, whatever refers to it. O(what was not frozen).
 */
export function deepFreeze(value: unknown): void {
  // No recursion: what a caller has may be deep.
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!isDraftable(node) || stateOf(node) !== undefined || Object.isFrozen(node)) continue
    freezeNode(node)
    for (const item of contentsOf(node)) waiting.push(item)
  }
}
