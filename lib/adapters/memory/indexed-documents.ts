// The documents of one collection in memory, by id key, with their indexes.
import type { StoredDocument } from '../contract.ts'
import type { NamedIndex, SyncedIndexes } from '../contract-queries.ts'
import { addWrite, EntryChanges } from '../indexes/entry-changes.ts'
import type { CompiledIndex } from '../indexes/index-keys.ts'
import { indexProblemError } from '../indexes/index-problem.ts'
import { compareIndexes, namesOf } from '../indexes/parse-indexes.ts'
import type { KeyRange, UsableIndex } from '../indexes/plan.ts'
import type { Refusal } from '../indexes/refusals.ts'
import type { DocumentSource } from '../indexes/run-plan.ts'
import { endOfPrefix } from '../indexes/value-key.ts'
import { endOf, type IdLookUp } from '../query/id-look-up.ts'
import { compareTexts } from '../query/order.ts'
import { MemoryIndex } from './memory-index.ts'

/** The write of a commit, by its place among the commits; a document of null is deleted. */
export interface MemoryWrite {
  readonly at: number
  readonly key: string
  readonly document: StoredDocument | null
}

/** A write that an index refuses. */
export interface RefusedWrite {
  readonly at: number
  readonly refusal: Refusal
}

/** Documents by the keys of their ids. */
export class IndexedDocuments implements DocumentSource {
  private readonly byKey = new Map<string, StoredDocument>()
  private readonly indexes = new Map<CompiledIndex, MemoryIndex>()
  /** The names of indexes that were made since they were last brought into line. */
  private readonly fresh = new Set<string>()
  /** The keys in order; null until an order is asked for after a key was added or removed. */
  private ordered: readonly string[] | null = null

  get(key: string): StoredDocument | undefined {
    return this.byKey.get(key)
  }

  /** Checks writes against the indexes. Returns how to apply them, or the outcome of the first that is refused. */
  prepare(writes: readonly MemoryWrite[]): (() => void) | RefusedWrite {
    const changes = new EntryChanges((index, values) =>
      this.indexOf(index).list({ from: values, to: endOfPrefix(values) }, false),
    )
    const indexes = [...this.indexes.keys()]
    const arrays = new Map<CompiledIndex, number>()
    for (const { at, key, document } of writes) {
      const write = { id: key, before: this.get(key)?.doc ?? null, after: document?.doc ?? null }
      const refusal = addWrite(changes, indexes, write, (index, keys) => {
        arrays.set(index, (arrays.get(index) ?? 0) | keys.arrays)
      })
      if (refusal !== null) return { at, refusal }
    }
    return () => {
      for (const [index, bits] of arrays) this.indexOf(index).arrays |= bits
      for (const { index, key, id } of changes.list()) this.indexOf(index).change(key, id)
      for (const { key, document } of writes) this.put(key, document)
    }
  }

  private put(key: string, document: StoredDocument | null): void {
    if (this.byKey.has(key) !== (document !== null)) this.ordered = null
    if (document === null) this.byKey.delete(key)
    else this.byKey.set(key, document)
  }

  private indexOf(index: CompiledIndex): MemoryIndex {
    return this.indexes.get(index) as MemoryIndex
  }

  /** The indexes that queries may use. */
  get usable(): readonly UsableIndex[] {
    return [...this.indexes.values()].filter(({ problem }) => problem?.kind !== 'arrays')
  }

  /** Makes the indexes whose names are new. */
  addIndexes(definitions: readonly NamedIndex[]): void {
    const names = new Set([...this.indexes.keys()].map(({ definition }) => definition.name))
    for (const definition of definitions) {
      if (names.has(definition.name)) continue
      this.make(definition)
      this.fresh.add(definition.name)
    }
  }

  private make(definition: NamedIndex): MemoryIndex {
    const made = new MemoryIndex(definition, this.byKey)
    this.indexes.set(made.index, made)
    return made
  }

  /** Makes and drops indexes until there are these alone. Throws `duplicate` and `rejected`. */
  syncIndexes(collection: string, definitions: readonly NamedIndex[]): SyncedIndexes {
    const stored = [...this.indexes.keys()]
    const difference = compareIndexes(
      stored.map(({ definition }) => definition),
      definitions,
      this.fresh,
    )
    for (const index of stored) {
      // A problem may have been solved meanwhile: then the index is made anew.
      const isOver = this.indexOf(index).problem !== null
      if (isOver || difference.dropped.includes(index.definition)) this.indexes.delete(index)
    }
    this.addIndexes(definitions)
    this.fresh.clear()
    for (const { index, problem } of this.indexes.values()) {
      if (problem !== null) throw indexProblemError(collection, index.definition, problem)
    }
    return namesOf(difference)
  }

  /** Yields the id keys of the entries of an index in order. */
  *listEntries(index: CompiledIndex, range: KeyRange, isReverse: boolean): Iterable<string> {
    for (const [, id] of this.indexOf(index).list(range, isReverse)) yield id
  }

  /** Yields the documents that a look-up may mean, else all; without a direction in the order of insertion. */
  *listDocuments(
    lookUp: IdLookUp | null,
    direction: 1 | -1 | 0,
    after: string | null,
  ): Iterable<StoredDocument> {
    if (lookUp === null && direction === 0) return yield* this.byKey.values()
    const keys = this.keysOf(lookUp)
    const ordered = direction === -1 ? keys.toReversed() : keys
    for (const key of ordered) {
      if (after !== null && compareTexts(key, after) * direction <= 0) continue
      const document = this.byKey.get(key)
      if (document !== undefined) yield document
    }
  }

  /** Returns the keys that a look-up may mean, in order. */
  private keysOf(lookUp: IdLookUp | null): readonly string[] {
    if (lookUp !== null && 'keys' in lookUp) return [...lookUp.keys].sort(compareTexts)
    this.ordered ??= [...this.byKey.keys()].sort(compareTexts)
    const { ordered } = this
    if (lookUp === null) return ordered
    return ordered.slice(placeOf(lookUp.from, ordered), placeOf(endOf(lookUp.to), ordered))
  }
}

/** Returns the place where `key` stands or would stand. O(log n). */
function placeOf(key: string, ordered: readonly string[]): number {
  let [low, high] = [0, ordered.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareTexts(ordered[middle] as string, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
