// The statements of bulk writes.
import type { Dictionary } from '../../../document/containers.ts'
import type { Operation } from '../update/operations.ts'
import { OTHER_ID } from './bulk-guard.ts'

/** Creates the statement of an operation. */
export function createStatement(operation: Operation): object {
  if (operation.kind === 'insert') return { insertOne: { document: operation.document } }
  const { filter } = operation
  if (operation.kind === 'delete') return { deleteOne: { filter } }
  const { update, arrayFilters } = operation
  return { updateOne: { filter, update, ...(arrayFilters && { arrayFilters }) } }
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
  return { updateOne: { filter, update: guarded, upsert: true } }
}
