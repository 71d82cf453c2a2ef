import { stateOf } from './child.ts'
import { State, LeafState, setKid, touch, type Key } from './state.ts'

/**
 * An array assigned where the base has one, `draft.items = draft.items.filter(...)`, as an edit of
 * that one: elements are known by their drafts and references, primitives by value. Null where
 * nothing of the old array is in the new one. O(length of both).
 */
export function asEditOf(state: State, key: Key, value: unknown, old: unknown): State | null {
  const items = itemsOf(value)
  if (items === null || !Array.isArray(old)) return null
  const before: readonly unknown[] = old
  const kids = items.map(item => elementOf(item, state, key))
  const origin = originOf(items, kids, before)
  if (!origin.some(from => from >= 0)) return null
  const edit = new State(state.scope, state, key, before, 'array')
  // Removes it from the list of states: nobody holds a draft of it, so a roll-back must not find it.
  state.scope.newest = edit.older as State
  edit.copy = items.map((item, at) => {
    const from = origin[at] as number
    return from < 0 ? item : before[from]
  })
  edit.places = { head: 0, tail: 0, origin }
  edit.modified = true
  kids.forEach((kid, at) => {
    if (kid === null || origin[at] !== kid.key) return
    setKid(edit, kid)
    touch(edit, kid.key)
  })
  return edit
}

/** The elements of what was assigned; null: no array, or one with elements that are refused. */
function itemsOf(value: unknown): readonly unknown[] | null {
  const given = stateOf(value)
  if (given !== undefined && !given.adopted) return null
  const items: unknown = given === undefined ? value : given.copy
  if (!Array.isArray(items) || Object.keys(items).length !== items.length) return null
  return items.includes(undefined) ? null : items
}

/** What was read of the array that the base has at `key` of `state`. */
function elementOf(item: unknown, state: State, key: Key): State | LeafState | null {
  if (typeof item !== 'object' || item === null) return null
  const kid = stateOf(item) ?? state.scope.leafStates.get(item)
  if (kid === undefined || (kid instanceof LeafState ? kid.inserted : kid.adopted)) return null
  return kid.parent?.parent === state && kid.parent.key === key && !kid.parent.adopted ? kid : null
}

/** For each item the base index it came from, each at most once; -1: it is new. */
function originOf(
  items: readonly unknown[],
  kids: readonly (State | LeafState | null)[],
  before: readonly unknown[],
): number[] {
  const origin = kids.map(() => -1)
  const used = new Set<number>()
  kids.forEach((kid, at) => {
    const from = kid === null ? -1 : (kid.key as number)
    if (from < 0 || used.has(from)) return
    used.add(from)
    origin[at] = from
  })
  const places = new Map<unknown, number[]>()
  before.forEach((value, from) => {
    if (used.has(from)) return
    const list = places.get(value)
    if (list === undefined) places.set(value, [from])
    else list.push(from)
  })
  let last = -1
  items.forEach((item, at) => {
    const found = origin[at] as number
    const list = found < 0 ? places.get(item) : undefined
    if (list !== undefined && list.length > 0) {
      // Of equal ones the next in order, so that what was left out is what is missing.
      const next = list.findIndex(from => from > last && Object.is(before[from], item))
      const [from = -1] = next < 0 ? [] : list.splice(0, next + 1).slice(-1)
      origin[at] = from
    }
    last = Math.max(last, origin[at] as number)
  })
  return origin
}
