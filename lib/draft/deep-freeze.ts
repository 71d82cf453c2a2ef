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

/** The same, but goes on below `node` where that is frozen itself. O(what was not frozen). */
export function freezeContents(node: object): void {
  if (!isFrozenNode(node)) freezeNode(node)
  freezeAll([...contents(node)])
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
