// The functions of `cowslip/produce`, each made for its own settings, so that a bundler takes what is used.
import type * as immer from 'immer'
import type { PatchListener } from 'immer'
import type { Patch } from '../../changes/encodings/immer-patches.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { patchesOf } from './patch-collector.ts'
import type { Settings } from './produce-scope.ts'
import * as engine from './produce.ts'

/** Makes patches of a result. A parameter, so that bundles without patches leave the code out. */
type PatchMaker = typeof patchesOf

let patchMaker: PatchMaker | null = null

/** Enables patch listeners; `tell` makes the patches. */
export function setPatchMaker(tell: PatchMaker): void {
  patchMaker = tell
}

/**
 * Calls `listener`, if there is one, with the patches from `base` to the result. Throws `bad-argument` before
 * `setTeller`.
 */
function notifyListener(
  listener: PatchListener | undefined,
  base: unknown,
  made: engine.Produced,
): void {
  if (listener === undefined) return
  if (typeof listener !== 'function')
    throw badArgumentError('patchListener', 'a function', listener)
  if (patchMaker === null) {
    const remedy = 'Call `enablePatches()` first.'
    throw badArgumentError('patchListener', 'none before `enablePatches()`', listener, remedy)
  }
  const { patches, inverse } = patchMaker(base, made)
  listener(patches as never, inverse as never)
}

function checkRecipe(recipe: unknown): asserts recipe is engine.Recipe {
  if (typeof recipe !== 'function') throw badArgumentError('recipe', 'a function', recipe)
}

/** `produce` with these settings. */
export const createProduce = (settings: Settings): typeof immer.produce =>
  ((base: unknown, recipe: unknown, listener: PatchListener | undefined) => {
    if (typeof base === 'function' && typeof recipe !== 'function') {
      const initial = recipe
      return function (this: unknown, from: unknown = initial, ...rest: unknown[]): unknown {
        return engine.runProducer(settings, from, base as engine.Recipe, this, rest).next
      }
    }
    checkRecipe(recipe)
    const made = engine.runProducer(settings, base, recipe)
    notifyListener(listener, base, made)
    return made.next
  }) as never

/** `produceWithPatches` with these settings; `tell` gives the patches. */
export const createProduceWithPatches = (
  settings: Settings,
  tell: PatchMaker,
): typeof immer.produceWithPatches => {
  const told = (base: unknown, made: engine.Produced): unknown => {
    const { patches, inverse } = tell(base, made)
    return [made.next, patches, inverse]
  }
  return ((base: unknown, recipe: unknown) => {
    if (typeof base === 'function') {
      return function (this: unknown, from: unknown, ...rest: unknown[]): unknown {
        return told(from, engine.runProducer(settings, from, base as engine.Recipe, this, rest))
      }
    }
    checkRecipe(recipe)
    return told(base, engine.runProducer(settings, base, recipe))
  }) as never
}

/** `finishDraft`. */
export function finishDraft(draft: unknown, listener: PatchListener | undefined): unknown {
  const made = engine.finishDraft(draft)
  notifyListener(listener, made.base, made)
  return made.next
}

/** `applyPatches` with these settings. */
export function applyPatches(settings: Settings, base: unknown, patches: unknown): unknown {
  if (!Array.isArray(patches)) throw badArgumentError('patches', 'a list of patches', patches)
  return engine.applyPatchesTo(settings, base, patches as readonly Patch[])
}
