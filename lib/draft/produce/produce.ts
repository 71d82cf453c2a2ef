// The engine of `cowslip/produce`: runs a recipe, finishes the edit, replaces the base by a returned value.
// `producers.ts` wraps these functions for one set of settings, and lib/produce.ts exports them.
import type { Patch } from '../../changes/encodings/immer-patches.ts'
import { isDraftable } from '../../document/containers.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { applyTolerantly } from './apply-patches.ts'
import { stateOf } from '../child.ts'
import { copyCurrent as show } from '../current.ts'
import { deepFreeze } from './deep-freeze.ts'
import { explainOverflow } from '../draft-scope.ts'
import { produceKinds, ProduceScope, type Settings } from './produce-scope.ts'
import { refusePromise } from '../refuse-promise.ts'
import { assertLive, type State } from '../state.ts'

/** The token of Immer that a recipe returns to make the next state `undefined`. */
export const nothing: unique symbol = Symbol.for('immer-nothing') as never

/** A recipe: called with a draft and the further arguments of a curried producer. */
export type Recipe = (this: unknown, ...args: never[]) => unknown

const NONE: readonly unknown[] = []
const DRAFTABLE = 'a plain object, array, Map, Set or marked instance'

/** The result of a recipe, and its edit, if the result was made by one. */
export interface Produced {
  readonly next: unknown
  readonly scope: ProduceScope | null
}

/** Runs `recipe` on a draft of `base`, or on `base` itself if that is no object. */
export function runProducer(
  settings: Settings,
  base: unknown,
  recipe: Recipe,
  self?: unknown,
  rest: readonly unknown[] = NONE,
): Produced {
  if (!isDraftable(base)) {
    if (typeof base === 'object' && base !== null) {
      throw badArgumentError('base', DRAFTABLE, base)
    }
    const returned = Reflect.apply(recipe, self, [base, ...rest])
    return replaceBase(returned === undefined ? base : returned, settings.autoFreeze)
  }
  const draft = stateOf(base)
  if (draft !== undefined) assertLive(draft)
  const scope = new ProduceScope(base, settings)
  try {
    scope.enter()
    const { proxy } = scope.root
    const returned =
      rest.length === 0
        ? recipe.call(self, proxy as never)
        : Reflect.apply(recipe, self, [proxy, ...rest])
    scope.leave()
    if (returned === undefined || returned === proxy) return finishEdited(scope, base)
    return finishReturned(scope, base, returned)
  } finally {
    scope.end()
  }
}

function finishEdited(scope: ProduceScope, base: object): Produced {
  const next = scope.finishRoot()
  // Asking whether every field of a wide base is frozen takes longer than editing it.
  if (next === base && scope.freezes && Object.isExtensible(base)) deepFreeze(base)
  return { next, scope }
}

function finishReturned(scope: ProduceScope, base: object, returned: unknown): Produced {
  if (stateOf(returned) === undefined) refusePromise(returned, 'use `createDraft`.')
  if (scope.isModified() && scope.finishRoot() !== base) {
    throw new CowslipError(
      'returned-value',
      `Expected a recipe that edits its draft or returns a new value. Received both. Do one of the two.`,
      { received: describeValue(returned) },
    )
  }
  const isObject = typeof returned === 'object' && returned !== null
  return replaceBase(isObject ? scope.finishReturned(returned) : returned, scope.freezes)
}

function replaceBase(returned: unknown, freezes: boolean): Produced {
  const next = returned === nothing ? undefined : returned
  if (freezes) deepFreeze(next)
  return { next, scope: null }
}

const openDrafts = new WeakMap<State, ProduceScope>()

/**
 * Creates a draft that lives until `finishDraft`. Throws `bad-argument` for a base that drafts cannot edit.
 */
export function createDraft(settings: Settings, base: unknown): object {
  const value = stateOf(base) === undefined ? base : current(base)
  if (!isDraftable(value)) throw badArgumentError('base', DRAFTABLE, base)
  const scope = new ProduceScope(value, settings)
  openDrafts.set(scope.root, scope)
  return scope.root.proxy
}

/** Ends a draft of `createDraft` and returns the result. */
export function finishDraft(draft: unknown): Produced & { base: object } {
  const state = stateOf(draft)
  const scope = state && openDrafts.get(state)
  if (state === undefined || scope === undefined) {
    throw badArgumentError('draft', 'a draft that createDraft made', draft)
  }
  assertLive(state)
  try {
    return { ...finishEdited(scope, state.base), base: state.base }
  } finally {
    scope.end()
  }
}

/** Returns a plain copy of what a draft shows now. */
export function current(draft: unknown): unknown {
  if (isShown(draft)) return draft
  const state = expectDraft(draft)
  assertLive(state)
  state.scope.isModified()
  return explainOverflow(() => show(state))
}

/** Returns the base that a draft stands for. */
export function original(draft: unknown): object {
  if (isShown(draft)) return draft as object
  return expectDraft(draft).base
}

function expectDraft(draft: unknown): State {
  const state = stateOf(draft)
  if (state === undefined) throw badArgumentError('draft', 'a draft', draft)
  return state
}

/** Whether `value` is a plain element that a callback of an array's method takes for a draft. */
const isShown = (value: unknown): boolean => produceKinds.arrays.isShown?.(value) === true

/** Whether `value` is a draft. */
export const isDraft = (value: unknown): boolean => stateOf(value) !== undefined || isShown(value)

/** Whether `value` is a draft at or below which something was written. */
export function isModified(value: unknown): boolean {
  const state = stateOf(value)
  return state !== undefined && state.scope.isModified(state)
}

/** Applies patches to a base, or to a draft, which is then edited and returned. */
export function applyPatchesTo(
  settings: Settings,
  base: unknown,
  patches: readonly Patch[],
): unknown {
  const whole = patches.findLastIndex(patch => patch?.op === 'replace' && patch.path?.length === 0)
  const start = whole < 0 ? base : patches[whole]?.value
  const rest = whole < 0 ? patches : patches.slice(whole + 1)
  const edit = (target: unknown): void => applyTolerantly(target, rest)
  if (!isDraft(start)) return runProducer(settings, start, edit).next
  // Try on a draft of the draft first: if a patch fails there, this draft stays as it was.
  runProducer(settings, start, edit)
  edit(start)
  return start
}
