// Documents as texts and back, for LMDB. A text has two lines: the version, the number of the shape if it has one, and the
// ids of the last commits, the newest first; then the document as JSON, type for type. Most writes read the first line only.
import { decodeOwn, decodeValue, encodeValue } from '../../changes/encodings/json-values.ts'
import { CowslipError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { leavesOf, type Leaf } from '../../document/leaves/leaves.ts'
import { createBSONLeaf, type EJSON } from '../../document/leaves/bson-leaf.ts'
import { withRing, type StoredWithRing } from '../ring.ts'

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
