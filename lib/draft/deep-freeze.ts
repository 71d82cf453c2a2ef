import { contents } from '../document/items.ts'
import { stateOf } from './child.ts'
import { freezeNode, isDraftable, isFrozenNode } from '../document/containers.ts'

/**
 * Freezes containers, from `value` down. What drafts do not edit stays as it is, and so do drafts. Stops at
 * what is frozen already, so that each node is visited once, whatever refers to it. O(what was not frozen).
 */
export function freezeBelow(value: unknown): void {
  freezeAll([value])
}

/** The same below `node`, which may be frozen itself; how many children it has. */
export function freezeContents(node: object): number {
  let count = 0
  for (const item of contents(node)) {
    count++
    // Most often all is frozen: asking that first costs least.
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) freezeBelow(item)
  }
  return count
}

/** No recursion: what a caller has may be deep. */
function freezeAll(waiting: unknown[]): void {
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!isDraftable(node) || stateOf(node) !== undefined || isFrozenNode(node)) continue
    freezeNode(node)
    for (const item of contents(node)) waiting.push(item)
  }
}
