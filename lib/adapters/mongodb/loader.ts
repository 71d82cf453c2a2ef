// Reads documents by id. Reads of single documents that are ready together share a query.
import type { Dictionary } from '../../document/containers.ts'
import type { CallOptions, StoredDocument } from '../contract.ts'
import { idKey } from '../ids.ts'
import type { MongoAccess } from './access.ts'
import type { MongoCollection } from './driver.ts'
import { mongoError } from './errors.ts'
import { Gatherer, takeFitting } from './gatherer.ts'
import { joinLimits, limitTime } from './time-limits.ts'

interface Waiting {
  readonly collection: string
  readonly id: unknown
  readonly options: CallOptions
  readonly resolve: (found: StoredDocument | null) => void
  readonly reject: (error: unknown) => void
}

/** The number of documents in one query. */
const MAX_TOGETHER = 100

/** Reads documents by id: see the head of this file. */
export class Loader {
  private readonly access: MongoAccess
  private readonly gatherer = new Gatherer<Waiting>(takeAlike, group => this.readGroup(group))

  constructor(access: MongoAccess) {
    this.access = access
  }

  /** Returns what is stored, in the order of the ids; null: nothing. */
  async load(
    collection: string,
    ids: readonly unknown[],
    options: CallOptions,
  ): Promise<(StoredDocument | null)[]> {
    const keys = ids.map(idKey)
    if (keys.length !== 1 || options.session !== undefined) {
      const found = await this.read(collection, ids, options)
      return keys.map(key => found.get(key)?.() ?? null)
    }
    const [id] = ids
    const reading = new Promise<StoredDocument | null>((resolve, reject) =>
      this.gatherer.add({ collection, id, options, resolve, reject }),
    )
    return [await reading]
  }

  private async readGroup(group: readonly Waiting[]): Promise<void> {
    const [{ collection, options }] = group as readonly [Waiting]
    const primary = options.primary === true && { primary: true }
    const limits = { ...primary, ...joinLimits(group.map(each => each.options)) }
    const ids = group.map(each => each.id)
    try {
      const found = await this.read(collection, ids, limits)
      for (const { id, resolve } of group) resolve(found.get(idKey(id))?.() ?? null)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  /** Returns by key what decodes a document, each time anew: callers may keep what they get. */
  private async read(
    collection: string,
    ids: readonly unknown[],
    options: CallOptions,
  ): Promise<ReadonlyMap<string, () => StoredDocument>> {
    const documents = this.access.collection(collection)
    const reading = this.readBytes(documents, ids, this.access.readOptions(options))
    const all = await limitTime(reading, options).catch((cause: unknown) => {
      throw options.session === undefined ? mongoError(cause, options) : cause
    })
    return new Map(
      all.map(bytes => {
        let first: StoredDocument | null = this.access.decode(bytes, documents)
        const decode = (): StoredDocument => {
          const stored = first ?? this.access.decode(bytes, documents)
          first = null
          return stored
        }
        return [idKey((first.doc as Dictionary)._id), decode]
      }),
    )
  }

  private async readBytes(
    documents: MongoCollection,
    ids: readonly unknown[],
    options: object,
  ): Promise<unknown[]> {
    if (ids.length > 1) return documents.find({ _id: { $in: [...ids] } }, options).toArray()
    // A cursor costs more than the read of one.
    const bytes = await documents.findOne({ _id: ids[0] }, options)
    return bytes === null ? [] : [bytes]
  }
}

/** Takes reads of one collection, and of the primary or not. */
function takeAlike(waiting: Waiting[]): readonly Waiting[] {
  const [first] = waiting as [Waiting]
  return takeFitting(
    waiting,
    MAX_TOGETHER,
    ({ collection, options }) =>
      collection === first.collection && options.primary === first.options.primary,
  )
}
