// The documents and index entries of one collection for queries. They are read in portions, each in a transaction of its
// own, for a browser ends a transaction while the program waits for something else. Where a portion is missing the source
// yields null, and has it once `ready` has resolved.
import type { StoredDocument } from '../contract.ts'
import type { CompiledIndex } from '../indexes/index-keys.ts'
import type { KeyRange } from '../indexes/plan.ts'
import type { DocumentSource } from '../indexes/run-plan.ts'
import { FIRST_PORTION, nextPortion } from '../indexes/portions.ts'
import { toByteText } from '../indexes/value-key.ts'
import { endOf, type IdLookUp } from '../query/id-look-up.ts'
import { compareTexts } from '../query/order.ts'
import type { StoredIndex } from './catalog.ts'
import { done, type Access, type Connection } from './database.ts'
import { databaseError } from './errors.ts'
import { keyOf, rangeOf, readItems } from './keys.ts'
import type { Writable } from './writer.ts'

/** The number of documents that are read by their ids in one transaction. */
const IDS_AT_ONCE = 500

/** Reads one collection. */
export class StoredDocuments implements DocumentSource {
  private readonly connection: Connection
  private readonly collection: string
  private readonly opened: Writable
  private readonly tags: ReadonlyMap<CompiledIndex, string>
  /** Settles when the portion that is missing has been read. */
  private reading: Promise<void> = Promise.resolve()
  /** The documents of the last portion, by id key. */
  private documents: ReadonlyMap<string, StoredDocument> = new Map()

  constructor(
    connection: Connection,
    collection: string,
    opened: Writable,
    indexes: readonly StoredIndex[],
  ) {
    this.connection = connection
    this.collection = collection
    this.opened = opened
    this.tags = new Map(indexes.map(({ index, tag }) => [index, tag]))
  }

  /** Resolves when the source can be asked again. Rejects with `adapter`. */
  ready(): Promise<void> {
    return this.reading
  }

  get(key: string): StoredDocument | undefined {
    return this.documents.get(key)
  }

  /** Begins to read, yields null, and returns what was read. */
  private *wait<R>(work: (access: Access) => Promise<R>): Generator<null, R> {
    const results: R[] = []
    this.reading = this.connection.read(work).then(result => void results.push(result))
    yield null
    return results[0] as R
  }

  *listDocuments(
    lookUp: IdLookUp | null,
    direction: 1 | -1 | 0,
    after: string | null,
  ): Iterable<StoredDocument | null> {
    const isReverse = direction === -1
    if (lookUp !== null && 'keys' in lookUp) {
      const keys = [...lookUp.keys].sort(compareTexts)
      const ordered = (isReverse ? keys.reverse() : keys).filter(
        key => after === null || compareTexts(key, after) * direction > 0,
      )
      for (let at = 0; at < ordered.length; at += IDS_AT_ONCE) {
        const some = ordered.slice(at, at + IDS_AT_ONCE)
        const found = yield* this.wait(access => this.readMany(access, some))
        yield* found.values()
      }
      return
    }
    let from = toByteText(lookUp?.from ?? '')
    let to = lookUp === null ? null : toByteText(endOf(lookUp.to))
    let isAfter = false
    const goOnAt = (place: string): void => {
      if (isReverse) to = place
      else [from, isAfter] = [place, true]
    }
    if (after !== null) goOnAt(toByteText(after))
    for (let limit = FIRST_PORTION; ; limit = nextPortion(limit)) {
      const range = rangeOf(this.collection, from, to, { isAfter })
      const { places, texts } = yield* this.wait(({ store }) =>
        readItems(store('documents'), range, isReverse, limit),
      )
      for (const text of texts) yield this.opened.codec.decode(text)
      if (places.length < limit) return
      goOnAt(places.at(-1) as string)
    }
  }

  *listEntries(
    index: CompiledIndex,
    { from, to }: KeyRange,
    isReverse: boolean,
    isSingle: boolean,
  ): Iterable<string | null> {
    const tag = this.tags.get(index) as string
    let range = rangeOf(tag, from, to)
    for (let limit = isSingle ? 1 : FIRST_PORTION; ; limit = nextPortion(limit)) {
      const { places, texts: ids } = yield* this.wait(access =>
        this.readEntries(access, tag, range, isReverse, limit),
      )
      yield* ids
      const last = places.at(-1)
      if (isSingle || last === undefined || places.length < limit) return
      range = isReverse ? rangeOf(tag, from, last) : rangeOf(tag, last, to, { isAfter: true })
    }
  }

  /** Reads entries of an index with their documents. */
  private async readEntries(
    access: Access,
    tag: string,
    range: IDBKeyRange | null,
    isReverse: boolean,
    limit: number,
  ): Promise<{ readonly places: readonly string[]; readonly texts: readonly string[] }> {
    const [items, indexes] = await Promise.all([
      readItems(access.store('entries'), range, isReverse, limit),
      this.opened.catalog.read(access),
    ])
    if (!indexes.some(stored => stored.tag === tag)) {
      const remedy = 'Run the query again.'
      throw databaseError('the index of a query to stay', 'one that was dropped meanwhile', remedy)
    }
    this.documents = await this.readMany(access, items.texts)
    return items
  }

  private async readMany(
    { store }: Access,
    places: readonly string[],
  ): Promise<Map<string, StoredDocument>> {
    const documents = store('documents')
    const texts = await Promise.all(
      places.map(place =>
        done(documents.get(keyOf(this.collection, place)) as IDBRequest<string | undefined>),
      ),
    )
    const found = new Map<string, StoredDocument>()
    texts.forEach((text, i) => {
      if (text !== undefined) found.set(places[i] as string, this.opened.codec.decode(text))
    })
    return found
  }
}
