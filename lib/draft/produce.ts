import { applyPatches as applyToDraft } from '../changes/apply-patches.ts'
import type { Patch } from '../changes/immer-patches.ts'
import { isDraftable } from '../document/containers.ts'
import { describeValue } from '../document/describe.ts'
import { CowslipError, badArgument } from '../document/errors.ts'
import { ingest } from '../document/ingest.ts'
import { onlyDates } from '../document/leaf-kinds.ts'
import { stateOf } from './child.ts'
import { current as show } from './current.ts'
import { freezeBelow, freezeContents } from './deep-freeze.ts'
import { DraftScope, type Rules } from './draft.ts'
import { refusePromise } from './refuse-promise.ts'
import { assertLive, type State } from './state.ts'

/** Immer's token: a recipe that returns it makes the next state `undefined`. */
export const nothing: unique symbol = Symbol.for('immer-nothing') as never

const RULES: Rules = { leaves: onlyDates, inMemory: true, lenient: true }

/** Called with a draft and what a curried producer was called with. */
export type Recipe = (this: unknown, ...args: never[]) => unknown

const NONE: readonly unknown[] = []

/** Begins an edit; one that logs what changes is handed in by whoever asks for patches. */
export type Begin = (base: object, rules: Rules) => DraftScope

const begin: Begin = (base, rules) => new DraftScope(base, rules)

/** What a recipe made of a base, and its edit, if that made it. */
export interface Produced {
  readonly next: unknown
  readonly scope: DraftScope | null
}

/** Runs `recipe` on a draft of `base`, or on `base` itself where that is no object. */
export function run(
  base: unknown,
  recipe: Recipe,
  from: Begin = begin,
  self?: unknown,
  rest: readonly unknown[] = NONE,
): Produced {
  const draft = stateOf(base)
  if (draft !== undefined) return runOnDraft(draft, recipe, from, self, rest)
  if (!isDraftable(base)) {
    if (typeof base === 'object' && base !== null) {
      throw badArgument('base', 'a plain object, array, Map, Set or marked instance', base)
    }
    const returned = Reflect.apply(recipe, self, [base, ...rest])
    return replaced(base, returned === undefined ? base : returned)
  }
  const scope = from(base, RULES)
  try {
    const { proxy } = scope.root
    const returned =
      rest.length === 0
        ? recipe.call(self, proxy as never)
        : Reflect.apply(recipe, self, [proxy, ...rest])
    if (returned === undefined || returned === proxy) return finished(scope, base)
    return replacement(scope, base, returned)
  } finally {
    scope.end()
  }
}

/** A draft within another recipe: its own stays as it is; what is made of it is a value to assign. */
function runOnDraft(
  draft: State,
  recipe: Recipe,
  from: Begin,
  self: unknown,
  rest: readonly unknown[],
): Produced {
  const base = snapshotOf(draft)
  const made = run(base, recipe, from, self, rest)
  return made.next === base ? { next: draft.proxy, scope: null } : made
}

/** The value of a draft as it is now, frozen. What was not read of it is shared. */
function snapshotOf(state: State): object {
  assertLive(state)
  if (!state.modified) return state.base
  return ingest(show(state), state.scope, () => []) as object
}

function finished(scope: DraftScope, base: object): Produced {
  const next = scope.settle()
  freezeMade(scope, base)
  return { next, scope }
}

function freezeMade(scope: DraftScope, base: object): void {
  // Whether every field of a wide base is frozen takes longer to ask than to edit it.
  if (!Object.isExtensible(base)) return
  // Below what was not frozen, every node that was made may hold some of it.
  for (let at: State | null = scope.newest; at !== null; at = at.older) {
    const { value } = at
    if (value !== null) freezeContents(value)
  }
}

function replacement(scope: DraftScope, base: object, returned: unknown): Produced {
  if (stateOf(returned) === undefined) refusePromise(returned, 'use `createDraft`.')
  // A date that was only read marks the root as well: what counts is what changed.
  if (scope.root.modified && scope.settle() !== base) {
    throw new CowslipError(
      'returned-value',
      `Expected a recipe that edits its draft or returns a new value. Received both. Do one.`,
      { received: describeValue(returned) },
    )
  }
  const next = ingest(returned, scope, () => [])
  freezeMade(scope, base)
  return replaced(base, next)
}

function replaced(base: unknown, returned: unknown): Produced {
  const next = returned === nothing ? undefined : returned
  if (next !== base) freezeBelow(next)
  return { next, scope: null }
}

const open = new WeakMap<State, DraftScope>()

/** A draft that lives until `finishDraft`. Throws `bad-argument` for what is not draftable. */
export function createDraft(base: unknown, from: Begin = begin): object {
  const value = stateOf(base) === undefined ? base : snapshotOf(stateOf(base) as State)
  if (!isDraftable(value)) throw badArgument('base', 'what drafts can edit', base)
  const scope = from(value, RULES)
  open.set(scope.root, scope)
  return scope.root.proxy
}

/** Ends a draft of `createDraft`. */
export function finishDraft(draft: unknown): Produced & { base: object } {
  const state = stateOf(draft)
  const scope = state && open.get(state)
  if (state === undefined || scope === undefined) {
    throw badArgument('draft', 'a draft that createDraft made', draft)
  }
  assertLive(state)
  try {
    return { ...finished(scope, state.base), base: state.base }
  } finally {
    scope.end()
  }
}

/** A plain copy of what a draft shows now; its base where nothing changed. */
export function current(draft: unknown): unknown {
  const state = expectDraft(draft)
  assertLive(state)
  return state.modified ? show(state) : state.base
}

/** What a draft stands for; of a value that the recipe inserted, that value. */
export function original(draft: unknown): object {
  const state = expectDraft(draft)
  return state.source ?? state.base
}

function expectDraft(draft: unknown): State {
  const state = stateOf(draft)
  if (state === undefined) throw badArgument('draft', 'a draft', draft)
  return state
}

/** Whether `value` is a draft. */
export const isDraft = (value: unknown): boolean => stateOf(value) !== undefined

/** Applies patches to a base, or to a draft, which is edited and returned. */
export function patched(base: unknown, patches: readonly Patch[]): unknown {
  const whole = patches.findLastIndex(patch => patch?.path?.length === 0)
  const start = whole < 0 ? base : patches[whole]?.value
  const rest = patches.slice(whole + 1)
  const draft = whole < 0 ? stateOf(base) : undefined
  if (draft !== undefined) {
    applyToDraft(draft.proxy, rest, onlyDates)
    return draft.proxy
  }
  if (rest.length > 0) return run(start, target => applyToDraft(target, rest, onlyDates)).next
  freezeBelow(start)
  return start
}
