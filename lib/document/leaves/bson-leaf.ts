// The leaf of all BSON types, which writes them as Extended JSON: for documents and changes that are kept as text.
import { bsonEquals, bsonType } from './bson.ts'
import type { Leaf } from './leaves.ts'
import { badArgumentError } from '../messages/errors.ts'

/** The part of the package `bson` that is used: BSON values as Extended JSON and back. */
export interface EJSON {
  serialize(value: object, options: { relaxed: boolean }): object
  deserialize(json: object, options: { relaxed: boolean }): object
}

/** Checks the option `bson` of an adapter. Throws `bad-argument` for anything but the package. */
export function checkBSON(bson: unknown): void {
  const { serialize, deserialize } = Object(Object(bson).EJSON) as Partial<EJSON>
  if (bson === undefined) return
  if (typeof serialize === 'function' && typeof deserialize === 'function') return
  throw badArgumentError('bson', 'the package bson', bson)
}

/**
 * Creates the leaf of all BSON types. `relaxed` reads numbers as numbers, which the scope of a `Code`
 * needs.
 */
export function createBSONLeaf(ejson: EJSON): Leaf {
  const decode = (json: unknown, relaxed: boolean): unknown =>
    (ejson.deserialize({ value: json }, { relaxed }) as { value: unknown }).value
  return {
    name: 'bson',
    is: value => bsonType(value) !== null,
    equals: (a, b) => bsonEquals(a as object, b as object),
    encode(value) {
      const { value: json } = ejson.serialize({ value }, { relaxed: false }) as { value: unknown }
      for (const relaxed of [false, true]) {
        const again = decode(json, relaxed)
        if (bsonEquals(value as object, Object(again) as object)) return [json, relaxed]
      }
      throw badArgumentError('value', 'a BSON value that Extended JSON keeps', value)
    },
    decode: json => decode(...(json as [unknown, boolean])),
  }
}
