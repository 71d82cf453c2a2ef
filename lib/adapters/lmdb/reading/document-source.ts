// The documents and index entries of one collection for queries. They are read in portions, so that no cursor of LMDB
// stays open while somebody else runs, and few are read for those who want few.
import type { StoredDocument } from '../../contract.ts'
import type { CompiledIndex } from '../../indexes/index-keys.ts'
import type { KeyRange } from '../../indexes/plan.ts'
import { FIRST_PORTION, nextPortion } from '../../indexes/portions.ts'
import type { DocumentSource } from '../../indexes/run-plan.ts'
import { endOf, type IdLookUp } from '../../query/id-look-up.ts'
import { compareTexts } from '../../query/order.ts'
import type { DocumentCodec } from '../../encoding/document-codec.ts'
import { widen } from '../indexes/bounded-index.ts'
import type { Catalogs, StoredIndex } from '../indexes/catalog.ts'
import type { Entries } from '../indexes/entries.ts'
import { AFTER_ALL_IDS, type Database, type Key } from '../layout.ts'

/** The parts of a store. */
export interface Store {
  readonly database: Database
  readonly entries: Entries
  readonly catalogs: Catalogs
}

/** Reads one collection of an LMDB store. */
export class StoredDocuments implements DocumentSource {
  store: Store
  private readonly collection: string
  private readonly codec: DocumentCodec
  private readonly tags: ReadonlyMap<CompiledIndex, string>

  constructor(
    store: Store,
    collection: string,
    codec: DocumentCodec,
    indexes: readonly StoredIndex[],
  ) {
    this.store = store
    this.collection = collection
    this.codec = codec
    this.tags = new Map(indexes.map(({ index, tag }) => [index, tag]))
  }

  get(key: string): StoredDocument | undefined {
    const text = this.store.database.get([this.collection, key])
    return text === undefined ? undefined : this.codec.decode(text)
  }

  *listDocuments(
    lookUp: IdLookUp | null,
    direction: 1 | -1 | 0,
    after: string | null,
  ): Iterable<StoredDocument> {
    const isReverse = direction === -1
    if (lookUp !== null && 'keys' in lookUp) {
      const keys = [...lookUp.keys].sort(compareTexts)
      for (const key of isReverse ? keys.reverse() : keys) {
        if (after !== null && compareTexts(key, after) * direction <= 0) continue
        const stored = this.get(key)
        if (stored !== undefined) yield stored
      }
      return
    }
    const [from, to] = [lookUp?.from ?? '', lookUp === null ? AFTER_ALL_IDS : endOf(lookUp.to)]
    let place = after
    for (let limit = FIRST_PORTION; ; limit = nextPortion(limit)) {
      const begin: Key = [this.collection, !isReverse && place !== null ? place : from]
      const end: Key = [this.collection, isReverse && place !== null ? place : to]
      const ends = isReverse
        ? { start: end, end: begin, reverse: true, inclusiveEnd: true }
        : { start: begin, end }
      const options = { ...ends, exclusiveStart: place !== null, limit }
      const portion = [...this.store.database.getRange(options)]
      for (const { value } of portion) yield this.codec.decode(value)
      if (portion.length < limit) return
      place = (portion.at(-1) as { key: Key }).key[1]
    }
  }

  *listEntries(
    index: CompiledIndex,
    range: KeyRange,
    isReverse: boolean,
    isSingle: boolean,
  ): Iterable<string> {
    const tag = this.tags.get(index) as string
    const { from, to } = widen(range)
    if (isSingle) return yield* this.store.entries.readSome(tag, { from, to }, isReverse, 1).ids
    let rest: KeyRange = { from, to }
    for (let limit = FIRST_PORTION; ; limit = nextPortion(limit)) {
      const { ids, last } = this.store.entries.readSome(tag, rest, isReverse, limit)
      yield* ids
      if (ids.length < limit) return
      // A key and a zero byte is the next key that there can be.
      rest = isReverse ? { from, to: last } : { from: `${last}\0`, to }
    }
  }
}
