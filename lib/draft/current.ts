import { defineOwn, emptyLike } from '../document/containers.ts'
import { inspectHook } from '../document/inspect.ts'
import { stateOf } from './child.ts'
import { baseIndexAt } from './places.ts'
import { memberShown } from './finish-collections.ts'
import { LeafState, type Key, type State } from './state.ts'

/** A plain copy of what a draft shows now, for people; drafts that are inside it included. O(size). */
export function current(state: State): unknown {
  return show(state, [])
}

function show(state: State, inside: readonly State[]): unknown {
  if (inside.includes(state)) return '[Circular]'
  const within = [...inside, state]
  const shown = (key: Key, value: unknown, old: unknown): unknown => {
    const kid = Object.is(value, old) ? state.kids?.get(key) : undefined
    if (kid !== undefined) return kid instanceof LeafState ? kid.copy : show(kid, within)
    const draft = stateOf(value)
    return draft === undefined ? value : show(draft, within)
  }
  const { base, places } = state
  const source = state.copy ?? base
  if (source instanceof Map) {
    const entries = Array.from(source, ([key, value]) => {
      return [key, shown(key, value, (base as typeof source).get(key))] as const
    })
    return new Map(entries)
  }
  if (source instanceof Set) {
    const members = Array.from(source, member => shown(member, memberShown(state, member), NaN))
    return new Set(members)
  }
  if (places === null) {
    const copy = emptyLike(source)
    for (const key of Object.keys(source)) {
      defineOwn(copy, key, shown(key, Reflect.get(source, key), Reflect.get(base, key)))
    }
    return copy
  }
  const [now, before] = [source as unknown[], base as unknown[]]
  return now.map((value, at) => {
    const from = baseIndexAt(places, before.length, now.length, at)
    return from < 0 ? shown(from, value, NaN) : shown(from, value, before[from])
  })
}

/** Makes `console.log(draft)` show its current value: Node looks at the target of a proxy. */
export function showCurrent(target: object): void {
  ;(target as { [inspectHook]?: unknown })[inspectHook] = inspectDraft
}

function inspectDraft(
  this: unknown,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const state = stateOf(this)
  return state === undefined ? '[draft]' : inspect(current(state), options)
}
