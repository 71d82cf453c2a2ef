// Keys of ids. Identity maps, locks, memory and LMDB look documents up by `idKey`, so that an id means the
// same document everywhere: numbers by value whatever their BSON type. Keys sort as BSON sorts ids, which
// lets LMDB answer sorts and ranges of `_id` without decoding.
import { bsonType } from '../document/leaves/bson.ts'
import { CowslipError, badArgumentError } from '../document/messages/errors.ts'

/**
 * Returns a text that is equal for equal ids only. Ids are strings, finite numbers (also `Int32`, `Double`,
 * `Long`, and bigints of 64 bits, all by value), ObjectIds and UUIDs. By code points the texts sort as BSON
 * does: numbers, strings, UUIDs, ObjectIds. Throws `bad-argument` for anything else.
 */
export function idKey(id: unknown): string {
  if (typeof id === 'string') return `s${id}`
  const number = numberOf(id)
  if (number !== null) return `n${numberKey(number)}`
  if (typeof id === 'object' && id !== null) {
    const type = bsonType(id)
    if (type === 'Binary' && (id as { sub_type?: unknown }).sub_type === 4) return `u${hexOf(id)}`
    if (type === 'ObjectId' || type === 'ObjectID') return `v${hexOf(id)}`
  }
  throw badArgumentError('id', 'a string, finite number, bigint of 64 bits, ObjectId or UUID', id)
}

/** Returns the key of an id; null for what no document has as its id. */
export function idKeyOrNull(id: unknown): string | null {
  try {
    return idKey(id)
  } catch (error) {
    if (error instanceof CowslipError) return null
    throw error
  }
}

/** Returns the number that an id is; null if it is none. */
function numberOf(id: unknown): number | bigint | null {
  if (typeof id === 'number') return Number.isFinite(id) ? id : null
  if (typeof id === 'bigint') return BigInt.asIntN(64, id) === id ? id : null
  if (typeof id !== 'object' || id === null) return null
  switch (bsonType(id)) {
    case 'Long':
      return BigInt(String(id))
    case 'Int32':
    case 'Double':
      return numberOf(Number((id as { value: unknown }).value))
  }
  return null
}

/** Returns the digits of the nearest double and the distance to it: 0 for less, 1 for none, 2 for more. */
function numberKey(number: number | bigint): string {
  // 0 and -0 are one id.
  const double = Number(number) + 0
  if (typeof number === 'number') return `${toSortableDigits(double)}1`
  const rest = number - BigInt(double)
  if (rest === 0n) return `${toSortableDigits(double)}1`
  const [side, distance] = rest < 0n ? [0, DISTANCE_RANGE + rest] : [2, rest]
  return toSortableDigits(double) + side + distance.toString(16).padStart(4, '0')
}

/** A distance that no integer of 64 bits has from its nearest double. */
const DISTANCE_RANGE = 0x1_0000n

const buffer = new DataView(new ArrayBuffer(8))

/** Returns the bits of a double as digits that sort by value. */
function toSortableDigits(double: number): string {
  buffer.setFloat64(0, double)
  const bits = buffer.getBigUint64(0)
  const ordered = bits >> 63n === 1n ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n)
  return ordered.toString(16).padStart(16, '0')
}

function hexOf(id: object): string {
  if ('toHexString' in id && typeof id.toHexString === 'function') return String(id.toHexString())
  // A Binary with the subtype of UUIDs that is no instance of the class UUID.
  const { buffer } = id as { buffer: Uint8Array }
  const digits = Array.from(buffer.subarray(0, 16), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
