import { defineOwn, emptyLike, isMarked, isPlainObject, setOwn } from '../document/containers.ts'
import { draftMark } from '../document/draft-mark.ts'
import type { Leaves, LeafKind } from '../document/leaf-kinds.ts'
import { unsupportedValue, type CowslipError } from '../document/errors.ts'
import {
  LeafState,
  State,
  assertLive,
  kindOfContainer,
  markModified,
  pathOf,
  setKid,
  touch,
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
  if (state?.kind !== kind) throw new TypeError(`Expected a draft as \`this\`, of the kind ${kind}`)
  assertLive(state)
  return state
}

/** The kid that `value` is the draft of, if it stands for what the base holds at `key`. */
export function ownKid(state: State, key: Key, value: unknown): State | LeafState | null {
  if (typeof value !== 'object' || value === null) return null
  const given = stateOf(value)
  if (given !== undefined) {
    return given.parent === state && given.key === key && !given.adopted ? given : null
  }
  const leaf = state.scope.leafStates.get(value)
  return leaf?.parent === state && leaf.key === key && !leaf.inserted ? leaf : null
}

/** Refuses what would change more than values. */
export function refuseMeta(state: State, received: string): CowslipError {
  return unsupportedValue(pathOf(state), received, 'Assign plain values.')
}

/** How a draft treats a value that is an object. */
type Kind = ContainerKind | LeafKind | null

function kindOf(value: object, leaves: Leaves): Kind {
  if (leaves.own.length > 0) {
    const leaf = leaves.find(value)
    if (leaf !== null) return leaf
  }
  const kind = kindOfContainer(value)
  return kind !== 'class' || isMarked(value) ? kind : leaves.find(value)
}

const EMPTY: { readonly [K in ContainerKind]: (like: object) => object } = {
  object: () => ({}),
  class: emptyLike,
  array: () => [],
  map: () => new Map(),
  set: () => new Set(),
}

/** What a draft shows for `value`, which the base holds at `key`. */
export function readBase(state: State, key: Key, value: object): unknown {
  const kid = state.kids?.get(key)
  if (kid !== undefined) return kid instanceof State ? kid.proxy : kid.copy
  const kind = kindOf(value, state.scope.leaves)
  if (typeof kind === 'string') {
    const made = new State(state.scope, state, key, value, kind)
    setKid(state, made)
    return made.proxy
  }
  if (kind?.copy === undefined) return value
  // It can change without a word to us, so the end has to look.
  const made = new LeafState(kind, state, key, value, false)
  setKid(state, made)
  touch(state, key)
  markModified(state)
  return made.copy
}

/**
 * What a draft shows for `value`, which the recipe inserted: a container is adopted, a mutable leaf
 * copied, and either put in the place of the user's by `place`.
 */
export function readInserted(
  state: State,
  key: Key,
  value: object,
  place: (value: object) => void,
): unknown {
  if (stateOf(value) !== undefined) return value
  const { scope } = state
  const kind = kindOf(value, scope.leaves)
  let ours: object
  if (typeof kind === 'string') {
    const adopted = { source: value, copy: copyOfSource(value) }
    ours = new State(scope, state, key, EMPTY[kind](value), kind, adopted).proxy
  } else if (kind?.copy !== undefined && !scope.leafStates.has(value)) {
    ours = new LeafState(kind, state, key, value, true).copy
  } else return value
  place(ours)
  return ours
}

/** A copy, one level deep, of what the user inserted. */
export function copyOfSource(source: object): object {
  if (Array.isArray(source)) return copyElements(source)
  if (source instanceof Map) return new Map(source)
  if (source instanceof Set) return new Set(source)
  return copyFields(source)
}

/** Odd properties are kept as they are, so that they are refused at the end, with their path. */
function copyFields(value: object): object {
  const copy = emptyLike(value)
  for (const key of Reflect.ownKeys(value)) copyField(value, key, copy)
  return copy
}

function copyElements(value: readonly unknown[]): unknown[] {
  const copy = value.slice()
  if (Object.keys(value).length === value.length) return copy
  for (const key of Reflect.ownKeys(value)) if (key !== 'length') copyField(value, key, copy)
  return copy
}

function copyField(from: object, key: string | symbol, to: object): void {
  const field = Object.getOwnPropertyDescriptor(from, key)
  if (field === undefined) return
  const plain = 'value' in field && field.enumerable === true && typeof key === 'string'
  if (plain && isPlainObject(to)) setOwn(to, key, field.value)
  else if (plain) defineOwn(to, key, field.value)
  else Object.defineProperty(to, key, { ...field, configurable: true })
}
