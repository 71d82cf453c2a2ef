// Brings the indexes of a collection into line, within the limits of the call.
import type { IndexDefinition, SyncedIndexes } from '../adapters/contract-queries.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Deadline } from './calls/deadline.ts'
import { storageError } from './calls/outcome.ts'
import type { CallLimits, SyncIndexesOptions } from './call-types.ts'
import type { IdentityMap } from './identity-map.ts'

/** Makes and drops indexes: see `Collection.syncIndexes`. To build one may take long, so there is no limit by default. */
export async function syncIndexes<T extends object>(
  { adapter }: IdentityMap<T>,
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
