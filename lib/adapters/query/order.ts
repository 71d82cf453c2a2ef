// The comparison order of BSON values: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-
// order/. Comparisons and sorts call it.
import { bytesOf } from '../../document/leaves/leaves.ts'
import { KINDS, kindOf, type Kind } from './kinds.ts'
import { compareNumbers } from './numbers.ts'

/**
 * Compares two values as MongoDB does: negative, 0 or positive. First by type, then within the type:
 * numbers by value, texts by code point, objects field by field in their order, arrays element by element,
 * binaries by length, subtype and bytes.
 */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  const [p, q] = [kindOf(a), kindOf(b)]
  return p.rank - q.rank || compareWithin(p, a, b)
}

/** Compares two values whose types have the same rank. */
export function compareWithin({ rank }: Kind, a: unknown, b: unknown): number {
  return COMPARE_BY_RANK.get(rank)?.(a, b) ?? 0
}

type Compare = (a: never, b: never) => number

const comparePrimitives = (a: number | bigint | boolean, b: number | bigint | boolean): number =>
  a < b ? -1 : a > b ? 1 : 0

/** Comparisons by rank. A rank without one has a single value: null, the least and the greatest key. */
const COMPARE_BY_RANK: ReadonlyMap<number, (a: unknown, b: unknown) => number> = new Map(
  (
    [
      [KINDS.int, compareNumbers],
      [KINDS.string, (a: unknown, b: unknown) => compareTexts(textOf(a), textOf(b))],
      [KINDS.object, compareObjects],
      [KINDS.array, compareArrays],
      [KINDS.binData, compareBinaries],
      [KINDS.objectId, (a: object, b: object) => compareTexts(hexOf(a), hexOf(b))],
      [KINDS.bool, comparePrimitives],
      [KINDS.date, (a: Date, b: Date) => comparePrimitives(a.getTime(), b.getTime())],
      [KINDS.timestamp, (a: object, b: object) => comparePrimitives(unsignedOf(a), unsignedOf(b))],
      [KINDS.regex, compareRegexps],
      [KINDS.javascript, compareCodes],
      [KINDS.javascriptWithScope, compareCodes],
    ] as readonly (readonly [Kind, Compare])[]
  ).map(([{ rank }, compare]) => [rank, compare as (a: unknown, b: unknown) => number]),
)

/** Returns a text, or that of a symbol. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { value: unknown }).value)

/** Returns the digits of an ObjectId. */
export const hexOf = (id: object): string => (id as { toHexString(): string }).toHexString()

/** Returns the 64 bits of a Timestamp. */
export const unsignedOf = (timestamp: object): bigint =>
  BigInt.asUintN(64, BigInt(String(timestamp)))

/** Compares texts by code point, as the server compares UTF-8 byte by byte. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    // Surrogates stand for code points above all others.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800

function compareObjects(a: object, b: object): number {
  const [fields, others] = [fieldsOf(a), fieldsOf(b)]
  for (const [i, [name, value]] of fields.entries()) {
    const other = others[i]
    if (other === undefined) return 1
    const [p, q] = [kindOf(value), kindOf(other[1])]
    const order =
      p.rank - q.rank || compareTexts(name, other[0]) || compareWithin(p, value, other[1])
    if (order !== 0) return order
  }
  return fields.length - others.length
}

/** Returns the fields of an object. A `DBRef` is an object of three fields to the server. */
export function fieldsOf(value: object): [string, unknown][] {
  const { toJSON } = value as { toJSON?(): object }
  return Object.entries(
    '_bsontype' in value && typeof toJSON === 'function' ? toJSON.call(value) : value,
  )
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareBinaries(a: object, b: object): number {
  const [x, y] = [binaryOf(a), binaryOf(b)]
  const order = x.bytes.length - y.bytes.length || x.subtype - y.subtype
  if (order !== 0) return order
  const i = x.bytes.findIndex((byte, at) => byte !== y.bytes[at])
  return i < 0 ? 0 : (x.bytes[i] as number) - (y.bytes[i] as number)
}

/** Returns the bytes and the subtype of a binary value. */
export function binaryOf(value: object): { subtype: number; bytes: Uint8Array } {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return { subtype: 0, bytes: bytesOf(value) }
  }
  const binary = value as { sub_type: number; buffer: Uint8Array; position: number }
  return { subtype: binary.sub_type, bytes: binary.buffer.subarray(0, binary.position) }
}

function compareRegexps(a: object, b: object): number {
  const [x, y] = [regexpOf(a), regexpOf(b)]
  return compareTexts(x.pattern, y.pattern) || compareTexts(x.options, y.options)
}

/** Returns the pattern and the sorted flags of a regular expression, as they are stored. */
export function regexpOf(value: object): { pattern: string; options: string } {
  const { pattern, options } =
    value instanceof RegExp
      ? { pattern: value.source, options: value.flags.replace(/[^im]/g, '') }
      : (value as { pattern: string; options: string })
  return { pattern, options: [...options].sort().join('') }
}

interface Scoped {
  readonly code: unknown
  readonly scope?: object
}

function compareCodes(a: object, b: object): number {
  const [x, y] = [a, b] as [Scoped, Scoped]
  return (
    compareTexts(String(x.code), String(y.code)) || compareObjects(x.scope ?? {}, y.scope ?? {})
  )
}
