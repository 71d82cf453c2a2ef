// An index in memory: entries in a sorted map, from key to id key.
import { OrderedMap } from '@js-sdsl/ordered-map'
import type { StoredDocument } from '../contract.ts'
import type { NamedIndex } from '../contract-queries.ts'
import { CompiledIndex } from '../indexes/index-keys.ts'
import type { IndexProblem } from '../indexes/index-problem.ts'
import type { KeyRange, UsableIndex } from '../indexes/plan.ts'
import { endOfPrefix } from '../indexes/value-key.ts'

/** One index of a collection in memory. */
export class MemoryIndex implements UsableIndex {
  readonly index: CompiledIndex
  readonly isExact = true
  arrays = 0
  problem: IndexProblem | null = null
  private readonly entries = new OrderedMap<string, string>([], compareKeys)

  /** Creates an index of documents, by their id keys. O(n log n). */
  constructor(definition: NamedIndex, documents: ReadonlyMap<string, StoredDocument>) {
    this.index = new CompiledIndex(definition)
    for (const id of documents.keys()) this.include(id, documents)
  }

  private include(id: string, documents: ReadonlyMap<string, StoredDocument>): void {
    const own = this.index.keysOrNull(documents.get(id)?.doc ?? {})
    const idOf = (key: string): unknown => (documents.get(key)?.doc as { _id?: unknown })._id
    if (own === null) {
      this.problem = { kind: 'arrays', ids: [idOf(id)] }
      return
    }
    this.arrays |= own.arrays
    for (const values of own.values) {
      const [twin] = this.list({ from: values, to: endOfPrefix(values) }, false)
      if (twin !== undefined && this.index.definition.unique === true) {
        this.problem ??= { kind: 'twins', ids: [idOf(twin[1]), idOf(id)] }
      }
      this.entries.setElement(values + own.id, id)
    }
  }

  get isUnique(): boolean {
    return this.index.definition.unique === true && this.problem === null
  }

  /** Sets an entry, or removes it. */
  change(key: string, id: string | null): void {
    if (id === null) this.entries.eraseElementByKey(key)
    else this.entries.setElement(key, id)
  }

  /** Yields the entries of a range in order. */
  *list({ from, to }: KeyRange, isReverse: boolean): Iterable<readonly [key: string, id: string]> {
    const { entries } = this
    if (isReverse) {
      const begin = entries.begin()
      const place = to === null ? entries.end() : entries.lowerBound(to)
      while (!place.equals(begin)) {
        const [key, id] = place.pre().pointer
        if (key < from) return
        yield [key, id]
      }
      return
    }
    for (const next = entries.lowerBound(from); next.isAccessible(); next.next()) {
      const [key, id] = next.pointer
      if (to !== null && key >= to) return
      yield [key, id]
    }
  }
}

const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
