// The functions of `cowslip/produce`, each made for its own settings, so that a bundler takes what is used.
import type * as immer from 'immer'
import type { PatchListener } from 'immer'
import type { Patch } from '../../changes/encodings/immer-patches.ts'
import { badArgument } from '../../document/messages/errors.ts'
import type { patchesOf } from './patches.ts'
import type { Settings } from './produce-scope.ts'
import * as engine from './produce.ts'

/** Makes patches of a result. A parameter, so that bundles without patches leave the code out. */
type Teller = typeof patchesOf

let teller: Teller | null = null

/** Enables patch listeners; `tell` makes the patches. */
export function setTeller(tell: Teller): void {
  teller = tell
}

/**
 * Calls `listener`, if there is one, with the patches from `base` to the result. Throws `bad-argument` before
 * `setTeller`.
 */
function tellPatches(
  listener: PatchListener | undefined,
  base: unknown,
  made: engine.Produced,
): void {
  if (listener === undefined) return
  if (typeof listener !== 'function') throw badArgument('patchListener', 'a function', listener)
  if (teller === null) {
    throw badArgument('patchListener', 'none before `enablePatches()`', listener)
  }
  const { patches, inverse } = teller(base, made)
  listener(patches as never, inverse as never)
}

function checkRecipe(recipe: unknown): asserts recipe is engine.Recipe {
  if (typeof recipe !== 'function') throw badArgument('recipe', 'a function', recipe)
}

/** `produce` with these settings. */
export const producer = (settings: Settings): typeof immer.produce =>
  ((base: unknown, recipe: unknown, listener: PatchListener | undefined) => {
    if (typeof base === 'function' && typeof recipe !== 'function') {
      const initial = recipe
      return function (this: unknown, from: unknown = initial, ...rest: unknown[]): unknown {
        return engine.run(settings, from, base as engine.Recipe, this, rest).next
      }
    }
    checkRecipe(recipe)
    const made = engine.run(settings, base, recipe)
    tellPatches(listener, base, made)
    return made.next
  }) as never

/** `produceWithPatches` with these settings; `tell` gives the patches. */
export const producerWithPatches = (
  settings: Settings,
  tell: Teller,
): typeof immer.produceWithPatches => {
  const told = (base: unknown, made: engine.Produced): unknown => {
    const { patches, inverse } = tell(base, made)
    return [made.next, patches, inverse]
  }
  return ((base: unknown, recipe: unknown) => {
    if (typeof base === 'function') {
      return function (this: unknown, from: unknown, ...rest: unknown[]): unknown {
        return told(from, engine.run(settings, from, base as engine.Recipe, this, rest))
      }
    }
    checkRecipe(recipe)
    return told(base, engine.run(settings, base, recipe))
  }) as never
}

/** `finishDraft`. */
export function finishDraft(draft: unknown, listener: PatchListener | undefined): unknown {
  const made = engine.finishDraft(draft)
  tellPatches(listener, made.base, made)
  return made.next
}

/** `applyPatches` with these settings. */
export function applyPatches(settings: Settings, base: unknown, patches: unknown): unknown {
  if (!Array.isArray(patches)) throw badArgument('patches', 'a list of patches', patches)
  return engine.patched(settings, base, patches as readonly Patch[])
}
