// Drafts of values that the recipe of a store inserted. They stand for copies, so that the user's own object
// is never written to.
import { defineOwn, emptyLike, isPlainObject, setOwn } from '../document/containers.ts'
import { kindOf, stateOf } from './child.ts'
import { LeafState, State, type ContainerKind, type Key } from './state.ts'

const EMPTY: { readonly [K in ContainerKind]: (like: object) => object } = {
  object: () => ({}),
  class: emptyLike,
  array: () => [],
  map: () => new Map(),
  set: () => new Set(),
}

/**
 * Reads `value`, an object that the recipe inserted at `key`. Of a container it gives a draft of a copy, of a
 * mutable leaf a copy, and stores either by `place`. Anything else is given as it is.
 */
export function adopt(
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

/** Copies accessors, hidden properties and symbols as they are, for `ingest` to refuse with their path. */
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
