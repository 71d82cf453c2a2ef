// Finds late writes: changes that a caller made to an object after assigning it to a draft. The store
// copied it at the assignment, so such a change would be lost in silence; `StoreScope` refuses it with
// `late-write`. The object is compared with its copy, except where the copy was edited or replaced through
// the draft.
import { isCollection, isObject, type Dictionary } from '../../document/containers.ts'
import { findLeaf } from '../../document/leaves/leaf-kinds.ts'
import type { Path } from '../../document/paths/path.ts'
import { stateOf } from '../child.ts'
import { reclaimMoved } from '../arrays/finish-array.ts'
import { createFinder } from '../arrays/element-origins.ts'
import { LeafState, type Key, type Scope, type State } from '../state.ts'

type Draft = State | LeafState | undefined

/**
 * Returns the path of the first place where the caller's object `source` differs from `taken`, the copy
 * that was made of it. Null: nowhere. `draft` stands over the copy; what was replaced or removed through it
 * is not compared. O(size of the copy).
 */
export const findLateWrite = (
  source: object,
  taken: object,
  draft: Draft,
  scope: Scope,
): Path | null => new Comparison(scope).compare(source, taken, draft)

class Comparison {
  private readonly scope: Scope
  /** The pairs of nested objects that were compared. */
  private met: Map<object, object> | null = null

  constructor(scope: Scope) {
    this.scope = scope
  }

  compare(source: unknown, taken: unknown, draft: Draft): Path | null {
    if (Object.is(source, taken)) return null
    if (!isObject(source) || !isObject(taken)) return []
    const { leaves } = this.scope
    const given = stateOf(source)
    // A draft of another edit was copied as what it showed at that time.
    if (given !== undefined && given.scope !== this.scope && stateOf(taken) === undefined)
      return null
    if (given !== undefined || stateOf(taken) !== undefined) return []
    const leaf = findLeaf(source, leaves)
    if (leaf !== null) {
      return findLeaf(taken, leaves) === leaf && leaf.equals(source, taken) ? null : []
    }
    const state = draft instanceof LeafState ? undefined : draft
    return Array.isArray(taken) || taken instanceof Set
      ? this.compareLists(source as unknown[], taken as unknown[], state)
      : this.compareKeys(source as Dictionary, taken as Dictionary, state)
  }

  private compareKeys(
    source: Dictionary,
    taken: Dictionary,
    state: State | undefined,
  ): Path | null {
    const [then, now] = [keysOf(taken), keysOf(source)]
    for (const key of then) {
      const value = getKey(taken, key)
      const stands = !state?.copy || (hasKey(state.copy, key) && getKey(state.copy, key) === value)
      const path = stands ? this.below(getKey(source, key), value, state?.children?.get(key)) : null
      if (path !== null) return [key, ...path]
    }
    for (const key of now) {
      if (hasKey(taken, key) || (state?.copy && hasKey(state.copy, key))) continue
      if (getKey(source, key) !== undefined) return [key]
    }
    return null
  }

  /** Compares members of Sets in their order. */
  private compareLists(
    source: Iterable<unknown>,
    taken: Iterable<unknown>,
    state: State | undefined,
  ): Path | null {
    if (state?.kind === 'array' && state.copy !== null) reclaimMoved(state)
    const [then, now] = [[...taken], [...source]]
    const find = state?.kind === 'array' && state.copy !== null ? createFinder(state) : null
    for (let i = 0; i < Math.max(then.length, now.length); i++) {
      const [value, key] = [then[i], state?.kind === 'set' ? (then[i] as Key) : i]
      const { copy = null } = state ?? {}
      const gone =
        find === null
          ? copy !== null && !(copy as Set<unknown>).has(key)
          : (copy as unknown[])[find(i)] !== value
      if (i < then.length && gone) continue
      const path =
        i < then.length && i < now.length
          ? this.below(now[i], value, state?.children?.get(key))
          : []
      if (path !== null) return [key, ...path]
    }
    const named = Array.isArray(source) ? Object.keys(source)[now.length] : undefined
    return named === undefined ? null : [named]
  }

  private below(source: unknown, taken: unknown, draft: Draft): Path | null {
    if (isObject(source) && isObject(taken) && draft === undefined) {
      this.met ??= new Map()
      if (this.met.get(source) === taken) return null
      this.met.set(source, taken)
    }
    return this.compare(source, taken, draft)
  }
}

type Keyed = Dictionary | Map<unknown, unknown>

const keysOf = (container: Keyed): Iterable<Key> =>
  container instanceof Map ? (container.keys() as Iterable<Key>) : Object.keys(container)

const hasKey = (container: object, key: Key): boolean =>
  isCollection(container) ? container.has(key) : Object.hasOwn(container, key as string)

const getKey = (container: object, key: Key): unknown =>
  container instanceof Map ? (container.get(key) as unknown) : Reflect.get(container, key as string)
