import { freezeNode, isFrozenCollection, isKeyed } from '../document/containers.ts'

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set or an instance marked `immerable`. */
export function isDraftable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const isNative = Array.isArray(value) || value instanceof Map || value instanceof Set
  return isNative || isKeyed(value)
}

const isFrozenNode = (value: object): boolean =>
  value instanceof Map || value instanceof Set ? isFrozenCollection(value) : Object.isFrozen(value)

/**
 * Freezes containers, from `value` down; what no draft edits stays as it is. Stops at what is frozen
 * already, unless it is `fresh`. O(what was not frozen).
 */
export function freezeBelow(value: unknown, fresh: (node: object) => boolean = () => false): void {
  if (!isDraftable(value)) return
  const frozen = isFrozenNode(value)
  if (frozen && !fresh(value)) return
  if (!frozen) freezeNode(value)
  if (value instanceof Map || value instanceof Set) {
    for (const item of value.values()) freezeBelow(item, fresh)
    return
  }
  for (const key of Reflect.ownKeys(value)) {
    const field = Object.getOwnPropertyDescriptor(value, key)
    if (field?.enumerable === true) freezeBelow(field.value, fresh)
  }
}
