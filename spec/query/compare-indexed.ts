// The same documents on several adapters, with indexes and without: queries, counts and pages must agree.
import type { Adapter, IndexDefinition, Query } from 'cowslip/adapter-contract'
import { BSON } from 'mongodb'
import { fill, idsOf } from './compare.ts'
import { RandomCollection } from './random-indexes.ts'

/** An adapter that holds nothing yet. */
export interface Candidate {
  readonly name: string
  readonly adapter: Adapter
  readonly isIndexed: boolean
}

/** What was compared. */
export interface Compared {
  queries: number
  /** Queries that all adapters refused. */
  refused: number
  /** Queries that an index answered, of all indexed adapters. */
  indexed: number
  readonly faults: string[]
}

/** Compares random queries on random documents. The first candidate is the measure. */
export async function compareIndexed(
  seed: number,
  documents: number,
  queries: number,
  candidates: readonly Candidate[],
): Promise<Compared> {
  const random = new RandomCollection(seed)
  const all = random.documents(documents)
  const indexes = random.indexes()
  for (const { adapter, isIndexed } of candidates)
    await load(adapter, all, isIndexed ? indexes : [])
  const compared: Compared = { queries, refused: 0, indexed: 0, faults: [] }
  for (let i = 0; i < queries; i++) {
    const query = random.query(indexes)
    const [expected = '', ...found] = await Promise.all(
      candidates.map(({ adapter }) => idsOf(adapter, query)),
    )
    if (typeof expected === 'string') {
      compared.refused++
      continue
    }
    const note = (name: string, what: string): void => {
      const text = `${name} finds other ${what} for ${BSON.EJSON.stringify(query)}`
      compared.faults.push(`seed ${seed}, query ${i}: ${text}, ${JSON.stringify(indexes)}`)
    }
    for (const [at, ids] of found.entries()) {
      const { name, adapter, isIndexed } = candidates[at + 1] as Candidate
      // The server cannot run some conditions on an index, and answers some with the extreme keys otherwise by one.
      const isServer = name.startsWith('MongoDB')
      if (isServer && (ids === 'adapter' || hasExtremeKey(query))) continue
      if (String(ids) !== String(expected)) note(name, 'documents')
      // A query for nothing is not even sent.
      if (!isIndexed || query.limit === 0) continue
      const plan = await adapter.explainQuery?.('queries', query)
      if (plan?.index != null && plan.index !== '_id_') compared.indexed++
      if (i % 10 > 0 || query.limit !== undefined || query.skip !== undefined) continue
      if ((await adapter.count?.('queries', query.filter ?? {})) !== expected.length) {
        note(name, 'numbers')
      }
      if (query.sort === undefined) continue
      const pages = await pagesOf(adapter, query, 1 + (i % 7) + Math.ceil(expected.length / 5))
      if (String(pages) !== String(expected)) note(name, 'pages')
    }
  }
  return compared
}

const hasExtremeKey = (query: Query): boolean =>
  /"\$m(?:in|ax)Key"/.test(BSON.EJSON.stringify(query))

async function load(
  adapter: Adapter,
  documents: readonly { readonly _id: number }[],
  indexes: readonly IndexDefinition[],
): Promise<void> {
  adapter.open?.('queries', { leaves: [], indexes })
  // Half of them come before the indexes, and half while they are built.
  const half = documents.length >> 1
  await fill(adapter, documents.slice(0, half), indexes)
  const syncing = adapter.syncIndexes?.('queries', { indexes })
  await fill(adapter, documents.slice(half), indexes)
  await syncing
}

/** Returns the ids of all pages of a query. */
async function pagesOf(adapter: Adapter, query: Query, size: number): Promise<number[]> {
  const ids: number[] = []
  for (let after: string | null | undefined; after !== null;) {
    const options = { size, ...(after !== undefined && { after }) }
    const page = await adapter.page?.('queries', query, options)
    ids.push(...(page?.items ?? []).map(({ doc }) => (doc as { _id: number })._id))
    after = page?.next ?? null
  }
  return ids
}
