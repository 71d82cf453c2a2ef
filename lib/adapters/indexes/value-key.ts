// Values as keys of an index: byte strings (each character is one byte) that compare as BSON compares the values. No
// key is the beginning of another one, so keys can follow one another in a compound key, and inverting each byte of a
// key turns its order round. Based on FoundationDB's tuple layer, with the types and the order of BSON:
// https://github.com/apple/foundationdb/blob/main/design/tuple.md
import { KINDS, MISSING, kindOf, type Kind } from '../query/kinds.ts'
import { compareNumbers, decimalPartsOf, isNaNumber } from '../query/numbers.ts'
import { binaryOf, fieldsOf, hexOf, regexpOf, textOf, unsignedOf } from '../query/order.ts'

/** The first byte of the keys of one type, in the order of BSON. */
const MARKS: ReadonlyMap<number, string> = new Map(
  [
    KINDS.minKey,
    KINDS.missing,
    KINDS.null,
    KINDS.int,
    KINDS.string,
    KINDS.object,
    KINDS.array,
    KINDS.binData,
    KINDS.objectId,
    KINDS.bool,
    KINDS.date,
    KINDS.timestamp,
    KINDS.regex,
    KINDS.javascript,
    KINDS.javascriptWithScope,
    KINDS.maxKey,
  ].map(({ rank }, i) => [rank, String.fromCharCode(i + 1)]),
)

/** Returns the first byte of the keys of a type. */
export const markOf = ({ rank }: Kind): string => MARKS.get(rank) as string

/** Ends lists and texts: it sorts before everything that may follow. */
const END = '\0'

/** Returns the key of a value. Two values have the same key if they compare as equal. O(size of the value). */
export function encodeValueKey(value: unknown): string {
  const kind = value === MISSING ? KINDS.missing : kindOf(value)
  return markOf(kind) + encodeWithin(kind, value)
}

function encodeWithin({ rank }: Kind, value: unknown): string {
  return ENCODERS.get(rank)?.(value as never) ?? ''
}

const ENCODERS: ReadonlyMap<number, (value: never) => string> = new Map(
  (
    [
      [KINDS.int, encodeNumber],
      [KINDS.string, (value: unknown) => encodeText(textOf(value))],
      [KINDS.object, encodeObject],
      [KINDS.array, (value: readonly unknown[]) => value.map(encodeValueKey).join('') + END],
      [KINDS.binData, encodeBinary],
      [KINDS.objectId, (value: object) => fromHex(hexOf(value))],
      [KINDS.bool, (value: boolean) => (value ? '\x01' : END)],
      [KINDS.date, (value: Date) => encodeDouble(value.getTime())],
      [KINDS.timestamp, (value: object) => encodeUnsigned(unsignedOf(value))],
      [KINDS.regex, encodeRegexp],
      [KINDS.javascript, encodeCode],
      [KINDS.javascriptWithScope, encodeCode],
    ] as readonly (readonly [Kind, (value: never) => string])[]
  ).map(([{ rank }, encode]) => [rank, encode]),
)

const utf8 = new TextEncoder()

/** Returns the bytes of a text as UTF-8, so that keys have the order of code points. */
export function toByteText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : fromBytes(utf8.encode(text))
}

/** Returns a text with its end. The bytes 0 and 1 are marked by a 1, so that the end sorts before both. */
function encodeText(text: string): string {
  const bytes = toByteText(text)
  return (/[\0\x01]/.test(bytes) ? bytes.replace(/[\0\x01]/g, markControl) : bytes) + END
}

const markControl = (byte: string): string => (byte === '\0' ? '\x01\x01' : '\x01\x02')

function fromBytes(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8_192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
  }
  return text
}

const fromHex = (hex: string): string =>
  hex.replace(/../g, pair => String.fromCharCode(Number.parseInt(pair, 16)))

/** The type of the value comes first, then the name, then the value: so BSON compares fields. */
function encodeObject(value: object): string {
  const fields = fieldsOf(value).map(([name, item]) => {
    const kind = kindOf(item)
    return markOf(kind) + encodeText(name) + encodeWithin(kind, item)
  })
  return fields.join('') + END
}

function encodeBinary(value: object): string {
  const { bytes, subtype } = binaryOf(value)
  return encodeUint32(bytes.length) + String.fromCharCode(subtype) + fromBytes(bytes)
}

function encodeRegexp(value: object): string {
  const { pattern, options } = regexpOf(value)
  return encodeText(pattern) + encodeText(options)
}

function encodeCode(value: object): string {
  const { code, scope } = value as { code: unknown; scope?: object | null }
  return encodeText(String(code)) + (scope == null ? '' : encodeObject(scope))
}

const buffer = new DataView(new ArrayBuffer(8))

const readBuffer = (length: number): string => {
  let text = ''
  for (let i = 0; i < length; i++) text += String.fromCharCode(buffer.getUint8(i))
  return text
}

function encodeUint32(number: number): string {
  buffer.setUint32(0, number)
  return readBuffer(4)
}

function encodeUnsigned(number: bigint): string {
  buffer.setBigUint64(0, number)
  return readBuffer(8)
}

/** Returns the bits of a double in an order by value: of negative ones all are inverted, of others the sign. */
function encodeDouble(double: number): string {
  // 0 and -0 are equal.
  buffer.setFloat64(0, double + 0)
  const high = buffer.getUint32(0)
  if (high >>> 31 === 1) {
    buffer.setUint32(0, ~high)
    buffer.setUint32(4, ~buffer.getUint32(4))
  } else buffer.setUint32(0, high | 0x8000_0000)
  return readBuffer(8)
}

/** The key of NaN sorts before that of -Infinity. */
const NAN_KEY = '\0'.repeat(8) + '\x01'

/**
 * Returns the nearest double, then whether the number is less (0), equal (1) or greater (2). A number that is no double
 * follows as an exact decimal, which tells it from its neighbours.
 */
function encodeNumber(value: unknown): string {
  if (isNaNumber(value)) return NAN_KEY
  if (typeof value === 'number') return `${encodeDouble(value)}\x01`
  const double = Number(typeof value === 'bigint' ? value : String(value))
  const side = compareNumbers(value, double)
  if (side === 0) return `${encodeDouble(double)}\x01`
  return encodeDouble(double) + (side < 0 ? '\0' : '\x02') + encodeDecimal(value)
}

/** Returns an exact decimal: its sign, the place of its first digit, and its digits; inverted if it is negative. */
function encodeDecimal(value: unknown): string {
  const { isNegative, magnitude, digits } = decimalPartsOf(value)
  const key = encodeUint32(magnitude + 0x1_0000) + digits + END
  return isNegative ? `\0${invertKey(key)}` : `\x01${key}`
}

/** Returns a key with each byte inverted: such keys have the opposite order. */
export function invertKey(key: string): string {
  let inverted = ''
  for (let i = 0; i < key.length; i++) inverted += String.fromCharCode(255 - key.charCodeAt(i))
  return inverted
}

/** Returns the least text that sorts after all keys that begin with `prefix`; null: there is none. */
export function endOfPrefix(prefix: string): string | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix.charCodeAt(i)
    if (byte < 255) return prefix.slice(0, i) + String.fromCharCode(byte + 1)
  }
  return null
}
