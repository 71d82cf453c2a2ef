// The changes of index entries that the calls of one transaction make. The entries that have the unique values of documents are
// read for all calls together where that can be foretold, for each read is a way to another process and back.
import type { Commit } from '../contract.ts'
import { addWrite, EntryChanges, type DocumentWrite } from '../indexes/entry-changes.ts'
import type { CompiledIndex } from '../indexes/index-keys.ts'
import type { Refusal } from '../indexes/refusals.ts'
import { endOfPrefix } from '../indexes/value-key.ts'
import type { StoredIndex } from './catalog.ts'
import type { Access } from './database.ts'
import { rangeOf, readItems, type Key } from './keys.ts'

/** A write of one document, and the indexes of its collection. */
export interface IndexedWrite extends DocumentWrite {
  readonly indexes: readonly StoredIndex[]
}

/** Returns the indexes that a commit may change. */
export function concernedBy(
  commit: Commit,
  indexes: readonly StoredIndex[],
): readonly StoredIndex[] {
  if (commit.kind !== 'update') return indexes
  const { touched } = commit.changeSet
  return indexes.filter(({ index }) => touched.some(name => index.dependsOn.has(name)))
}

type Entry = readonly [key: string, id: string]

/** The entries of one index, as they are within the transaction. */
interface Known {
  /** The entries that were read, by the values that they have. */
  readonly read: Map<string, readonly Entry[]>
  /** The entries that were written, by key; null: removed. */
  readonly written: Map<string, string | null>
}

/** Collects and applies changes of entries. */
export class IndexWrites {
  private readonly access: Access
  private readonly known = new Map<CompiledIndex, Known>()

  constructor(access: Access) {
    this.access = access
  }

  /** Reads the entries that have the unique values of some documents, where that has not happened. */
  async read(
    writes: readonly Pick<IndexedWrite, 'after' | 'indexes'>[],
    limit: number,
  ): Promise<void> {
    const entries = this.access.store('entries')
    const reads: Promise<void>[] = []
    for (const { after, indexes } of writes) {
      for (const { index, tag } of indexes) {
        if (after === null || index.definition.unique !== true) continue
        const { read } = this.knownOf(index)
        for (const values of index.keysOrNull(after)?.values ?? []) {
          if (read.has(values)) continue
          // Two documents of one transaction may have the same values.
          read.set(values, [])
          const range = rangeOf(tag, values, endOfPrefix(values))
          reads.push(
            readItems(entries, range, false, limit).then(({ places, texts }) => {
              read.set(
                values,
                places.map((place, i) => [place, texts[i] as string]),
              )
            }),
          )
        }
      }
    }
    await Promise.all(reads)
  }

  /**
   * Checks the writes of one call, all of whose unique values were read. Returns how to apply them, which returns the fields
   * of indexes that have been arrays; or the outcome of the first one that an index refuses.
   */
  prepare(
    writes: readonly IndexedWrite[],
  ):
    | (() => ReadonlyMap<CompiledIndex, number>)
    | { readonly at: number; readonly refusal: Refusal } {
    const changes = new EntryChanges((index, values) => this.find(index, values))
    const tags = new Map<CompiledIndex, string>()
    const arrays = new Map<CompiledIndex, number>()
    for (const [at, { indexes, ...write }] of writes.entries()) {
      for (const { index, tag } of indexes) tags.set(index, tag)
      const refusal = addWrite(
        changes,
        indexes.map(({ index }) => index),
        write,
        (index, keys) => arrays.set(index, (arrays.get(index) ?? 0) | keys.arrays),
      )
      if (refusal !== null) return { at, refusal }
    }
    return () => {
      const entries = this.access.store('entries')
      for (const { index, key, id } of changes.list()) {
        const place: Key = [tags.get(index) as string, key]
        if (id === null) entries.delete(place)
        else entries.put(id, place)
        this.knownOf(index).written.set(key, id)
      }
      return arrays
    }
  }

  private knownOf(index: CompiledIndex): Known {
    let known = this.known.get(index)
    if (known === undefined) {
      known = {
        read: new Map<string, readonly Entry[]>(),
        written: new Map<string, string | null>(),
      }
      this.known.set(index, known)
    }
    return known
  }

  private *find(index: CompiledIndex, values: string): Iterable<Entry> {
    const { read, written } = this.knownOf(index)
    for (const [key, id] of read.get(values) ?? []) {
      if (!written.has(key)) yield [key, id]
    }
    for (const [key, id] of written) {
      if (id !== null && key.startsWith(values)) yield [key, id]
    }
  }
}
