// A drop-in for Immer's `produce`: its names, types and symbols, on Cowslip's engine.
import type {
  Draft,
  Immutable,
  Patch as ImmerPatch,
  PatchListener,
  Producer,
  WritableDraft,
  produce as immerProduce,
  produceWithPatches as immerProduceWithPatches,
} from 'immer'
import type { Patch } from './changes/immer-patches.ts'
import { freezeNode, isDraftable as canDraft } from './document/containers.ts'
import { badArgument } from './document/errors.ts'
import { freezeBelow } from './draft/deep-freeze.ts'
import { beginLogged, patchesOf } from './draft/patches.ts'
import * as engine from './draft/produce.ts'

export { immerable } from './document/containers.ts'
export { isDraft, nothing } from './draft/produce.ts'
export type { Draft, Immutable, PatchListener, Producer, WritableDraft }
export type { ImmerPatch as Patch }

type Listener = PatchListener | undefined

function checkRecipe(recipe: unknown): asserts recipe is engine.Recipe {
  if (typeof recipe !== 'function') throw badArgument('recipe', 'a function', recipe)
}

/** What listeners need; in bundles only where `enablePatches` is. */
let logging: { readonly begin: engine.Begin; readonly patchesOf: typeof patchesOf } | undefined

function tell(listener: Listener, base: unknown, made: engine.Produced): void {
  if (listener === undefined) return
  if (typeof listener !== 'function') throw badArgument('patchListener', 'a function', listener)
  if (logging === undefined) {
    throw badArgument('patchListener', 'none before `enablePatches()`', listener)
  }
  const { patches, inverse } = logging.patchesOf(base, made)
  listener(patches as ImmerPatch[], inverse as ImmerPatch[])
}

/** A producer without its base: a function of the base and of what the recipe wants besides. */
const curry = (
  recipe: unknown,
  initial: unknown,
  give: (base: unknown, made: engine.Produced) => unknown,
  begin?: engine.Begin,
) =>
  function (this: unknown, base: unknown = initial, ...rest: unknown[]): unknown {
    return give(base, engine.run(base, recipe as engine.Recipe, begin, this, rest))
  }

/**
 * The next state that `recipe` makes of a draft of `base`: frozen, sharing what was not touched, and
 * `base` itself if nothing changed. As Immer's: a recipe may return a whole new state instead, or
 * `nothing`; `produce(recipe, initial?)` gives a function of the base. Throws `async-recipe`,
 * `returned-value` (edited and returned), `cycle`, and `unsupported-value` for a draft in hiding.
 * O(changed), plus the width of each changed container; a base that is not frozen is frozen once.
 *
 * @example
 * import { produce } from 'cowslip/produce'
 * const base = { todos: [{ done: false }], user: { name: 'Ada' } }
 * const next = produce(base, draft => { draft.todos[0]!.done = true })
 * next // { todos: [{ done: true }], user: { name: 'Ada' } }
 * next.user === base.user // true
 */
export const produce: typeof immerProduce = ((
  base: unknown,
  recipe: unknown,
  listener: Listener,
) => {
  if (typeof base === 'function' && typeof recipe !== 'function') {
    return curry(base, recipe, (_, made) => made.next)
  }
  checkRecipe(recipe)
  const made = engine.run(base, recipe, listener && logging?.begin)
  tell(listener, base, made)
  return made.next
}) as never

/** As `produce`, with the patches and the inverse patches: `[next, patches, inverse]`. */
export const produceWithPatches: typeof immerProduceWithPatches = ((
  base: unknown,
  recipe: unknown,
) => {
  if (typeof base === 'function') return curry(base, undefined, withPatches, beginLogged)
  checkRecipe(recipe)
  return withPatches(base, engine.run(base, recipe, beginLogged))
}) as never

function withPatches(base: unknown, made: engine.Produced): unknown {
  const { patches, inverse } = patchesOf(base, made)
  return [made.next, patches, inverse]
}

/** Applies patches to a base; of a draft, edits and returns it. Throws a `ConflictError` where one finds nothing. */
export function applyPatches<T>(base: T, patches: readonly ImmerPatch[]): T {
  if (!Array.isArray(patches)) throw badArgument('patches', 'a list of patches', patches)
  return engine.patched(base, patches as readonly Patch[]) as T
}

/** A draft of `base` to edit as long as you like; `finishDraft` makes the next state of it. */
export function createDraft<T extends object>(base: T): Draft<T> {
  return engine.createDraft(base, logging?.begin) as Draft<T>
}

/** Ends a draft that `createDraft` made, and gives the next state. */
export function finishDraft<D extends object>(
  draft: D,
  listener?: PatchListener,
): D extends Draft<infer T> ? T : never {
  const made = engine.finishDraft(draft)
  tell(listener, made.base, made)
  return made.next as never
}

/** A plain copy of what a draft shows now, to log or to keep. O(size of what changed). */
export function current<T>(draft: T): T {
  return engine.current(draft) as T
}

/** What a draft stands for, as it was. */
export function original<T>(draft: T): T | undefined {
  return engine.original(draft) as T
}

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set, or an instance marked `immerable`. */
export function isDraftable(value: unknown): boolean {
  return canDraft(value)
}

/** Freezes `value`, with `deep` all that drafts would edit below it too. */
export function freeze<T>(value: T, deep = false): T {
  if (deep) freezeBelow(value)
  else if (canDraft(value) && !engine.isDraft(value)) freezeNode(value)
  return value
}

/** Accepted, and without effect: what `produce` makes is always frozen. */
export function setAutoFreeze(_freeze: boolean): void {}

/** Lets `produce` and `finishDraft` tell their patches to a listener. `produceWithPatches` needs no leave. */
export function enablePatches(): void {
  logging = { begin: beginLogged, patchesOf }
}

/** Accepted, for programs written for Immer: Maps and Sets are always edited. */
export function enableMapSet(): void {}

/** Types `value` as a draft. */
export const castDraft = <T>(value: T): Draft<T> => value as Draft<T>

/** Types `value` as immutable. */
export const castImmutable = <T>(value: T): Immutable<T> => value as Immutable<T>
