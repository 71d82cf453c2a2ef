// The bookkeeping field of a document (`_cow` by default): version, last commit id and, where a collection wants it, the
// ring of the last commit ids. Each write changes it and is filtered by it, which makes the write conditional. A document
// that another program wrote has none and counts as version 0.
//
//   _cow: { v: 7, c: <id> }                      under a guard of the version
//   _cow: { v: 7, c: <id>, ring: [<id>, ...] }   with the option `ring`, or `concurrency` other than `version`
//   _cow: { ..., s: 2 }                          it has the third shape of its collection's `versions`
//   _cow: { ..., r: <bytes> }                    a transaction has read it
//   __v: 7, _cow: { v: 7, c: <id> }              the version in a field that another program raises too: where the two
//                                                differ, that program wrote after the commit
import type { Dictionary } from '../../../document/containers.ts'
import type { StoredDocument, VersionGuard } from '../../contract.ts'
import { RING_LENGTH, withRing } from '../../ring.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A commit id as it is stored. */
export type PackedId = Uint8Array | string

/** The ids that were packed last: each goes into a document, and into the filter of the next write of that document. */
let packed = new Map<string, PackedId>()
const MAX_PACKED = 1_000

/** Returns a commit id as it is stored: 16 bytes for a UUID, because it goes with every write. */
export function packId(commitId: string): PackedId {
  let known = packed.get(commitId)
  if (known === undefined) {
    known = UUID.test(commitId) ? Buffer.from(commitId.replaceAll('-', ''), 'hex') : commitId
    if (packed.size >= MAX_PACKED) packed = new Map()
    packed.set(commitId, known)
  }
  return known
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
  readonly shape?: number
}

/** The fields that hold the books. */
export interface BookFields {
  /** The field of ours: `_cow` by default. */
  readonly field: string
  /** The field of the version, if it is another one, which other programs raise too; else null. */
  readonly version: string | null
}

/** The entries that keep the books of an update. */
export interface BookUpdate {
  readonly commitId: string
  /** The version after the update; null: one more than the stored one, whichever that is. */
  readonly version: number | null
  readonly hasRing: boolean
  /** The number of the shape; undefined: none is kept. */
  readonly shape: number | undefined
}

/** The entries that keep the books of an update, by operator; null: none. */
export interface BookOperators {
  readonly $set: Dictionary
  readonly $inc: Dictionary | null
  readonly $push: Dictionary | null
}

/** The version of a document whose version stands in a field of its own, and is not there. */
const NO_VERSION = -1

/** Reads and writes the books of documents. */
export class Bookkeeper {
  /** The names of the fields. */
  readonly names: readonly string[]
  private readonly field: string
  private readonly versionField: string | null

  constructor({ field, version }: BookFields) {
    this.field = field
    this.versionField = version
    this.names = Object.freeze(version === null ? [field] : [field, version])
  }

  /** The projection that leaves nothing but the books. */
  get projection(): Dictionary {
    return Object.fromEntries(this.names.map(name => [name, 1]))
  }

  /** Returns the path of a part of the books. */
  path(part: 'v' | 'c' | 's' | 'ring' | 'r'): string {
    return `${this.field}.${part}`
  }

  /** Returns the books of a document that was read; version 0 and no commit without bookkeeping. */
  read(document: Dictionary): Books {
    const books = this.readCommits(document)
    const { s } = Object(document[this.field]) as { readonly s?: unknown }
    const shape = toVersion(s)
    return shape === null ? books : { ...books, shape }
  }

  private readCommits(document: Dictionary): Books {
    const { v, c, ring } = Object(document[this.field]) as Record<'v' | 'c' | 'ring', unknown>
    const own = toVersion(v)
    // Without a field of its own for the version, 0 stands for a document without books.
    const isWritten = own !== null && (own > 0 || this.versionField !== null)
    const written = own ?? 0
    const commitId = isWritten ? unpackId(c) : null
    const version =
      this.versionField === null ? written : (toVersion(document[this.versionField]) ?? NO_VERSION)
    const ids = Array.isArray(ring) ? ring.map(id => unpackId(id) ?? '') : null
    // With another id at its head, a writer without a ring was the last one: the ring has a gap.
    const known = ids !== null && ids[0] === commitId ? ids : null
    if (written === version) {
      return known === null ? { version, commitId } : { version, commitId, ring: known }
    }
    if (commitId === null || written > version) return { version, commitId: null }
    // Others wrote after the last commit: their places in the ring have no ids.
    const others = Array<string>(Math.min(version - written, RING_LENGTH)).fill('')
    const all = [...others, ...(known ?? [commitId])].slice(0, RING_LENGTH)
    return { version, commitId: null, ring: all }
  }

  /** Returns a document that was read without its books. */
  toStored(document: Dictionary): StoredDocument {
    const { ring, ...books } = this.read(document)
    const { [this.field]: _, ...doc } = document
    if (this.versionField !== null) delete doc[this.versionField]
    const stored = { doc, ...books }
    return ring === undefined ? stored : withRing(stored, ring)
  }

  /** Creates the filter for a document of this id in the state of the guard. */
  filter(id: unknown, guard: VersionGuard | 'none'): Dictionary {
    if (guard === 'none') return { _id: id }
    const { version, commitId } = guard
    const { versionField } = this
    if (versionField === null) {
      return version === 0 || commitId === null
        ? { _id: id, [this.path('v')]: { $exists: false } }
        : { _id: id, [this.path('v')]: version, [this.path('c')]: packId(commitId) }
    }
    const seen = version === NO_VERSION ? { $not: { $type: 'number' } } : version
    return commitId === null
      ? { _id: id, [versionField]: seen, [this.path('v')]: { $ne: version } }
      : { _id: id, [versionField]: seen, [this.path('c')]: packId(commitId) }
  }

  /** Returns the books of a new document. */
  create(commitId: string, hasRing: boolean, shape: number | undefined): Dictionary {
    const c = packId(commitId)
    const own = { [this.field]: { v: 1, c, ...shaped(shape), ...(hasRing && { ring: [c] }) } }
    return this.versionField === null ? own : { ...own, [this.versionField]: 1 }
  }

  /** Returns the entries that keep the books of an update, by operator. */
  operators({ commitId, version, hasRing, shape }: BookUpdate): BookOperators {
    const c = packId(commitId)
    const raised = this.versionField === null ? {} : { [this.versionField]: version }
    if (!hasRing && version !== null) {
      const own = { [this.field]: { v: version, c, ...shaped(shape) } }
      return { $set: { ...own, ...raised }, $inc: null, $push: null }
    }
    const s = shape === undefined ? {} : { [this.path('s')]: shape }
    const set = version === null ? s : { [this.path('v')]: version, ...s, ...raised }
    return {
      $set: { [this.path('c')]: c, ...set },
      $inc: version === null ? { [this.path('v')]: 1 } : null,
      $push: { [this.path('ring')]: { $each: [c], $position: 0, $slice: RING_LENGTH } },
    }
  }

  /** Returns the expressions of the books after an update, for updates that are pipelines. */
  expressions({ commitId, version, hasRing, shape }: BookUpdate): Dictionary {
    const c = packId(commitId)
    const v = version ?? { $add: [{ $ifNull: [`$${this.path('v')}`, 0] }, 1] }
    const raised = this.versionField === null ? {} : { [this.versionField]: v }
    if (!hasRing) return { [this.field]: { v, c, ...shaped(shape) }, ...raised }
    const before = { $ifNull: [`$${this.path('ring')}`, []] }
    const ring = { $slice: [{ $concatArrays: [[c], before] }, RING_LENGTH] }
    return { [this.field]: { v, c, ...shaped(shape), ring }, ...raised }
  }
}

const shaped = (s: number | undefined): { readonly s?: number } => (s === undefined ? {} : { s })

function toVersion(stored: unknown): number | null {
  if (stored === undefined || stored === null) return null
  const version = Number(stored)
  return Number.isSafeInteger(version) && version >= 0 ? version : null
}
