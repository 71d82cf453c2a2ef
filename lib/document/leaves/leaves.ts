// The leaves that the library knows by itself (dates, regular expressions, binaries, BSON types), and those
// that a user declares under `leaves`. `createStore`, `createCollection` and the adapters call `leavesOf`
// once; leaves of the user are asked first.
import { assignBinaryType, bsonEquals, bsonType, copyBinaryType } from './bson.ts'
import { badArgumentError } from '../messages/errors.ts'
import { dateLeaf, type Leaves, type LeafKind } from './leaf-kinds.ts'

/**
 * Tells the library how to treat a class of values as one atomic value of a document.
 *
 * `is` recognises it; `equals` compares two of them by value; `copy` makes an independent copy and
 * is needed where the value can change in place (what is read through a draft is then a tracked
 * copy); without `copy` the value is shared as it is and must be immutable. `encode` and `decode`
 * turn it into JSON and back; `name` marks it there and must stay the same over the years (default:
 * its place in the list).
 *
 * @example
 * import { createStore } from 'cowslip'
 * class Money { constructor(readonly cents: number) { Object.freeze(this) } }
 * const store = createStore({ price: new Money(100) }, {
 *   leaves: [{ is: v => v instanceof Money, equals: (a, b) => (a as Money).cents === (b as Money).cents }],
 * })
 * store.edit(draft => { draft.price = new Money(100) }) // null
 */
export interface Leaf {
  readonly name?: string
  is(value: object): boolean
  equals(a: unknown, b: unknown): boolean
  copy?(value: unknown): unknown
  encode?(value: unknown): unknown
  decode?(json: unknown): unknown
}

const regexpLeaf: LeafKind = {
  name: 'regexp',
  equals: (a, b) => String(a) === String(b),
}

/** Returns the bytes of a binary, without a copy. */
export const bytesOf = (value: object): Uint8Array =>
  ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer)

function hasSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function copyBinary(value: object): object {
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (value instanceof DataView) {
    const { buffer, byteOffset, byteLength } = value
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
  }
  // `Buffer.prototype.slice` shares memory; the method of typed arrays copies and keeps the class.
  return Uint8Array.prototype.slice.call(value) as object
}

const binaryLeaf: LeafKind = {
  name: 'binary',
  equals: (a, b) =>
    Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && hasSameBytes(bytesOf(a), bytesOf(b)),
  copy: copyBinary,
  // Only called for values of equal length: binaries do not grow.
  assign: (target, value) => bytesOf(target).set(bytesOf(value)),
}

const bsonLeaf: LeafKind = { name: 'bson', equals: bsonEquals }
const bsonBinaryLeaf: LeafKind = { ...bsonLeaf, copy: copyBinaryType, assign: assignBinaryType }

function findBuiltInLeaf(value: object): LeafKind | null {
  if (value instanceof Date) return dateLeaf
  if (value instanceof RegExp) return regexpLeaf
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return binaryLeaf
  const type = bsonType(value)
  if (type !== null) return type === 'Binary' ? bsonBinaryLeaf : bsonLeaf
  return null
}

/** Combines the leaves that a user declares with those of the library. Throws `bad-argument`. */
export function leavesOf(given: readonly Leaf[]): Leaves {
  if (!Array.isArray(given)) throw badArgumentError('leaves', 'a list of leaves', given)
  const own = given.map(toCustomLeaf)
  return {
    custom: own,
    deeplyFrozen: new WeakMap(),
    find(value) {
      for (const { is, kind } of own) if (is(value)) return kind
      return findBuiltInLeaf(value)
    },
  }
}

function toCustomLeaf(leaf: Leaf, index: number): Leaves['custom'][number] {
  if (typeof leaf?.is !== 'function' || typeof leaf.equals !== 'function') {
    throw badArgumentError(
      `leaves[${index}]`,
      'an object with the functions `is` and `equals`',
      leaf,
    )
  }
  const { copy, encode, decode } = leaf
  const kind: LeafKind = {
    name: `leaf:${leaf.name ?? index}`,
    equals: (a, b) => leaf.equals(a, b),
    ...(copy && { copy: (value: object) => copy.call(leaf, value) as object }),
    ...(encode && { encode: (value: unknown) => encode.call(leaf, value) }),
    ...(decode && { decode: (json: unknown) => decode.call(leaf, json) }),
  }
  return { is: value => leaf.is(value), kind }
}

/** The leaves of a store whose user declares none. */
export const defaultLeaves: Leaves = leavesOf([])
