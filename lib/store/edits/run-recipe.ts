// Runs the recipe of a store's edit.
import { isPlainObject } from '../../document/containers.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { CowslipError } from '../../document/messages/errors.ts'
import { stateOf } from '../../draft/child.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import { refusePromise } from '../../draft/refuse-promise.ts'

/**
 * Runs `recipe` on the draft of `scope`. Throws for results that show a misunderstanding: `async-recipe`
 * for a promise, `returned-value` for a new container where nothing was edited.
 */
export function runRecipe(scope: StoreScope, recipe: (draft: never) => unknown): void {
  const result = recipe(scope.root.proxy as never)
  if (typeof result !== 'object' || result === null || stateOf(result) !== undefined) return
  refusePromise(result, 'hold an edit open with `store.begin()`.')
  if (scope.isModified() || !(Array.isArray(result) || isPlainObject(result))) return
  const received = describeValue(result)
  throw new CowslipError(
    'returned-value',
    `Expected a recipe that edits its draft. Received ${received} that it returned instead. Assign ` +
      'to the draft, or use `store.patch(...)` to set fields.',
    { received },
  )
}
