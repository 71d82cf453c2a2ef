// The commit of an update: its change set, and what it expects of the stored document.
import type { Commit, UpdateGuard } from '../../adapters/contract.ts'
import { createFieldGuards } from '../../adapters/field-guards.ts'
import { createChangeSet } from '../../changes/change-set.ts'
import { BY_ID } from '../../changes/diff/identity.ts'
import type { StoreState } from '../../store/store-state.ts'
import type { IdentityMap } from '../identity-map.ts'
import type { Update } from '../pipeline/commit-machine.ts'
import type { EditLayer } from './pending-edit.ts'

/** An update, or one that is only explained. */
type Explained = Omit<Update<EditLayer>, 'steps'> & Partial<Pick<Update<EditLayer>, 'steps'>>

/** Creates the commit of an update. */
export function createUpdate<T extends object>(
  { collection, concurrency }: IdentityMap<T>,
  id: unknown,
  store: StoreState<T>,
  { op, next, guard, commitId, steps }: Explained,
): Commit {
  const { state, version } = guard
  const { leaves, keys = BY_ID } = store.rules
  const info = { id: commitId, baseVersion: version }
  const changeSet = createChangeSet(op, state, next, leaves, info, store.createSource())
  const expected: UpdateGuard = { version, commitId: guard.commitId }
  // An edit of one version only is guarded by it.
  const isFree = concurrency !== 'version' && steps?.[0]?.layer.isAlone !== true
  const fields =
    isFree && concurrency === 'fields' ? createFieldGuards(op, state, keys, leaves) : []
  return {
    kind: 'update',
    collection,
    id,
    commitId,
    next,
    changeSet,
    guard: isFree ? { ...expected, fields } : expected,
  }
}
