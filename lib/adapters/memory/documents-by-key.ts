// The documents of one collection in memory: a Map by id key, and a sorted list of keys that is built when
// a range is first asked for.
import type { StoredDocument } from '../contract.ts'
import { endOf, type IdLookUp } from '../query/id-look-up.ts'
import { compareTexts } from '../query/order.ts'

/** The documents of one collection, by the keys of their ids. */
export class DocumentsByKey {
  private readonly byKey = new Map<string, StoredDocument>()
  /** The keys in order; null until a range is asked for after a key was added or removed. */
  private ordered: readonly string[] | null = null

  get(key: string): StoredDocument | undefined {
    return this.byKey.get(key)
  }

  set(key: string, document: StoredDocument): void {
    if (!this.byKey.has(key)) this.ordered = null
    this.byKey.set(key, document)
  }

  delete(key: string): void {
    if (this.byKey.delete(key)) this.ordered = null
  }

  /** Yields the documents that a look-up may mean; without one all documents, in the order of insertion. */
  *listCandidates(lookUp: IdLookUp | null): Iterable<StoredDocument> {
    if (lookUp === null) return yield* this.byKey.values()
    const keys = 'keys' in lookUp ? lookUp.keys : this.range(lookUp)
    for (const key of keys) {
      const document = this.byKey.get(key)
      if (document !== undefined) yield document
    }
  }

  private range({ from, to }: { readonly from: string; readonly to: string }): readonly string[] {
    this.ordered ??= [...this.byKey.keys()].sort(compareTexts)
    const { ordered } = this
    return ordered.slice(placeOf(from, ordered), placeOf(endOf(to), ordered))
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
