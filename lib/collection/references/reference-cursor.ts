// A cursor that adds to each document those that it refers to.
import type { DocumentStore, ReferenceCursor, WithReferences } from '../collection-types.ts'
import type { CallLimits, Page, PageOptions } from '../call-types.ts'
import type { ReadCursor } from '../cursor/read-cursor.ts'
import { loadReferences, type ReferenceMap } from './load-references.ts'

/** The number of documents for which a loop loads references at a time. */
const PORTION = 1_000

/** A cursor of live documents. */
interface LiveCursor<T extends object> extends ReadCursor<DocumentStore<T>> {
  page(options: PageOptions): Promise<Page<DocumentStore<T>>>
}

/** Creates a cursor that adds references to what another one reads. `limits` are those of that cursor. */
export function createReferenceCursor<T extends object, R>(
  live: LiveCursor<T>,
  references: ReferenceMap,
  limits: CallLimits,
): ReferenceCursor<T, R> {
  const load = (
    documents: readonly DocumentStore<T>[],
    own: CallLimits = {},
  ): Promise<WithReferences<T, R>[]> => loadReferences(documents, references, { ...limits, ...own })
  return {
    async *[Symbol.asyncIterator]() {
      let portion: DocumentStore<T>[] = []
      for await (const document of live) {
        portion.push(document)
        if (portion.length < PORTION) continue
        yield* await load(portion)
        portion = []
      }
      yield* await load(portion)
    },
    async toArray(own) {
      return load(await live.toArray(own), own)
    },
    async page(options) {
      const { items, next } = await live.page(options)
      const { size: _, after: __, ...own } = options
      return { items: await load(items, own), next }
    },
  }
}
