// The ring of a stored document: the ids of its last commits. After a lost answer it tells whether a commit was
// applied, even if others have followed: a ring that reaches back to the state that the commit expected, and lacks its
// id, says no.
import type { Commit, StoredDocument } from './contract.ts'

/** The number of commit ids that memory and LMDB keep with each document. */
export const RING_LENGTH = 16

/** Returns a stored document with its ring, which is not enumerable: most readers do not care for it. */
export function withRing(
  { doc, version, commitId, shape }: StoredDocument,
  ring: readonly string[],
): StoredWithRing {
  const stored = { doc, version, commitId, ...(shape !== undefined && { shape }) }
  return Object.defineProperty(stored, 'ring', { value: ring }) as StoredWithRing
}

/** A stored document whose ring is known. */
export type StoredWithRing = StoredDocument & Required<Pick<StoredDocument, 'ring'>>

/** Returns the ring of a document after a commit. */
export function nextRing(
  stored: Pick<StoredDocument, 'ring'> | null,
  commitId: string,
): readonly string[] {
  return [commitId, ...(stored?.ring ?? []).slice(0, RING_LENGTH - 1)]
}

/** Returns the version that a commit made, if the stored document shows it; else null. */
export function versionOfCommit(stored: StoredDocument | null, commitId: string): number | null {
  if (stored === null) return null
  if (stored.commitId === commitId) return stored.version
  const place = stored.ring?.indexOf(commitId) ?? -1
  return place < 0 ? null : stored.version - place
}

/** Whether the stored document shows that a commit was not applied: others have taken its place. */
export function showsNotApplied(
  { version, commitId, ring }: StoredDocument,
  commit: Exclude<Commit, { kind: 'insert' }>,
): boolean {
  const { guard } = commit
  if (guard === 'none') return false
  if (version <= guard.version) {
    // Somebody has removed the books of the document: nothing can be told.
    if (commitId === null) return false
    // The document is as the commit expects it, or was made anew.
    return version < guard.version || commitId !== guard.commitId
  }
  const known = ring?.length ?? 1
  return version - known <= guard.version
}
