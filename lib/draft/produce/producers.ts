// The functions of `cowslip/produce` for one set of settings: lib/produce.ts has one set, each `Immer`
// instance another. Patches come in by a parameter, so that a bundle without patches leaves their code out.
import type * as immer from 'immer'
import type { PatchListener } from 'immer'
import type { Patch } from '../../changes/encodings/immer-patches.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { patchesOf } from './patch-collector.ts'
import type { Settings } from './produce-scope.ts'
import * as engine from './produce.ts'

/** Makes the patches of a result. */
type PatchMaker = typeof patchesOf

let patchMaker: PatchMaker | null = null

/** Enables patch listeners; `tell` makes their patches. */
export function setPatchMaker(tell: PatchMaker): void {
  patchMaker = tell
}

/**
 * Calls `listener`, if there is one, with the patches from `base` to the result. Throws `bad-argument`
 * before `setPatchMaker` was called.
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

/** Creates `produce` with these settings. */
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

/** Creates `produceWithPatches` with these settings; `tell` makes the patches. */
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

/** Ends a draft of `createDraft`, calls the listener and returns the next state. */
export function finishDraft(draft: unknown, listener: PatchListener | undefined): unknown {
  const made = engine.finishDraft(draft)
  notifyListener(listener, made.base, made)
  return made.next
}

/** Applies patches with these settings. Throws `bad-argument` for anything but a list. */
export function applyPatches(settings: Settings, base: unknown, patches: unknown): unknown {
  if (!Array.isArray(patches)) throw badArgumentError('patches', 'a list of patches', patches)
  return engine.applyPatchesTo(settings, base, patches as readonly Patch[])
}
