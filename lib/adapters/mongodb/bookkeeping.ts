// The bookkeeping field of a document (`_cow` by default): version and last commit id. Each write sets it
// and is filtered by it, which makes the write conditional. A document that another program wrote has none
// and counts as version 0.
import type { Dictionary } from '../../document/containers.ts'
import type { StoredDocument, VersionGuard } from '../contract.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Returns a commit id as it is stored: 16 bytes for a UUID, because it goes with every write. */
export function packId(commitId: string): Uint8Array | string {
  if (!UUID.test(commitId)) return commitId
  const hex = commitId.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

/** Returns the commit id that the driver has read. */
function unpackId(stored: unknown): string | null {
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

/** The content of the bookkeeping field: version and packed commit id. */
export interface Bookkeeping {
  readonly v: number
  readonly c: Uint8Array | string
}

/** Returns version and commit of a document that was read; version 0 and no commit without bookkeeping. */
export function readBookkeeping(document: Dictionary, field: string): VersionGuard {
  const { v, c } = Object(document[field]) as { v?: unknown; c?: unknown }
  const version = Number(v)
  if (!Number.isSafeInteger(version) || version < 1) return { version: 0, commitId: null }
  return { version, commitId: unpackId(c) }
}

/** Returns a document that was read without its bookkeeping field. */
export function toStoredDocument(document: Dictionary, field: string): StoredDocument {
  const { version, commitId } = readBookkeeping(document, field)
  const { [field]: _, ...doc } = document
  return { doc, version, commitId }
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
