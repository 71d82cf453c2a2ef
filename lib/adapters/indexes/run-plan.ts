// Runs a query by its plan over documents that an adapter holds. It is a generator: it reads no further than it is
// asked to, and pauses now and then, so that an adapter can let others run.
import type { StoredDocument } from '../contract.ts'
import type { Query, PageOptions, QueryPlan, StoredPage } from '../contract-queries.ts'
import type { IdLookUp } from '../query/id-look-up.ts'
import { pickMatches } from '../query/run-query.ts'
import type { CompiledIndex } from './index-keys.ts'
import { readPageToken, writePageToken, type PageStart } from './page.ts'
import { planQuery, type IndexPlan, type KeyRange, type Plan, type UsableIndex } from './plan.ts'

/**
 * The documents and entries that a plan reads. A source that must wait for its storage yields null: when it is asked
 * again it has read more.
 */
export interface DocumentSource {
  get(idKey: string): StoredDocument | undefined
  /**
   * Yields documents by their ids: those that a look-up may mean, else all. `direction` is the order of ids; 0: as they
   * are stored. With `after` those may be left out that do not follow this id key in the order.
   */
  listDocuments(
    lookUp: IdLookUp | null,
    direction: 1 | -1 | 0,
    after: string | null,
  ): Iterable<StoredDocument | null>
  /** Yields the id keys of the entries of an index in order; `isSingle`: there is at most one. */
  listEntries(
    index: CompiledIndex,
    range: KeyRange,
    isReverse: boolean,
    isSingle: boolean,
  ): Iterable<string | null>
}

/** The number of documents and entries that are read before a pause. */
const READS_BEFORE_PAUSE = 500

/** A query under way. */
export class QueryRun {
  private readonly source: DocumentSource
  private readonly plan: Plan
  private readonly query: Query
  private readonly start: PageStart | null
  private entries = 0
  private documents = 0

  /** Plans a query; with `start` only what follows it in the order is found. Throws as {@link QueryRun.run} does. */
  constructor(
    source: DocumentSource,
    indexes: readonly UsableIndex[],
    query: Query,
    start: PageStart | null = null,
  ) {
    this.source = source
    this.plan = planQuery(query, indexes)
    this.query = query
    this.start = start
  }

  /** Returns the counts of what was read so far. */
  describe(): QueryPlan {
    const { plan, entries, documents } = this
    if ('used' in plan) return { index: plan.used.index.definition.name, entries, documents }
    return plan.lookUp === null
      ? { index: null, entries, documents }
      : { index: '_id_', entries: documents, documents }
  }

  /**
   * Yields the documents that the query asks for, in its order, and null where it pauses. Throws `unsupported-query`
   * and `bad-argument`.
   */
  run(): Generator<StoredDocument | null> {
    const { start } = this
    return pickMatches(this.read(), this.query, {
      isSorted: this.plan.isSorted,
      ...(start !== null && { allows: document => start.isBefore(document) }),
    })
  }

  /** Yields the documents that the plan reads, each once. */
  private *read(): Generator<StoredDocument | null> {
    const { source, plan, start } = this
    let reads = 0
    if (!('used' in plan)) {
      const direction = plan.isSorted ? (plan.isReverse ? -1 : 1) : 0
      const after = plan.isSorted ? (start?.idKey ?? null) : null
      for (const stored of source.listDocuments(plan.lookUp, direction, after)) {
        if (stored === null) {
          yield null
          continue
        }
        this.documents++
        yield stored
        if (++reads % READS_BEFORE_PAUSE === 0) yield null
      }
      return
    }
    const seen = new Set<string>()
    for (const range of rangesFrom(plan, start)) {
      const { used, isReverse, isSingle } = plan
      for (const key of source.listEntries(used.index, range, isReverse, isSingle)) {
        if (key === null) {
          yield null
          continue
        }
        this.entries++
        if (++reads % READS_BEFORE_PAUSE === 0) yield null
        // A document with an array has several entries; one that was written meanwhile may have moved.
        if (seen.has(key)) continue
        seen.add(key)
        const stored = source.get(key)
        if (stored === undefined) continue
        this.documents++
        yield stored
      }
    }
  }
}

/** Returns the ranges of a plan that begin at `start`. */
function rangesFrom(plan: IndexPlan, start: PageStart | null): readonly KeyRange[] {
  if (start === null || !plan.isSorted) return plan.ranges
  const key = start.keyIn(plan.used.index, plan.prefix, plan.points)
  return plan.ranges.flatMap(({ from, to }) => {
    if (plan.isReverse) return key <= from ? [] : [{ from, to: to === null || key < to ? key : to }]
    return to !== null && to <= key ? [] : [{ from: key > from ? key : from, to }]
  })
}

/** Reads a page: see `Adapter.page`. Yields null where it pauses. */
export function* readPage(
  source: DocumentSource,
  indexes: readonly UsableIndex[],
  query: Query,
  { size, after }: PageOptions,
): Generator<null, StoredPage> {
  const { sort = {} } = query
  const order = Object.keys(sort).length === 0 ? ({ _id: 1 } as const) : sort
  const start = after === undefined ? null : readPageToken(order, after)
  // One more tells whether there is a next page.
  const some = { ...query, sort: order, limit: size + 1 }
  const items: StoredDocument[] = []
  for (const stored of new QueryRun(source, indexes, some, start).run()) {
    if (stored === null) yield null
    else items.push(stored)
  }
  if (items.length <= size) return { items, next: null }
  items.pop()
  return { items, next: writePageToken(order, (items.at(-1) as StoredDocument).doc) }
}

/** Runs a generator to its end without its pauses. */
export function finish<R>(steps: Generator<unknown, R>): R {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
