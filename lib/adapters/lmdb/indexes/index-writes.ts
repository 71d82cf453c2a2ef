// The changes of index entries within one write transaction: all writes of a transaction, or one.
import { addWrite, EntryChanges } from '../../indexes/entry-changes.ts'
import type { CompiledIndex } from '../../indexes/index-keys.ts'
import type { Refusal } from '../../indexes/refusals.ts'
import { endOfPrefix } from '../../indexes/value-key.ts'
import type { DocumentCodec } from '../../encoding/document-codec.ts'
import { withKeys, type Catalog, type Catalogs, type StoredIndex } from './catalog.ts'
import type { Entries } from './entries.ts'

/** A write of one document. */
export interface IndexedWrite {
  readonly collection: string
  readonly codec: DocumentCodec
  /** The id key of the document. */
  readonly id: string
  /** Returns the document before; null: there is none. Called only where an index needs it. */
  readonly before: () => object | null
  /** The document afterwards; null: it is deleted. */
  readonly after: object | null
  /** Returns the top-level fields that are written; null: all. */
  readonly touched: () => readonly string[] | null
}

/** Collects and applies changes of entries. */
export class IndexWrites {
  private readonly catalogs: Catalogs
  private readonly entries: Entries
  private readonly changes: EntryChanges
  private readonly indexes = new Map<CompiledIndex, StoredIndex>()
  /** Catalogs that have learned something. */
  private readonly learned = new Map<string, { catalog: Catalog; codec: DocumentCodec }>()

  constructor(catalogs: Catalogs, entries: Entries) {
    this.catalogs = catalogs
    this.entries = entries
    this.changes = new EntryChanges((index, values) =>
      this.entries.list(this.tagOf(index), { from: values, to: endOfPrefix(values) }),
    )
  }

  private tagOf(index: CompiledIndex): string {
    return (this.indexes.get(index) as StoredIndex).tag
  }

  /** Adds a write. Returns its outcome if an index refuses it; then nothing must be applied. */
  add({ collection, codec, id, before, after, touched }: IndexedWrite): Refusal | null {
    const catalog = this.learned.get(collection)?.catalog ?? this.catalogs.read(collection, codec)
    if (catalog.indexes.length === 0) return null
    const fields = touched()
    const concerned = catalog.indexes.filter(
      ({ index }) => fields === null || fields.some(name => index.dependsOn.has(name)),
    )
    if (concerned.length === 0) return null
    for (const stored of concerned) this.indexes.set(stored.index, stored)
    const indexes = concerned.map(({ index }) => index)
    let { indexes: next } = catalog
    const refusal = addWrite(
      this.changes,
      indexes,
      { id, before: before(), after },
      (index, keys) => {
        next = next.map(stored => (stored.index === index ? withKeys(stored, keys) : stored))
      },
    )
    if (refusal !== null) return refusal
    if (next.some((stored, i) => stored !== catalog.indexes[i])) {
      this.learned.set(collection, { catalog: { ...catalog, indexes: next }, codec })
    }
    return null
  }

  /** Writes the changes, in the transaction under way. */
  apply(): void {
    for (const change of this.changes.list()) this.entries.write(this.tagOf(change.index), change)
    for (const [collection, { catalog, codec }] of this.learned) {
      this.catalogs.write(collection, catalog, codec)
    }
  }
}
