// Values of documents as JSON and back, type for type. The JSON of ops, the LMDB adapter and
// `encodeDocument` use it. A value that JSON lacks stands under a mark, `{ "$cow": [kind, data] }`; a plain
// object that has this key itself is marked as an object.
import { isPlainObject, setOwn, type Dictionary } from '../../document/containers.ts'
import { MAX_LEVELS, tooDeepError } from '../../document/depth.ts'
import { describeValue } from '../../document/messages/describe.ts'
import {
  CowslipError,
  badArgumentError,
  unsupportedValueError,
} from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { builtInDecoder, encoderOf } from './leaf-json.ts'
import type { Path } from '../../document/paths/path.ts'

const MARK = '$cow'

/** A value that `JSON.parse` can return. */
export type JSONValue = string | number | boolean | null | readonly JSONValue[] | JSONObject
/** A JSON object. */
export interface JSONObject {
  readonly [key: string]: JSONValue
}

const markValue = (kind: string, data: JSONValue): JSONValue => ({ [MARK]: [kind, data] })

/**
 * Returns a value as JSON. Throws `unsupported-value`, with the path, for functions and for leaves without
 * `encode`.
 */
export function encodeValue(value: unknown, leaves: Leaves, path: Path): JSONValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value
      return markValue('number', Object.is(value, -0) ? '-0' : String(value))
    case 'bigint':
      return markValue('bigint', String(value))
    case 'undefined':
      return markValue('undefined', null)
  }
  if (value === null) return null
  if (typeof value !== 'object') throw noEncodingError(value, path)
  const leaf = leaves.find(value)
  if (leaf !== null) {
    const encode = encoderOf(leaf)
    if (encode === undefined) throw noEncodingError(value, path)
    return markValue(leaf.name, encode(value) as JSONValue)
  }
  if (Array.isArray(value)) return value.map((item, i) => encodeValue(item, leaves, [...path, i]))
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, item]) => [
      encodeKey(key, leaves, path),
      encodeValue(item, leaves, [...path, key]),
    ])
    return markValue('map', entries)
  }
  if (value instanceof Set) {
    return markValue(
      'set',
      Array.from(value, item => encodeValue(item, leaves, path)),
    )
  }
  if (!isPlainObject(value)) throw noEncodingError(value, path)
  const object = {}
  for (const [key, item] of Object.entries(value)) {
    setOwn(object, key, encodeValue(item, leaves, [...path, key]))
  }
  return Object.hasOwn(object, MARK) ? markValue('object', object) : object
}

/**
 * Returns a key of a Map as JSON. Throws `unsupported-value` for an object: it is a key by identity, which
 * JSON lacks.
 */
export function encodeKey(key: unknown, leaves: Leaves, path: Path): JSONValue {
  if (typeof key !== 'object' || key === null) return encodeValue(key, leaves, path)
  throw unsupportedValueError(
    path,
    'a Map with an object as a key',
    'To write it as JSON, use texts.',
  )
}

function noEncodingError(value: unknown, path: Path): Error {
  return unsupportedValueError(
    path,
    describeValue(value),
    'To write it as JSON, declare it under `leaves` with `encode` and `decode`.',
  )
}

/** Reads a value that `encodeValue` wrote. Throws `bad-argument` for anything else. */
export function decodeValue(json: unknown, leaves: Leaves, depth = 0): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (depth > MAX_LEVELS) throw tooDeepError([])
  if (Array.isArray(json)) return json.map(item => decodeValue(item, leaves, depth + 1))
  if (!Object.hasOwn(json, MARK)) return decodeFields(json, leaves, depth)
  const pair = (json as Dictionary)[MARK]
  if (!Array.isArray(pair) || typeof pair[0] !== 'string') {
    throw badArgumentError('json', 'a marked value with its kind', pair)
  }
  const [kind, data] = pair as [string, unknown]
  if (kind === 'object') return decodeFields(data, leaves, depth)
  if (kind === 'number') return Number(data)
  if (kind === 'undefined') return undefined
  if (kind === 'set')
    return new Set(checkList(data).map(item => decodeValue(item, leaves, depth + 1)))
  if (kind === 'map') return decodeMap(data, leaves, depth)
  const own = leaves.custom.find(leaf => leaf.kind.name === kind)?.kind
  if (own?.decode !== undefined) return own.decode(data)
  return decodeBuiltIn(kind, data)
}

/**
 * Reads a value as `decodeValue` does, in place: for what `JSON.parse` has made for the caller alone. Most of a document
 * stays as it is.
 */
export function decodeOwn(json: unknown, leaves: Leaves, depth = 0): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (depth > MAX_LEVELS) throw tooDeepError([])
  const fields = json as Dictionary
  if (fields[MARK] !== undefined && !Array.isArray(json)) return decodeValue(json, leaves, depth)
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    if (typeof value !== 'object' || value === null) continue
    const decoded = decodeOwn(value, leaves, depth + 1)
    if (decoded !== value) setOwn(fields, key, decoded)
  }
  return json
}

function checkList(data: unknown): readonly unknown[] {
  if (!Array.isArray(data)) throw badArgumentError('json', 'a list', data)
  return data
}

function decodeMap(data: unknown, leaves: Leaves, depth: number): Map<unknown, unknown> {
  const pairs = checkList(data).map(pair =>
    checkList(pair).map(v => decodeValue(v, leaves, depth + 1)),
  )
  if (pairs.some(pair => pair.length !== 2)) throw badArgumentError('json', 'pairs', data)
  return new Map(pairs as [unknown, unknown][])
}

/** Reads a value of one of the library's own kinds. The data may come from a stranger. */
function decodeBuiltIn(kind: string, data: unknown): unknown {
  const decode =
    kind === 'bigint' ? (text: unknown) => BigInt(text as string) : builtInDecoder(kind)
  if (decode === undefined) throw badArgumentError('json', 'a value of a declared leaf', kind)
  try {
    return decode(data)
  } catch (cause) {
    if (cause instanceof CowslipError) throw cause
    throw new CowslipError(
      'bad-argument',
      `Expected the data of a ${kind} in json. Received ${describeValue(data)}. Pass what \`toJSON\` wrote.`,
      { argument: 'json', received: describeValue(data) },
      cause,
    )
  }
}

function decodeFields(json: unknown, leaves: Leaves, depth: number): Dictionary {
  if (typeof json !== 'object' || json === null) throw badArgumentError('json', 'an object', json)
  const object: Dictionary = {}
  for (const [key, item] of Object.entries(json)) {
    setOwn(object, key, decodeValue(item, leaves, depth + 1))
  }
  return object
}
