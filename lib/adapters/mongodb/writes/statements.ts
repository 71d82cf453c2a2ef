// The statements of bulk writes.
import type { Dictionary } from '../../../document/containers.ts'
import type { Operation } from '../update/operations.ts'
import { OTHER_ID } from './bulk-guard.ts'

/** Compares texts as they are, whatever the collation of the collection: the guards of fields rely on it. */
export const BY_VALUE: object = Object.freeze({ locale: 'simple' })

/** Creates the statement of an operation. */
export function createStatement(operation: Operation): object {
  if (operation.kind === 'insert') return { insertOne: { document: operation.document } }
  const { filter } = operation
  if (operation.kind === 'delete') return { deleteOne: { filter } }
  const { update, arrayFilters, isFree } = operation
  const more = { ...(arrayFilters && { arrayFilters }), ...(isFree && { collation: BY_VALUE }) }
  return { updateOne: { filter, update, ...more } }
}

/**
 * Creates the statement of an operation that fails alone where nothing matches, if a version guards it: an upsert that
 * would change the immutable `_id`.
 */
export function createGuardedStatement(operation: Operation): object {
  if (operation.kind !== 'update') return createStatement(operation)
  const { filter, update, isFree } = operation.exact ?? operation
  if (isFree) return createStatement(operation)
  const guarded = { ...(update as Dictionary), $setOnInsert: { _id: OTHER_ID } }
  const more = operation.exact === undefined ? {} : { collation: BY_VALUE }
  return { updateOne: { filter, update: guarded, upsert: true, ...more } }
}
