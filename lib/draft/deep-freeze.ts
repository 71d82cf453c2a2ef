import { stateOf } from './child.ts'
import { freezeNode, isDraftable, isFrozenNode } from '../document/containers.ts'

/**
 * Freezes containers, from `value` down; what no draft edits stays as it is, and so do drafts. Stops at
 * what is frozen already, unless it is `fresh`. O(what was not frozen).
 */
export function freezeBelow(value: unknown, fresh: (node: object) => boolean = () => false): void {
  // No recursion: what a caller has may be deep.
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!isDraftable(node) || stateOf(node) !== undefined) continue
    const frozen = isFrozenNode(node)
    if (frozen && !fresh(node)) continue
    if (!frozen) freezeNode(node)
    for (const item of contents(node)) waiting.push(item)
  }
}

function contents(node: object): Iterable<unknown> {
  if (node instanceof Map || node instanceof Set) return node.values()
  return Object.values(Object.getOwnPropertyDescriptors(node)).map(
    ({ value, enumerable }): unknown => (enumerable === true ? value : undefined),
  )
}
