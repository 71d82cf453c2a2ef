// Deletes a stored document of which the collection need not hold a live one.
import type { StoredDocument, VersionGuard } from '../../adapters/contract.ts'
import { idKey } from '../../adapters/ids.ts'
import { randomId } from '../../changes/random-id.ts'
import type { Deadline } from '../calls/deadline.ts'
import { markStored } from '../fields/mark-stored.ts'
import { errorOfResult, sendCommit } from '../calls/outcome.ts'
import type { LiveDocument } from '../document/live-document.ts'
import type { IdentityMap } from '../identity-map.ts'

/** Deletes the document of an id in any state. Resolves to whether it was stored. */
export async function deleteAlways<T extends object>(
  identityMap: IdentityMap<T, LiveDocument<T>>,
  id: unknown,
  deadline: Deadline,
): Promise<boolean> {
  for (let clashes = 0; ; clashes++) {
    const isDeleted = await deleteStored(identityMap, id, deadline)
    if (isDeleted !== null) return isDeleted
    await deadline.pause(clashes)
  }
}

/**
 * Deletes the document of an id, in its turn among everything sent of it: in any state, or in the one that was read.
 * Resolves to whether it was stored; null: another writer came between.
 */
export function deleteStored<T extends object>(
  identityMap: IdentityMap<T, LiveDocument<T>>,
  id: unknown,
  deadline: Deadline,
  given: StoredDocument | null = null,
): Promise<boolean | null> {
  const key = idKey(id)
  const { collection, own } = identityMap
  if (own.isSoftDelete) {
    return identityMap.sendQueue.run(key, async () => {
      const isMarked = await markStored(identityMap, id, true, deadline, given)
      if (isMarked !== null) identityMap.find(key)?.markDeleted(isMarked)
      return isMarked
    })
  }
  return identityMap.sendQueue.run(key, async () => {
    const commitId = randomId()
    // An audit tells what was deleted.
    const isAudited = identityMap.trail?.audit != null && given === null
    const read = isAudited ? await loadFor(identityMap, id, deadline) : given
    if (isAudited && read === null) return false
    const guard: VersionGuard | 'none' =
      read === null ? 'none' : { version: read.version, commitId: read.commitId }
    const base = read === null ? {} : { base: read.doc }
    const commit = { kind: 'delete', collection, id, commitId, guard, ...base } as const
    identityMap.trail?.noteOne(commit, {})
    deadline.throwIfOver()
    deadline.noteSent({ collection, id }, commitId)
    identityMap.ownCommits.add(commitId)
    const limits = { timeoutMS: deadline.leftMS }
    const result = await sendCommit(identityMap.sender, commit, limits)
    identityMap.readOrder.note(key)
    // A reader may have created a live document meanwhile.
    if (result.status === 'committed' || result.status === 'missing') {
      identityMap.find(key)?.markDeleted(result.status === 'committed')
    }
    if (result.status === 'rejected' || result.status === 'unknown') {
      throw errorOfResult({ collection, id }, result)
    }
    if (result.status !== 'conflict') return result.status === 'committed'
    deadline.noteClash()
    return null
  })
}

async function loadFor<T extends object>(
  identityMap: IdentityMap<T, LiveDocument<T>>,
  id: unknown,
  { leftMS }: Deadline,
): Promise<StoredDocument | null> {
  const [stored] = await identityMap.loadAny([id], { timeoutMS: leftMS, primary: true })
  return stored ?? null
}
