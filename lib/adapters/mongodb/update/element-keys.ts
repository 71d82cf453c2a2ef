// The keys of array elements that an update edits, as the guards of fields name them.
import type { FieldGuard } from '../../contract.ts'

type ElementKey = NonNullable<FieldGuard['key']>

/** The keys of elements, by their place in the document as the writer saw it. */
export interface ElementKeys {
  /** Returns the keys of these elements of the array at `path`; null: not all are edited by their key. */
  ofAll(path: FieldGuard['path'], indices: Iterable<number>): readonly ElementKey[] | null
}

/** Returns the keys of all elements that the guards name. */
export function keysOfElements(fields: readonly FieldGuard[]): ElementKeys {
  const keys = new Map<string, ElementKey>()
  for (const { path, key } of fields) {
    if (key !== undefined) keys.set(JSON.stringify(path.slice(0, key.at + 1)), key)
  }
  return {
    ofAll(path, indices) {
      if (keys.size === 0) return null
      const found = [...indices].map(index => keys.get(JSON.stringify([...path, index])))
      return found.every(key => key !== undefined) ? found : null
    },
  }
}
