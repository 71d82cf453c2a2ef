// An index whose keys fit into LMDB, which takes at most 1,978 bytes: a longer one is cut, and a hash of all of it tells
// it from others that begin alike. It has lost its place in the order, so such an index gives no order any more.
import { createHash } from 'node:crypto'
import { CompiledIndex, type DocumentKeys } from '../../indexes/index-keys.ts'
import type { KeyRange } from '../../indexes/plan.ts'
import { endOfPrefix } from '../../indexes/value-key.ts'

/** The greatest number of bytes of the keys of all values, and of the key of an id. */
const MAX_BYTES = { values: 1_400, id: 400 } as const
/** The number of bytes of a hash. */
const HASH_BYTES = 32

function cut(key: string, bytes: number): string {
  if (key.length <= bytes) return key
  const hash = createHash('sha256').update(key, 'latin1').digest().toString('latin1')
  return key.slice(0, bytes - HASH_BYTES) + hash
}

/** An index with keys that LMDB accepts. */
export class BoundedIndex extends CompiledIndex {
  override keysOf(document: object): DocumentKeys {
    const keys = super.keysOf(document)
    const { values, id } = keys
    const isCut = id.length > MAX_BYTES.id || values.some(value => value.length > MAX_BYTES.values)
    if (!isCut) return keys
    return {
      ...keys,
      values: values.map(value => cut(value, MAX_BYTES.values)),
      id: cut(id, MAX_BYTES.id),
      isCut,
    }
  }
}

/** Returns a range that includes the cut keys of all that it includes. */
export function widen({ from, to }: KeyRange): KeyRange {
  const kept = MAX_BYTES.values - HASH_BYTES
  return {
    from: from.slice(0, kept),
    to: to === null || to.length <= kept ? to : endOfPrefix(to.slice(0, kept)),
  }
}
