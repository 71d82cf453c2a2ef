// The collections of one adapter: how their documents are read and written, and the indexes that were asked for.
import type { Leaf } from '../../document/leaves/leaves.ts'
import type { NamedIndex } from '../contract-queries.ts'
import { DocumentCodec } from '../encoding/document-codec.ts'
import { createBSONLeaf, type EJSON } from '../../document/leaves/bson-leaf.ts'
import type { IndexBuilder } from './indexes/index-builder.ts'

/** Properties that a collection was opened with. */
interface Opened {
  readonly leaves: readonly Leaf[]
  readonly definitions: readonly NamedIndex[]
}

const PLAIN: Opened = { leaves: [], definitions: [] }

/** Opens collections: each once it is used, and again after `createCollection` was called for it again. */
export class OpenCollections {
  private readonly builder: IndexBuilder
  private ejson: EJSON | null | undefined
  private readonly noted = new Map<string, Opened>()
  /** The codecs of collections, the last one of each, and what it was made for. */
  private readonly codecs = new Map<string, { codec: DocumentCodec; opened: Opened }>()
  private readonly opening = new Map<Opened, Promise<DocumentCodec>>()

  constructor(builder: IndexBuilder, ejson: EJSON | undefined) {
    this.builder = builder
    this.ejson = ejson
  }

  /** Notes the properties of a collection. */
  note(collection: string, leaves: readonly Leaf[], definitions: readonly NamedIndex[]): void {
    this.noted.set(collection, { leaves, definitions })
  }

  /** Whether a collection can be used at this moment. */
  isOpen(collection: string): boolean {
    const known = this.codecs.get(collection)
    return known !== undefined && known.opened === (this.noted.get(collection) ?? PLAIN)
  }

  /** Returns the codec of a collection that was open once. */
  codecOf(collection: string): DocumentCodec {
    return (this.codecs.get(collection) as { codec: DocumentCodec }).codec
  }

  /** Makes the indexes of a collection that are new, and returns its codec. */
  async open(collection: string): Promise<DocumentCodec> {
    if (this.isOpen(collection)) return this.codecOf(collection)
    let opened = this.noted.get(collection)
    if (opened === undefined) this.noted.set(collection, (opened = { ...PLAIN }))
    let opening = this.opening.get(opened)
    if (opening === undefined) {
      opening = this.make(collection, opened)
      this.opening.set(opened, opening)
      const done = (): void => void this.opening.delete(opened)
      opening.then(done, done)
    }
    return opening
  }

  /** Returns the leaves of BSON, if one of its packages is installed. */
  async textLeaves(): Promise<readonly Leaf[]> {
    const ejson = await this.findEJSON()
    return ejson === null ? [] : [createBSONLeaf(ejson)]
  }

  private async findEJSON(): Promise<EJSON | null> {
    if (this.ejson === undefined) this.ejson = await findEJSON()
    return this.ejson
  }

  private async make(collection: string, opened: Opened): Promise<DocumentCodec> {
    const codec = new DocumentCodec(opened.leaves, await this.findEJSON())
    await this.builder.add(collection, opened.definitions, codec)
    this.codecs.set(collection, { codec, opened })
    return codec
  }
}

/**
 * Returns the driver's EJSON, whose classes the program most likely uses, else that of the package `bson`;
 * null: neither is installed.
 */
async function findEJSON(): Promise<EJSON | null> {
  try {
    return (await import('mongodb')).BSON.EJSON
  } catch {
    return import('bson').then(
      bson => bson.EJSON as EJSON,
      () => null,
    )
  }
}
