// Prepares changes that were made elsewhere: from a change set or patches to an op and the next snapshot, as prepare.ts does for
// edits.
import { isChangeSet, partsOf, type ChangeInfo, type ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import { applyAnyPatches, type Patches } from '../../changes/encodings/apply-any-patches.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { StoreState } from '../store-state.ts'
import { prepareDraft, prepareOp, type Prepared } from './prepare.ts'
import { prepareForeignChange } from './prepare-foreign-change.ts'

/** Prepares `apply`: a change set, or patches on a draft. `ahead` leads from the state to `base`. */
export function prepareChange<T extends object>(
  store: StoreState<T>,
  change: ChangeSet | Patches,
  base: object = store.state,
  ahead: ObjectOp | null = null,
  rebaseOptions: RebaseOptions = {},
): Prepared {
  if (Array.isArray(change)) {
    const patches = change as Patches
    const patched = prepareDraft(store, base, scope =>
      applyAnyPatches(scope.root.proxy, patches, store.rules.leaves),
    )
    const op = patched && store.dropOwn(patched.op)
    return patched?.op === op ? patched : prepareOp(base, op)
  }
  if (!isChangeSet(change))
    throw badArgumentError('change', 'a change set, or a list of patches', change)
  return prepareOp(base, prepareForeignChange(store, change, base, ahead, rebaseOptions))
}

/** Returns the metadata that a change from elsewhere keeps: its label, and its origin. */
export function provenanceOf<T extends object>(
  store: StoreState<T>,
  change: ChangeSet | Patches,
): ChangeInfo {
  if (!isChangeSet(change)) return { origin: 'remote' }
  const { info, source } = partsOf(change)
  const { label, meta } = info
  const known = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
  return store.isSourceOf(source) ? known : { ...known, id: change.id, origin: 'remote' }
}
