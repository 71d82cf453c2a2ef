import { isCollection } from '../document/containers.ts'
import { eachItem } from '../document/items.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import type { Path, PathSegment } from '../document/path.ts'
import { stateOf } from './child.ts'
import { finder } from './places.ts'
import { LeafState, type Key, type State } from './state.ts'

/**
 * Where the caller's object `source` differs from the copy `taken` that was made of it when it was assigned: the
 * path of the first place; null: nowhere. `draft` stands over the copy: what was replaced or removed through it
 * is not compared. O(size of the copy).
 */
export function lateWrite(
  source: unknown,
  taken: unknown,
  draft: State | LeafState | undefined,
  leaves: Leaves,
): Path | null {
  return compare(source, taken, draft, leaves, new Map())
}

function compare(
  source: unknown,
  taken: unknown,
  draft: State | LeafState | undefined,
  leaves: Leaves,
  met: Map<object, object>,
): Path | null {
  if (Object.is(source, taken)) return null
  if (!isObject(source) || !isObject(taken) || stateOf(source) || stateOf(taken)) return []
  const leaf = leaves.find(source)
  if (leaf !== null) return leaves.find(taken) === leaf && leaf.equals(source, taken) ? null : []
  const state = draft instanceof LeafState ? undefined : draft
  if (state === undefined) {
    if (met.get(source) === taken) return null
    met.set(source, taken)
  }
  const now = itemsOf(source)
  const stands = state === undefined ? () => true : standing(state)
  for (const [key, [member, item]] of itemsOf(taken)) {
    const given = now.get(key)
    now.delete(key)
    if (!stands(member, item)) continue
    if (given === undefined) return [member]
    const below = compare(given[1], item, state?.kids?.get(member), leaves, met)
    if (below !== null) return [member, ...below]
  }
  for (const [key, [member]] of now) {
    const { copy = null, kind } = state ?? {}
    const isKeyed = copy !== null && kind !== 'array' && kind !== 'set'
    if (!isKeyed || !itemsOf(copy).has(key)) return [member]
  }
  return null
}

type Items = Map<unknown, [member: PathSegment, item: unknown]>

/** What a container holds, without undefined: members of a Set by their number, for copies have others. */
function itemsOf(container: object): Items {
  const items: Items = new Map()
  eachItem(container, (key, item) => {
    if (item === undefined) return
    items.set(container instanceof Set ? items.size : key, [key as PathSegment, item])
  })
  if (Array.isArray(container)) {
    for (const key of Object.keys(container).slice(container.length)) items.set(key, [key, key])
  }
  return items
}

/** Tells whether what a state's base holds at a key still stands there. */
function standing(state: State): (key: Key, item: unknown) => boolean {
  const { kind, copy } = state
  if (copy === null) return () => true
  if (kind === 'array') {
    const find = finder(state)
    return (key, item) => (copy as unknown[])[find(key as number)] === item
  }
  if (isCollection(copy)) {
    return (key, item) => copy.has(key) && (copy instanceof Set || copy.get(key) === item)
  }
  return (key, item) =>
    Object.hasOwn(copy, key as string) && Reflect.get(copy, key as string) === item
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
