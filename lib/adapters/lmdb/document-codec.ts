// Documents as texts and back, for LMDB. A text has two lines: the version, the number of the shape if it has one, and the
// ids of the last commits, the newest first; then the document as JSON, type for type. Most writes read the first line only.
import { decodeOwn, decodeValue, encodeValue } from '../../changes/encodings/json-values.ts'
import { bsonEquals, bsonType } from '../../document/leaves/bson.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { leavesOf, type Leaf } from '../../document/leaves/leaves.ts'
import { withRing, type StoredWithRing } from '../ring.ts'

/** The part of the package `bson` that is used: BSON values as Extended JSON and back. */
export interface EJSON {
  serialize(value: object, options: { relaxed: boolean }): object
  deserialize(json: object, options: { relaxed: boolean }): object
}

type Head = Omit<StoredWithRing, 'doc'>

/** Writes and reads the documents of one collection as texts. */
export class DocumentCodec {
  readonly leaves: Leaves

  constructor(leaves: readonly Leaf[], ejson: EJSON | null) {
    this.leaves = leavesOf(ejson === null ? leaves : [...leaves, createBSONLeaf(ejson)])
  }

  /**
   * Returns a document as text. Throws `unsupported-value`, with the path, for a value that could not be
   * read again.
   */
  encode(doc: object, { version, ring, shape }: Pick<Head, 'version' | 'ring' | 'shape'>): string {
    const values = encodeValue(doc, this.leaves, [])
    const head = shape === undefined ? [version, ...ring] : [version, shape, ...ring]
    return `${JSON.stringify(head)}\n${JSON.stringify(values)}`
  }

  /** Returns an id as JSON. */
  encodeId(id: unknown): unknown {
    return encodeValue(id, this.leaves, [])
  }

  /** Reads an id that `encodeId` wrote. */
  decodeId(json: unknown): unknown {
    return decodeValue(json, this.leaves)
  }

  /** Reads everything but the document. */
  readHead(text: string): Head {
    const head = JSON.parse(text.slice(0, text.indexOf('\n'))) as (number | string)[]
    const [version, shape] = head as [number, unknown]
    const isShaped = typeof shape === 'number'
    const ring = head.slice(isShaped ? 2 : 1) as string[]
    return { version, commitId: ring[0] as string, ring, ...(isShaped && { shape }) }
  }

  /** Reads a document. Throws `adapter` for a text that `encode` did not write. */
  decode(text: string): StoredWithRing {
    try {
      const end = text.indexOf('\n')
      const doc = decodeOwn(JSON.parse(text.slice(end + 1)), this.leaves) as object
      const { ring, ...head } = this.readHead(text)
      return withRing({ doc, ...head }, ring)
    } catch (cause) {
      const reason = (cause as Error).message
      throw new CowslipError(
        'adapter',
        `Expected a document that this adapter wrote. Received a text it cannot read: ${reason}. Restore it from a copy.`,
        { reason },
        cause,
      )
    }
  }
}

/**
 * Creates the leaf of all BSON types. `relaxed` reads numbers as numbers, which the scope of a `Code`
 * needs.
 */
function createBSONLeaf(ejson: EJSON): Leaf {
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
