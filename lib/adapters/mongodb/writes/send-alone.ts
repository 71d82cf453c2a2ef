// Sends one operation as a command of its own.
import type { Dictionary } from '../../../document/containers.ts'
import type { Commit } from '../../contract.ts'
import type { MongoCollection } from '../driver.ts'
import type { Bookkeeper } from '../update/bookkeeping.ts'
import type { Operation } from '../update/operations.ts'
import { BY_VALUE } from './statements.ts'

/** Returns the version that a commit makes under its guard of the version. */
export function versionAfter(commit: Commit): number {
  return commit.kind === 'insert' || commit.guard === 'none' ? 1 : commit.guard.version + 1
}

/** Sends an operation. Returns the version that it made; null: nothing matched. Throws the driver's error. */
export async function sendAlone(
  documents: MongoCollection,
  commit: Commit,
  operation: Operation,
  books: Bookkeeper,
  options: object,
): Promise<number | null> {
  if (operation.kind === 'insert') {
    await documents.insertOne(operation.document, options)
    return 1
  }
  const { filter } = operation
  if (operation.kind === 'delete') {
    const { deletedCount } = await documents.deleteOne(filter, options)
    return deletedCount === 1 ? versionAfter(commit) : null
  }
  const { update, arrayFilters, isFree } = operation
  const more = { ...options, ...(arrayFilters && { arrayFilters }) }
  if (!isFree) {
    const { matchedCount } = await documents.updateOne(filter, update, more)
    return matchedCount === 1 ? versionAfter(commit) : null
  }
  const found = await documents.findOneAndUpdate(filter, update, {
    ...more,
    collation: BY_VALUE,
    projection: books.projection,
    returnDocument: 'after',
  })
  return found === null ? null : books.read(found as Dictionary).version
}
