// The bookkeeping field of a document (`_cow` by default): version, last commit id and, where a collection wants it, the
// ring of the last commit ids. Each write changes it and is filtered by it, which makes the write conditional. A document
// that another program wrote has none and counts as version 0.
//
//   { v: 7, c: <id> }                      under a guard of the version
//   { v: 7, c: <id>, ring: [<id>, ...] }   with the option `ring`, or `concurrency` other than `version`
//   { ..., r: <bytes> }                    a transaction has read it
import type { Dictionary } from '../../../document/containers.ts'
import type { StoredDocument, VersionGuard } from '../../contract.ts'
import { RING_LENGTH, withRing } from '../../ring.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A commit id as it is stored. */
export type PackedId = Uint8Array | string

/** Returns a commit id as it is stored: 16 bytes for a UUID, because it goes with every write. */
export function packId(commitId: string): PackedId {
  if (!UUID.test(commitId)) return commitId
  const hex = commitId.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

/** Returns the commit id that the driver has read. */
export function unpackId(stored: unknown): string | null {
  if (typeof stored === 'string') return stored
  const bytes = bytesOf(stored)
  if (bytes === null) return null
  // One flat text, made at once: there is one for each document that is read.
  const digits: number[] = []
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) digits.push(DASH)
    const byte = bytes[i] as number
    digits.push(HEX[byte >> 4] as number, HEX[byte & 15] as number)
  }
  return String.fromCharCode(...digits)
}

const DASH = '-'.charCodeAt(0)
const HEX: readonly number[] = Array.from('0123456789abcdef', digit => digit.charCodeAt(0))

function bytesOf(stored: unknown): Uint8Array | null {
  if (stored instanceof Uint8Array) return stored
  const { buffer } = Object(stored) as { buffer?: unknown }
  return buffer instanceof Uint8Array ? buffer : null
}

/** Version, commit id and ring of a document. */
export interface Books extends VersionGuard {
  readonly ring?: readonly string[]
}

/** Returns the books of a document that was read; version 0 and no commit without bookkeeping. */
export function readBooks(document: Dictionary, field: string): Books {
  const { v, c, ring } = Object(document[field]) as { v?: unknown; c?: unknown; ring?: unknown }
  const version = Number(v)
  if (!Number.isSafeInteger(version) || version < 1) return { version: 0, commitId: null }
  const commitId = unpackId(c)
  if (!Array.isArray(ring)) return { version, commitId }
  const ids = ring.map(id => unpackId(id) ?? '')
  // A writer without a ring was the last one: the ring has a gap.
  return ids[0] === commitId ? { version, commitId, ring: ids } : { version, commitId }
}

/** Returns a document that was read without its bookkeeping field. */
export function toStoredDocument(document: Dictionary, field: string): StoredDocument {
  const { version, commitId, ring } = readBooks(document, field)
  const { [field]: _, ...doc } = document
  return ring === undefined
    ? { doc, version, commitId }
    : withRing({ doc, version, commitId }, ring)
}

/** Creates the filter for a document of this id in the state of the guard. */
export function createGuardFilter(
  id: unknown,
  guard: VersionGuard | 'none',
  field: string,
): Dictionary {
  if (guard === 'none') return { _id: id }
  const { version, commitId } = guard
  if (version === 0 || commitId === null) return { _id: id, [`${field}.v`]: { $exists: false } }
  return { _id: id, [`${field}.v`]: version, [`${field}.c`]: packId(commitId) }
}

/** How the books of an update are kept. */
export interface Bookkeeping {
  readonly field: string
  readonly commitId: string
  /** The version after the update; null: one more than the stored one, whichever that is. */
  readonly version: number | null
  readonly hasRing: boolean
}

/** Returns the operators that keep the books of an update, as entries to add to its own. */
export function createBookOperators({
  field,
  commitId,
  version,
  hasRing,
}: Bookkeeping): Readonly<Record<'$set' | '$inc' | '$push', Dictionary>> {
  const c = packId(commitId)
  if (!hasRing && version !== null) {
    return { $set: { [field]: { v: version, c } }, $inc: {}, $push: {} }
  }
  return {
    $set: { [`${field}.c`]: c, ...(version !== null && { [`${field}.v`]: version }) },
    $inc: version === null ? { [`${field}.v`]: 1 } : {},
    $push: { [`${field}.ring`]: { $each: [c], $position: 0, $slice: RING_LENGTH } },
  }
}

/** Returns the expression of the books after an update, for updates that are pipelines. */
export function createBookExpression({
  field,
  commitId,
  version,
  hasRing,
}: Bookkeeping): Dictionary {
  const c = packId(commitId)
  const v = version ?? { $add: [{ $ifNull: [`$${field}.v`, 0] }, 1] }
  if (!hasRing) return { v, c }
  const before = { $ifNull: [`$${field}.ring`, []] }
  return { v, c, ring: { $slice: [{ $concatArrays: [[c], before] }, RING_LENGTH] } }
}
