// Prepares edits: from a recipe, fields, a change set or patches to an op and the next snapshot. Stores in
// memory and documents call the same functions; they differ in what they do with the result. A document prepares an
// edit on its head (`base`), which is ahead of its state while earlier edits wait for their commit.
import { apply } from '../../changes/apply.ts'
import { isChangeSet, partsOf, type ChangeInfo, type ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import { applyAnyPatches, type Patches } from '../../changes/encodings/apply-any-patches.ts'
import { BY_ID } from '../../changes/diff/identity.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Draft } from '../../document/types.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import type { StoreState } from '../store-state.ts'
import { checkFunction } from '../../document/messages/check-options.ts'
import { createPatchOp } from './create-patch-op.ts'
import { runRecipe } from './run-recipe.ts'
import { prepareForeignChange } from './prepare-foreign-change.ts'

/** An op and the snapshot that it leads to. Null: nothing changed. */
export type Prepared = { readonly op: ObjectOp; readonly next: object } | null

/** Prepares `edit`: runs the recipe on a draft. */
export function prepareRecipe<T extends object>(
  store: StoreState<T>,
  recipe: (draft: Draft<T>) => unknown,
  base: object = store.state,
): Prepared {
  checkFunction('recipe', recipe)
  return prepareDraft(store, base, scope => runRecipe(scope, recipe))
}

/** Prepares `patch`: compares the given fields with the state. */
export function prepareFields<T extends object>(
  store: StoreState<T>,
  partial: unknown,
  base: object = store.state,
): Prepared {
  const { leaves, keys = BY_ID, atomic } = store.rules
  const rules = { leaves, keys, atomic, ordered: true }
  return prepareOp(base, createPatchOp(base, partial, store.ingestRules, rules))
}

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

function prepareDraft<T extends object>(
  store: StoreState<T>,
  base: object,
  run: (scope: StoreScope) => void,
): Prepared {
  const { op, value } = store.runDraft(run, base)
  return op && { op: op as ObjectOp, next: value }
}

function prepareOp(base: object, op: ObjectOp | null): Prepared {
  return op === null || op.keys.size === 0 ? null : { op, next: apply(base, op) as object }
}
