// The fast way in for documents that were just read. Collections call it for adapters that hand documents
// over (`handsOver`): a decoder's fresh tree has no accessors, no aliases and no other owner, so it is
// frozen in place instead of copied by `ingest`.
import { isPlainObject, isArrayOrPlain, type Dictionary } from './containers.ts'
import { MAX_LEVELS } from './depth.ts'
import { dateLeaf, findLeaf, type Leaves } from './leaves/leaf-kinds.ts'

/**
 * Freezes a document that a decoder has just made, all the way down, and drops fields that hold
 * `undefined`. Returns false if it meets a value that no snapshot may hold; the caller then passes the
 * document to `ingest`, which throws the error with the path. O(size), without a copy.
 */
export function tryFreezeDecoded(value: object, leaves: Leaves, level = 1): boolean {
  if (level > MAX_LEVELS) return false
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (!tryFreezeValue(item, leaves, level)) return false
  } else {
    const fields = value as Dictionary
    for (const key in fields) {
      const field = fields[key]
      if (field === undefined) delete fields[key]
      else if (!tryFreezeValue(field, leaves, level)) return false
    }
  }
  Object.freeze(value)
  return true
}

/** Types of values that no document holds. */
const UNSTORABLE_TYPES: readonly string[] = ['undefined', 'symbol', 'function']

function tryFreezeValue(value: unknown, leaves: Leaves, level: number): boolean {
  if (typeof value !== 'object') return !UNSTORABLE_TYPES.includes(typeof value)
  if (value === null) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  // Most values are plain containers and no leaf, unless the user declared leaves.
  if (
    leaves.custom.length === 0 &&
    (prototype === Object.prototype || prototype === Array.prototype)
  ) {
    return tryFreezeDecoded(value, leaves, level + 1)
  }
  const leaf = findLeaf(value, leaves)
  if (leaf === dateLeaf) return prototype === Date.prototype
  if (leaf !== null) return true
  return isArrayOrPlain(value) && isDecoded(value) && tryFreezeDecoded(value, leaves, level + 1)
}

const isDecoded = (value: object): boolean =>
  Array.isArray(value) ? Object.getPrototypeOf(value) === Array.prototype : isPlainObject(value)
