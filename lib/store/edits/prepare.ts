// Prepares edits: from a recipe or fields to an op and the next snapshot. Stores in
// memory and documents call the same functions; they differ in what they do with the result. A document prepares an
// edit on its head (`base`), which is ahead of its state while earlier edits wait for their commit.
import { apply } from '../../changes/apply.ts'
import { BY_ID } from '../../changes/diff/identity.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { Draft } from '../../document/types.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import type { LightState } from '../light-state.ts'
import { checkFunction } from '../../document/messages/check-options.ts'
import { createPatchOp } from './create-patch-op.ts'
import { runRecipe } from './run-recipe.ts'

/** An op and the snapshot that it leads to. Null: nothing changed. */
export type Prepared = { readonly op: ObjectOp; readonly next: object } | null

/** Prepares `edit`: runs the recipe on a draft. */
export function prepareRecipe<T extends object>(
  store: LightState<T>,
  recipe: (draft: Draft<T>) => unknown,
  base: object = store.state,
): Prepared {
  checkFunction('recipe', recipe)
  return prepareDraft(store, base, scope => runRecipe(scope, recipe))
}

/** Prepares `patch`: compares the given fields with the state. */
export function prepareFields<T extends object>(
  store: LightState<T>,
  partial: unknown,
  base: object = store.state,
): Prepared {
  const { leaves, keys = BY_ID, atomic } = store.rules
  const rules = { leaves, keys, atomic, ordered: true }
  return prepareOp(base, createPatchOp(base, partial, store.ingestRules, rules))
}

/** Runs an edit on a draft of `base`. */
export function prepareDraft<T extends object>(
  store: LightState<T>,
  base: object,
  run: (scope: StoreScope) => void,
): Prepared {
  const { op, value } = store.runDraft(run, base)
  return op && { op: op as ObjectOp, next: value }
}

/** Applies an op to `base`. */
export function prepareOp(base: object, op: ObjectOp | null): Prepared {
  return op === null || op.keys.size === 0 ? null : { op, next: apply(base, op) as object }
}
