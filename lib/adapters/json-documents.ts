import { decodeValue, encodeValue, type JSONValue } from '../changes/encodings/json-values.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { leavesOf, defaultLeaves, type Leaf } from '../document/leaves/leaves.ts'

const knownLeavesOf = (leaves: readonly Leaf[]): Leaves =>
  leaves.length === 0 ? defaultLeaves : leavesOf(leaves)

/**
 * A document as plain JSON, type for type: what JSON lacks is marked. `leaves` need `encode`. Throws
 * `unsupported-value`, with the path, for what could not be read again.
 */
export function encodeDocument(doc: object, leaves: readonly Leaf[] = []): JSONValue {
  return encodeValue(doc, knownLeavesOf(leaves), [])
}

/** The other way. Throws `bad-argument` for what `encodeDocument` does not write. */
export function decodeDocument(json: unknown, leaves: readonly Leaf[] = []): object {
  return decodeValue(json, knownLeavesOf(leaves)) as object
}
