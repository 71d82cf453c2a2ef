import { isImmerable } from '../document/containers.ts'
import { draftMark } from '../document/draft-mark.ts'
import type { Leaves, LeafKind } from '../document/leaves/leaf-kinds.ts'
import { unsupportedValueError, type CowslipError } from '../document/messages/errors.ts'
import {
  LeafState,
  State,
  assertLive,
  kindOfContainer,
  pathOf,
  setChild,
  noteTouched,
  type ContainerKind,
  type Key,
} from './state.ts'

/** The state behind a draft, or undefined. */
export function stateOf(value: unknown): State | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { [draftMark]?: State })[draftMark]
}

/** The state behind the `this` of a method that a draft of this kind has. */
export function stateOfThis(draft: unknown, kind: ContainerKind): State {
  const state = stateOf(draft)
  if (state?.kind !== kind) {
    throw new TypeError(
      `Expected a draft of the kind ${kind} as \`this\`. Received another value. Call the method on the draft.`,
    )
  }
  assertLive(state)
  return state
}

/** The kid that `value` is the draft of, if it stands for what the base holds at `key`. */
export function ownChild(state: State, key: Key, value: unknown): State | LeafState | null {
  if (typeof value !== 'object' || value === null) return null
  const given = stateOf(value)
  if (given !== undefined) {
    return given.parent === state && given.key === key && !given.adopted ? given : null
  }
  const leaf = state.scope.leafStates.get(value)
  return leaf?.parent === state && leaf.key === key && !leaf.inserted ? leaf : null
}

/** Refuses what would change more than values. */
export function metaChangeError(state: State, received: string): CowslipError {
  return unsupportedValueError(pathOf(state), received, 'Assign plain values.')
}

/** The traps that only refuse; `stateFrom` finds the state in a target. */
export function createRefusals<T extends object>(
  stateFrom: (target: T) => State,
): Pick<ProxyHandler<T>, 'setPrototypeOf' | 'preventExtensions'> {
  return {
    setPrototypeOf(target) {
      throw metaChangeError(stateFrom(target), 'a change of its prototype')
    },
    preventExtensions(target) {
      throw metaChangeError(stateFrom(target), 'a draft to freeze')
    },
  }
}

/** How a draft treats a value that is an object. */
export type Kind = ContainerKind | LeafKind | null

export function kindOf(value: object, leaves: Leaves): Kind {
  if (leaves.custom.length > 0) {
    const leaf = leaves.find(value)
    if (leaf !== null) return leaf
  }
  const kind = kindOfContainer(value)
  return kind !== 'class' || isImmerable(value) ? kind : leaves.find(value)
}

/** Reads an object that the recipe put in, by the rules of its scope: itself, or a draft put in its `place`. */
export function readInserted(
  state: State,
  key: Key,
  value: object,
  place: (value: object) => void,
): unknown {
  return state.scope.readInserted?.(state, key, value, place) ?? value
}

/** What is stored for a value that the recipe assigns at `key`, where the base holds `base`. */
export function prepareAssigned(state: State, key: Key, value: unknown, base: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
    return value
  return value === base ? value : (state.scope.assign?.(state, key, value) ?? value)
}

/** What a draft shows for `value`, which the base holds at `key`. */
export function readBase(state: State, key: Key, value: object): unknown {
  const child = state.children?.get(key)
  if (child !== undefined) return child instanceof State ? child.proxy : child.copy
  if (state.scope.holdsDrafts === true && state.scope.isDraft?.(value)) return value
  const kind = kindOf(value, state.scope.leaves)
  if (typeof kind === 'string') {
    const made = new State(state.scope, state, key, value, kind)
    setChild(state, made)
    if (typeof key === 'symbol') state.scope.readSymbolKey = true
    return made.proxy
  }
  if (kind?.copy === undefined) return value
  const made = new LeafState(kind, state, key, value, false)
  setChild(state, made)
  // If it changes, this was the first touch.
  noteTouched(state, key)
  for (let at = state; at.parent !== null && !at.modified && !at.adopted; at = at.parent)
    noteTouched(at.parent, at.key)
  return made.copy
}
