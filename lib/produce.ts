// `cowslip/produce`: a drop-in for Immer, with its names, types and symbols, on Cowslip's engine.
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
import { fastArrays } from './draft/arrays/array-kinds.ts'
import { collectionKinds } from './draft/collections/collection-kinds.ts'
import { produceKinds, type Settings } from './draft/produce/produce-scope.ts'
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

/** A token that a recipe returns to make the next state `undefined`. */
export const nothing: typeof immer.nothing = engine.nothing as never

/**
 * Returns the next state that `recipe` makes of a draft of `base`: frozen, sharing untouched parts, and
 * `base` itself if nothing changed. The rules are Immer's: an inserted object stays the same object and is
 * frozen at the end; a recipe may return a whole new state instead, or `nothing`; `produce(recipe,
 * initial?)` returns a function of the base. Throws `async-recipe`, `returned-value` (edited and returned),
 * and `unsupported-value` for a draft hidden where none can be replaced. O(changed), plus the width of each
 * changed container; a base that is not frozen is frozen below its root once.
 *
 * @example
 * import { produce } from 'cowslip/produce'
 * const base = { todos: [{ done: false }], user: { name: 'Ada' } }
 * const next = produce(base, draft => { draft.todos[0]!.done = true })
 * next // { todos: [{ done: true }], user: { name: 'Ada' } }
 * next.user === base.user // true
 */
export const produce: typeof immer.produce = /* @__PURE__ */ createProduce(settings)

/** Returns `[next, patches, inverse]`: the result of `produce`, its patches and its inverse patches. */
export const produceWithPatches: typeof immer.produceWithPatches =
  /* @__PURE__ */ createProduceWithPatches(settings, patchesOf)

/**
 * Applies patches to a base and returns the next state; a draft is edited and returned. As tolerant as
 * Immer's. Throws a `ConflictError` for a path that leads nowhere; then a draft is as it was.
 */
export function applyPatches<T extends Objectish>(base: T, patches: readonly Patch[]): T {
  return applyTo(settings, base, patches) as T
}

/** Creates a draft of `base` to edit as long as you like; `finishDraft` makes the next state of it. */
export function createDraft<T extends Objectish>(base: T): Draft<T> {
  return engine.createDraft(settings, base) as Draft<T>
}

/** Ends a draft that `createDraft` made, and returns the next state. */
export function finishDraft<D extends Draft<any>>(
  draft: D,
  listener?: PatchListener,
): D extends Draft<infer T> ? T : never {
  return finish(draft, listener) as never
}

/**
 * Returns a plain copy of what a draft shows now, to log or to keep: it holds no draft, and shares with the
 * draft only what is frozen. O(size of what is not frozen).
 */
export function current<T>(draft: Draft<T>): T {
  return engine.current(draft) as T
}

/** Returns the base that a draft stands for. */
export function original<T>(draft: Draft<T>): T {
  return engine.original(draft) as T
}

/** Whether drafts edit `value`: a plain object, an array, a Map, a Set, or an instance marked `immerable`. */
export function isDraftable(value: unknown): boolean {
  return canDraft(value)
}

/**
 * Freezes `value`; with `deep` also everything below it that drafts would edit. Frozen values stay as they
 * are.
 */
export function freeze<T>(value: T, deep = false): T {
  if (deep) deepFreeze(value)
  else if (canDraft(value) && !engine.isDraft(value) && !isFrozenNode(value)) freezeNode(value)
  return value
}

/** Sets whether the results of these functions are frozen; they are by default. */
export function setAutoFreeze(freezes: boolean): void {
  settings.autoFreeze = freezes
}

/** Sets whether copies of objects keep properties that are not enumerable; see {@link Immer}. */
export function setUseStrictShallowCopy(strict: StrictMode): void {
  settings.useStrictShallowCopy = strict
}

/** Does nothing; exists for programs written for Immer. All properties are always visited. */
export function setUseStrictIteration(_strict: boolean): void {}

/** Lets `produce` and `finishDraft` call patch listeners. `produceWithPatches` works without it. */
export function enablePatches(): void {
  setPatchMaker(patchesOf)
}

/** Lets drafts edit Maps and Sets; before, the draft of one throws `unsupported-value`. */
export function enableMapSet(): void {
  produceKinds.collections = collectionKinds
}

/**
 * Makes the methods of array drafts fast: those that move elements log one move, and those that search make
 * no draft of each element. Without it they do the same by reading and writing each element.
 */
export function enableArrayMethods(): void {
  produceKinds.arrays = fastArrays
}

/** Types `value` as a draft, of `produce` and of a store. Returns it unchanged. */
export const castDraft = <T>(value: T): Draft<T> & StoreDraft<T> =>
  value as Draft<T> & StoreDraft<T>

/** Types `value` as immutable. Returns it unchanged. */
export const castImmutable = <T>(value: T): Immutable<T> => value as Immutable<T>
