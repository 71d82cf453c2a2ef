// Marks a stored document as deleted, or no longer, where a collection has `softDelete`: an update of what was just read.
import type { Commit, StoredDocument } from '../../adapters/contract.ts'
import { idKey } from '../../adapters/ids.ts'
import { apply } from '../../changes/apply.ts'
import { createChangeSet } from '../../changes/change-set.ts'
import { randomId } from '../../changes/random-id.ts'
import type { Deadline } from '../calls/deadline.ts'
import { lookForOwn } from '../calls/look-for-own.ts'
import { errorOfResult, sendCommit } from '../calls/outcome.ts'
import { createWholeChange } from '../versions/whole-change.ts'
import type { IdentityMap } from '../identity-map.ts'

/**
 * Marks the document of an id, in a turn that is taken already. Resolves to whether it was there to be marked; null: another
 * writer came between. `read` is what was read of it, if anything was.
 */
export async function markStored<T extends object>(
  identityMap: IdentityMap<T>,
  id: unknown,
  isDeleted: boolean,
  deadline: Deadline,
  read: StoredDocument | null = null,
): Promise<boolean | null> {
  const { collection, own, sender } = identityMap
  const limits = { timeoutMS: deadline.leftMS, primary: true }
  const stored = read ?? (await identityMap.loadAny([id], limits))[0] ?? null
  if (stored === null || own.isDeleted(stored.doc) === isDeleted) return false
  const commit = createMark(identityMap, id, isDeleted, stored)
  identityMap.trail?.noteOne(commit, {})
  deadline.throwIfOver()
  deadline.noteSent({ collection, id }, commit.commitId)
  identityMap.ownCommits.add(commit.commitId)
  const sent = await sendCommit(sender, commit, { timeoutMS: deadline.leftMS })
  const result = await lookForOwn(commit, sent, async () => {
    const [now] = await identityMap.loadAny([id], { timeoutMS: deadline.leftMS, primary: true })
    return now ?? null
  })
  identityMap.readOrder.note(idKey(id))
  if (result.status === 'rejected' || result.status === 'unknown') {
    throw errorOfResult({ collection, id }, result)
  }
  if (result.status !== 'conflict') return result.status === 'committed'
  deadline.noteClash()
  return null
}

/** Takes the mark from the document of an id, if it has one. */
export async function restoreStored<T extends object>(
  identityMap: IdentityMap<T>,
  id: unknown,
  deadline: Deadline,
): Promise<void> {
  const mark = (): Promise<boolean | null> => markStored(identityMap, id, false, deadline)
  for (let clashes = 0; ; clashes++) {
    if ((await identityMap.sendQueue.run(idKey(id), mark)) !== null) return
    await deadline.pause(clashes)
  }
}

function createMark<T extends object>(
  identityMap: IdentityMap<T>,
  id: unknown,
  isDeleted: boolean,
  stored: StoredDocument,
): Commit {
  const { collection, own, rules, shapes } = identityMap
  const { version, commitId: seen } = stored
  const base = identityMap.readState(stored)
  const op = own.mark(base, isDeleted)
  const next = own.strip(apply(base, op) as object)
  const commitId = randomId()
  const info = { id: commitId, baseVersion: version }
  const older = identityMap.olderOf(stored)
  const changeSet =
    older === null
      ? createChangeSet(op, base, next, rules.leaves, info)
      : createWholeChange(older, next, rules, info)
  const guard = { version, commitId: seen }
  const about = { kind: 'update', collection, id, commitId } as const
  return { ...about, next, changeSet, guard, ...shapes.ofWrites }
}
