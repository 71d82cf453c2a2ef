// The value types of the package `bson` (ObjectId, Binary, Decimal128 and others), recognised by their
// `_bsontype` mark. Leaves, ids and the adapters call these functions. Because of the mark the core
// compares and copies BSON values without importing a driver.

/**
 * Returns the name of a BSON type; null for anything else. Drivers put the mark on the prototype, so an own
 * `_bsontype` field is data.
 */
export function bsonType(value: object): string | null {
  if (Object.hasOwn(value, '_bsontype')) return null
  const type = (value as { _bsontype?: unknown })._bsontype
  return typeof type === 'string' ? type : null
}

/**
 * Whether two values have the same BSON type and content. The cached text of an `ObjectId` and the unused
 * room of a `Binary` do not count.
 */
export function bsonEquals(a: object, b: object): boolean {
  if (a === b) return true
  const type = bsonType(a)
  if (type === null || type !== bsonType(b)) return false
  if (type === 'ObjectId' || type === 'ObjectID') return hexOf(a) === hexOf(b)
  return hasSameFields(contentOf(a, type), contentOf(b, type))
}

const hexOf = (id: object): string => (id as { toHexString(): string }).toHexString()

interface BinaryContent {
  sub_type: number
  buffer: Uint8Array
  position: number
}

function contentOf(value: object, type: string): object {
  if (type !== 'Binary') return value
  const { sub_type, buffer, position } = value as BinaryContent
  return { sub_type, buffer: buffer.subarray(0, position) }
}

function isSameContent(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b)
  }
  if (bsonType(a) !== null) return bsonEquals(a, b)
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime())
  return hasSameFields(a, b)
}

function hasSameFields(a: object, b: object): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(
    key =>
      Object.hasOwn(b, key) &&
      isSameContent((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  )
}

/** Copies a `Binary` (or `UUID`), with bytes of its own. */
export function copyBinaryType(value: object): object {
  const copy = Object.create(
    Object.getPrototypeOf(value),
    Object.getOwnPropertyDescriptors(value),
  ) as BinaryContent
  copy.buffer = Uint8Array.prototype.slice.call((value as BinaryContent).buffer)
  return copy
}

/** Makes `target` hold the content of `value`. */
export function assignBinaryType(target: object, value: object): void {
  Object.assign(target, copyBinaryType(value))
}
