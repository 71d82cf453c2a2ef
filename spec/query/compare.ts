import type { Adapter, IndexDefinition, Query } from 'cowslip/adapter-contract'

/** The ids that a query finds, or the code of the error; sorted where the query does not say in which order. */
export async function idsOf(adapter: Adapter, query: Query): Promise<number[] | string> {
  const ids: number[] = []
  try {
    for await (const { doc } of adapter.find('queries', query))
      ids.push((doc as { _id: number })._id)
  } catch (error) {
    return (error as { code: string }).code
  }
  return query.sort === undefined ? ids.sort((a, b) => a - b) : ids
}

/** Stores documents as they are. */
export async function fill(
  adapter: Adapter,
  documents: readonly { _id: unknown }[],
  indexes: readonly IndexDefinition[] = [],
): Promise<void> {
  adapter.open?.('queries', { leaves: [], indexes })
  const results = await Promise.all(
    documents.map(next =>
      adapter.commit({
        kind: 'insert',
        collection: 'queries',
        id: next._id,
        commitId: `q${String(next._id)}`,
        next,
      }),
    ),
  )
  for (const result of results) {
    if (result.status !== 'committed') throw new Error(`Not stored: ${JSON.stringify(result)}`)
  }
}
