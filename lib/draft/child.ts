// The border between a draft and the values in it. The traps of objects, arrays, Maps and Sets call these
// functions to read a value of the base (`readBase` puts a draft over it at the first read), to read a
// value that the recipe inserted, and to find out whether an assigned value is a draft of this edit.
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

/** Returns the state behind a draft; undefined for anything else. */
export function stateOf(value: unknown): State | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { [draftMark]?: State })[draftMark]
}

/**
 * Returns the state behind the `this` of a method that drafts of this kind have. Throws a TypeError for
 * another `this`.
 */
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

/**
 * Returns the child that `value` is the draft of, if that child stands for the base's value at `key`; else
 * null.
 */
export function ownChild(state: State, key: Key, value: unknown): State | LeafState | null {
  if (typeof value !== 'object' || value === null) return null
  const given = stateOf(value)
  if (given !== undefined) {
    return given.parent === state && given.key === key && !given.adopted ? given : null
  }
  const leaf = state.scope.leafStates.get(value)
  return leaf?.parent === state && leaf.key === key && !leaf.inserted ? leaf : null
}

/** Creates the error for an operation that would change more than values. */
export function metaChangeError(state: State, received: string): CowslipError {
  return unsupportedValueError(pathOf(state), received, 'Assign plain values.')
}

/**
 * Creates the proxy traps that refuse to change a prototype or to freeze a draft. `stateFrom` finds the
 * state of a target.
 */
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

/**
 * The way a draft treats an object: as a container, as a leaf, or (null) as a value that it does not look
 * into.
 */
export type Kind = ContainerKind | LeafKind | null

/** Returns the way a draft treats an object. */
export function kindOf(value: object, leaves: Leaves): Kind {
  if (leaves.custom.length > 0) {
    const leaf = leaves.find(value)
    if (leaf !== null) return leaf
  }
  const kind = kindOfContainer(value)
  return kind !== 'class' || isImmerable(value) ? kind : leaves.find(value)
}

/**
 * Reads an object that the recipe inserted, by the rules of its scope: the object itself, or a draft that
 * `place` stores instead.
 */
export function readInserted(
  state: State,
  key: Key,
  value: object,
  place: (value: object) => void,
): unknown {
  return state.scope.readInserted?.(state, key, value, place) ?? value
}

/** Returns an inserted member as it is now: its draft, if it was read. */
export function readInsertedMember(state: State, member: unknown): unknown {
  const child = state.children?.get(member)
  if (child === undefined) return member
  return child instanceof LeafState ? child.copy : child.proxy
}

/** Returns the value to store for one that the recipe assigns at `key`, where the base holds `base`. */
export function prepareAssigned(state: State, key: Key, value: unknown, base: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
    return value
  return value === base ? value : (state.scope.assign?.(state, key, value) ?? value)
}

/**
 * Returns what a draft shows for `value`, which the base holds at `key`: a draft of it, made at the first
 * read, or the value itself.
 */
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
  // If the leaf changes, this read was its first touch.
  noteTouched(state, key)
  for (let at = state; at.parent !== null && !at.modified && !at.adopted; at = at.parent)
    noteTouched(at.parent, at.key)
  return made.copy
}
