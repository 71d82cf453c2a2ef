// Documents as plain JSON, for adapters of users that store or send texts.
import { decodeValue, encodeValue, type JSONValue } from '../../changes/encodings/json-values.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { leavesOf, defaultLeaves, type Leaf } from '../../document/leaves/leaves.ts'

const knownLeavesOf = (leaves: readonly Leaf[]): Leaves =>
  leaves.length === 0 ? defaultLeaves : leavesOf(leaves)

/**
 * Returns a document as plain JSON, type for type: values that JSON lacks are marked. `leaves` need
 * `encode`. Throws `unsupported-value`, with the path, for values that could not be read again.
 */
export function encodeDocument(doc: object, leaves: readonly Leaf[] = []): JSONValue {
  return encodeValue(doc, knownLeavesOf(leaves), [])
}

/** Reads a document that `encodeDocument` wrote. Throws `bad-argument` for anything else. */
export function decodeDocument(json: unknown, leaves: readonly Leaf[] = []): object {
  return decodeValue(json, knownLeavesOf(leaves)) as object
}
