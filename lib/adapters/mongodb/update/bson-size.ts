// Sizes of values in BSON, to choose the shorter of two updates: fields one by one, or their parent as a
// whole.
import { bsonType } from '../../../document/leaves/bson.ts'

/**
 * Returns the number of bytes that a value takes in BSON, without its name. To compare, not to lay out
 * memory.
 */
export function sizeInBSON(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return 5 + utf8Length(value)
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0) ? 4 : 8
    case 'bigint':
      return 8
    case 'boolean':
      return 1
  }
  if (typeof value !== 'object' || value === null) return 0
  if (value instanceof Date) return 8
  if (value instanceof RegExp) return 2 + utf8Length(value.source) + value.flags.length
  if (ArrayBuffer.isView(value)) return 5 + value.byteLength
  if (bsonType(value) !== null) return sizeOfBSONType(value)
  let size = 5
  // Elements of an array carry their index as a name.
  for (const key of Object.keys(value)) {
    size += 2 + utf8Length(key) + sizeInBSON((value as Record<string, unknown>)[key])
  }
  return size
}

const BYTES_BY_TYPE: Readonly<Record<string, number>> = {
  ObjectId: 12,
  Int32: 4,
  Double: 8,
  Long: 8,
  Timestamp: 8,
  Decimal128: 16,
  MinKey: 0,
  MaxKey: 0,
}

function sizeOfBSONType(value: object): number {
  const type = bsonType(value) as string
  if (type === 'Binary') return 5 + (value as { position: number }).position
  return BYTES_BY_TYPE[type] ?? utf8Length(JSON.stringify(value))
}

function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // A surrogate pair has two units and four bytes.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return length
}
