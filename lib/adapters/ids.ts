import { bsonType } from '../document/bson.ts'
import { badArgument } from '../document/errors.ts'

/**
 * A text that is the same for equal ids only, type by type: ids are strings, finite numbers, bigints,
 * ObjectIds and UUIDs. Throws `bad-argument` for anything else.
 */
export function idKey(id: unknown): string {
  if (typeof id === 'string') return `s${id}`
  if (typeof id === 'number' && Number.isFinite(id)) return `n${Object.is(id, -0) ? 0 : id}`
  if (typeof id === 'bigint') return `i${id}`
  if (typeof id === 'object' && id !== null) {
    const type = bsonType(id)
    if (type === 'ObjectId' || type === 'ObjectID') return `o${hex(id)}`
    if (type === 'Binary' && (id as { sub_type?: unknown }).sub_type === 4) return `u${hex(id)}`
  }
  throw badArgument('id', 'a string, finite number, bigint, ObjectId or UUID', id)
}

function hex(id: object): string {
  if ('toHexString' in id && typeof id.toHexString === 'function') return String(id.toHexString())
  // A Binary of the subtype of UUIDs that is no instance of the class.
  const { buffer } = id as { buffer: Uint8Array }
  const digits = Array.from(buffer.subarray(0, 16), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
