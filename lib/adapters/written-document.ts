// What a commit leaves behind, for adapters that write documents whole.
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Commit, StoredDocument } from './contract.ts'
import { applyUpdate } from './field-guards.ts'

/** Returns the document that a commit leaves behind; null for a delete. */
export function documentAfter(
  stored: StoredDocument | null,
  commit: Commit,
  leaves: Leaves,
): object | null {
  if (commit.kind === 'delete') return null
  return commit.kind === 'insert' ? commit.next : applyUpdate(stored?.doc ?? {}, commit, leaves)
}

/** Returns the number of the shape that a commit gives its document, if it gives one. */
export const shapeOf = (commit: Commit): { readonly shape?: number } =>
  commit.kind === 'delete' || commit.shape === undefined ? {} : { shape: commit.shape }

/** Whether more than the version of the stored document decides about a commit. */
export const needsDocument = (commit: Commit): boolean =>
  commit.kind === 'update' && commit.guard.fields !== undefined
