// A drop-in for Immer's `produce`: its names, types and symbols, on Cowslip's engine.
import type { Draft as StoreDraft } from './document/types.ts'
import type * as immer from 'immer'
import type { Draft, Immutable, Objectish, Patch, PatchListener, StrictMode } from 'immer'
import {
  freezeNode,
  immerable as mark,
  isDraftable as canDraft,
  isFrozenNode,
} from './document/containers.ts'
import { deepFreeze } from './draft/produce/deep-freeze.ts'
import { patchesOf } from './draft/produce/patch-collector.ts'
import type { Settings } from './draft/produce/produce-scope.ts'
import * as engine from './draft/produce/produce.ts'
import {
  applyPatches as applyTo,
  finishDraft as finish,
  createProduce,
  createProduceWithPatches,
  setPatchMaker,
} from './draft/produce/producers.ts'

export { Immer } from './draft/produce/immer-class.ts'
export { isDraft, isModified } from './draft/produce/produce.ts'
export type { Draft, Immutable, Objectish, Patch, PatchListener, Producer } from 'immer'
export type { StrictMode, WritableDraft, WritableNonArrayDraft } from 'immer'

const settings: Settings = { autoFreeze: true, useStrictShallowCopy: false }

/** Marks classes whose instances are edited like plain objects: `static [immerable] = true`, or a field. */
export const immerable: typeof immer.immerable = mark as never

/** A recipe that returns it makes the next state `undefined`. */
export const nothing: typeof immer.nothing = engine.nothing as never

/**
 * The next state that `recipe` makes of a draft of `base`: frozen, sharing what was not touched, and
 * `base` itself if nothing changed. As Immer's: what the recipe puts in stays the object it is and is frozen
 * at the end; a recipe may return a whole new state instead, or `nothing`; `produce(recipe, initial?)` gives a
 * function of the base. Throws `async-recipe`, `returned-value` (edited and returned), and
 * `unsupported-value` for a draft in hiding. O(changed), plus the width of each changed container; a base
 * that is not frozen is frozen below its root once.
 *
 * @example
 * import { produce } from 'cowslip/produce'
 * const base = { todos: [{ done: false }], user: { name: 'Ada' } }
 * const next = produce(base, draft => { draft.todos[0]!.done = true })
 * next // { todos: [{ done: true }], user: { name: 'Ada' } }
 * next.user === base.user // true
 */
export const produce: typeof immer.produce = /* @__PURE__ */ createProduce(settings)

/** As `produce`, with the patches and the inverse patches: `[next, patches, inverse]`. */
export const produceWithPatches: typeof immer.produceWithPatches =
  /* @__PURE__ */ createProduceWithPatches(settings, patchesOf)

/**
 * Applies patches to a base; of a draft, edits and returns it. As tolerant as Immer's. Throws a
 * `ConflictError` for a path that leads nowhere: then a draft is as it was before.
 */
export function applyPatches<T extends Objectish>(base: T, patches: readonly Patch[]): T {
  return applyTo(settings, base, patches) as T
}

/** A draft of `base` to edit as long as you like; `finishDraft` makes the next state of it. */
export function createDraft<T extends Objectish>(base: T): Draft<T> {
  return engine.createDraft(settings, base) as Draft<T>
}

/** Ends a draft that `createDraft` made, and gives the next state. */
export function finishDraft<D extends Draft<any>>(
  draft: D,
  listener?: PatchListener,
): D extends Draft<infer T> ? T : never {
  return finish(draft, listener) as never
}

/**
 * A plain copy of what a draft shows now, to log or to keep: it holds no draft, and shares with it only what
 * is frozen. O(size of what is not frozen).
 */
export function current<T>(draft: Draft<T>): T {
  return engine.current(draft) as T
}

/** What a draft stands for, as it was. */
export function original<T>(draft: Draft<T>): T {
  return engine.original(draft) as T
}

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set, or an instance marked `immerable`. */
export function isDraftable(value: unknown): boolean {
  return canDraft(value)
}

/** Freezes `value`, with `deep` all that drafts would edit below it too. What is frozen stays as it is. */
export function freeze<T>(value: T, deep = false): T {
  if (deep) deepFreeze(value)
  else if (canDraft(value) && !engine.isDraft(value) && !isFrozenNode(value)) freezeNode(value)
  return value
}

/** Whether results of these functions are frozen: they are, unless this is called with false. */
export function setAutoFreeze(freezes: boolean): void {
  settings.autoFreeze = freezes
}

/** Whether copies of objects have what is not enumerable; see {@link Immer}. */
export function setUseStrictShallowCopy(strict: StrictMode): void {
  settings.useStrictShallowCopy = strict
}

/** Accepted, for programs written for Immer: all properties are always looked at. */
export function setUseStrictIteration(_strict: boolean): void {}

/** Lets `produce` and `finishDraft` tell their patches to a listener. `produceWithPatches` needs no leave. */
export function enablePatches(): void {
  setPatchMaker(patchesOf)
}

/** Accepted, for programs written for Immer: Maps and Sets are always edited. */
export function enableMapSet(): void {}

/** Accepted, for programs written for Immer: array methods are always fast. */
export function enableArrayMethods(): void {}

/** Types `value` as a draft, of `produce` and of a store. */
export const castDraft = <T>(value: T): Draft<T> & StoreDraft<T> =>
  value as Draft<T> & StoreDraft<T>

/** Types `value` as immutable. */
export const castImmutable = <T>(value: T): Immutable<T> => value as Immutable<T>
