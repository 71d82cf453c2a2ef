// The JSON of the library's own leaves: dates, regular expressions and binaries. `json-values.ts` calls it
// for a leaf that brings no `encode` and `decode` of its own.
import { badArgumentError } from '../../document/messages/errors.ts'
import type { LeafKind } from '../../document/leaves/leaf-kinds.ts'
import { bytesOf } from '../../document/leaves/leaves.ts'

/** Writes and reads one kind of leaf. */
interface Codec {
  encode(value: unknown): unknown
  decode(json: unknown): unknown
}

const dateCodec: Codec = {
  encode(value) {
    const time = (value as Date).getTime()
    return Number.isNaN(time) ? null : time
  },
  decode(json) {
    if (json !== null && typeof json !== 'number') throw badArgumentError('json', 'a time', json)
    return new Date(json ?? NaN)
  },
}

const regexpCodec: Codec = {
  encode: value => [(value as RegExp).source, (value as RegExp).flags],
  decode: json => new RegExp((json as [string, string])[0], (json as [string, string])[1]),
}

/** Returns the class of a binary and its bytes in base64. */
function encodeBinary(value: object): [type: string, bytes: string] {
  const bytes = bytesOf(value)
  let text = ''
  for (let i = 0; i < bytes.length; i += 8_192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
  }
  return [(Object.getPrototypeOf(value) as object).constructor.name, btoa(text)]
}

const BINARY_CLASSES: readonly string[] = [
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]

function decodeBinary([type, text]: [type: string, bytes: string]): object {
  const bytes = Uint8Array.from(atob(text), char => char.charCodeAt(0))
  if (type === 'ArrayBuffer') return bytes.buffer
  // Outside of Node there is no Buffer: read it as its base class.
  if (type === 'Buffer') return globalThis.Buffer?.from(bytes) ?? bytes
  if (!BINARY_CLASSES.includes(type)) throw badArgumentError('json', 'the class of a binary', type)
  const Class = Reflect.get(globalThis, type) as new (buffer: ArrayBuffer) => object
  return new Class(bytes.buffer)
}

const CODECS: ReadonlyMap<string, Codec> = new Map([
  ['date', dateCodec],
  ['regexp', regexpCodec],
  [
    'binary',
    {
      encode: value => encodeBinary(value as object),
      decode: json => decodeBinary(json as [string, string]),
    },
  ],
])

/** Returns the function that writes a leaf as JSON; undefined: the leaf cannot be written. */
export const encoderOf = (leaf: LeafKind): ((value: unknown) => unknown) | undefined =>
  leaf.encode ?? CODECS.get(leaf.name)?.encode

/** Returns the function that reads a leaf of the library by its name. */
export const builtInDecoder = (name: string): ((json: unknown) => unknown) | undefined =>
  CODECS.get(name)?.decode
