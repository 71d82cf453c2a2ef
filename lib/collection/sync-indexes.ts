// Brings the indexes of a collection into line, within the limits of the call.
import type { Adapter } from '../adapters/contract.ts'
import type { IndexDefinition, SyncedIndexes } from '../adapters/contract-queries.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Deadline } from './calls/deadline.ts'
import { storageError } from './calls/outcome.ts'
import type { CallLimits, SyncIndexesOptions } from './call-types.ts'
import type { IdentityMap } from './identity-map.ts'

/** Makes and drops indexes, those beside the collection first: see `Collection.syncIndexes`. */
export async function syncIndexes<T extends object>(
  { adapter, collection, trail }: IdentityMap<T>,
  indexes: readonly IndexDefinition[],
  options: SyncIndexesOptions,
  createDeadline: (limits: CallLimits) => Deadline,
): Promise<SyncedIndexes> {
  for (const beside of trail?.indexes ?? []) {
    await syncOne(adapter, ...beside, options, createDeadline)
  }
  return syncOne(adapter, collection, indexes, options, createDeadline)
}

/** Makes and drops the indexes of one collection. To build one may take long, so there is no limit by default. */
async function syncOne(
  adapter: Adapter,
  collection: string,
  indexes: readonly IndexDefinition[],
  { onProgress, ...limits }: SyncIndexesOptions,
  createDeadline: (limits: CallLimits) => Deadline,
): Promise<SyncedIndexes> {
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw badArgumentError('onProgress', 'a function', onProgress)
  }
  const deadline = createDeadline({ timeoutMS: Infinity, ...limits })
  if (adapter.syncIndexes === undefined) {
    throw badArgumentError('adapter', 'an adapter that has `syncIndexes`', adapter)
  }
  const syncing = adapter.syncIndexes(collection, {
    timeoutMS: deadline.leftMS,
    indexes,
    ...(onProgress !== undefined && { onProgress }),
  })
  return deadline.race(
    syncing.catch((error: unknown) => {
      throw storageError(error)
    }),
  )
}
