import { bareLike, isDraftable, isFrozenNode } from '../document/containers.ts'
import { fillLike } from '../document/items.ts'
import { inspectHook } from '../document/messages/inspect.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { stateOf } from './child.ts'
import { memberShown } from './collections/finish-collections.ts'
import { isHarmless } from './deeply-frozen.ts'
import { baseIndexAt } from './arrays/element-origins.ts'
import { LeafState, copyLeaf, type Key, type State } from './state.ts'

/**
 * A plain copy of what a draft shows now, without drafts in it. It shares only what is deep-frozen. A value
 * that contains itself has a copy that does. O(size of what is copied).
 */
export function current(state: State): unknown {
  return new Showing(state.scope.leaves).draft(state)
}

/** A copy of any value that shares nothing with it. */
export function plainCopy(value: unknown, leaves: Leaves): unknown {
  return new Showing(leaves, false).value(value)
}

class Showing {
  private readonly leaves: Leaves
  /** Whether copies share what is deep-frozen. */
  private readonly shares: boolean
  /** The copy of each object, and of each draft by its state. */
  private readonly copies = new Map<object, object>()

  constructor(leaves: Leaves, shares = true) {
    this.leaves = leaves
    this.shares = shares
  }

  draft(state: State): object {
    if (!state.modified) return this.shared(state.base)
    const known = this.copies.get(state)
    if (known !== undefined) return known
    const { base, places } = state
    const source = state.copy ?? base
    const copy = bareLike(source)
    this.copies.set(state, copy)
    const { length } = base as readonly unknown[]
    return fillLike(source, copy, (key, item) => {
      if (base instanceof Map) return this.kid(state, key as Key, item, base.get(key))
      if (base instanceof Set) return this.kid(state, item as Key, memberShown(state, item), item)
      if (places === null)
        return this.kid(state, key as Key, item, Reflect.get(base, key as string))
      const from = baseIndexAt(places, length, (source as unknown[]).length, key as number)
      return from < 0 ? this.value(item) : this.kid(state, from, item, (base as unknown[])[from])
    })
  }

  /** The plain value at `key`, where the draft holds `value` and the base `old`. */
  private kid(state: State, key: Key, value: unknown, old: unknown): unknown {
    const kid = Object.is(value, old) ? state.kids?.get(key) : undefined
    if (kid === undefined) return this.value(value)
    return kid instanceof LeafState ? copyLeaf(kid.kind, kid.copy) : this.draft(kid)
  }

  value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const state = stateOf(value)
    if (state !== undefined) return this.draft(state)
    if (isDraftable(value)) return this.shared(value)
    const leaf = this.leaves.find(value)
    return leaf?.copy === undefined ? value : copyLeaf(leaf, value)
  }

  private shared(node: object): object {
    const whole = this.shares && isFrozenNode(node) && isHarmless(node, this.leaves)
    return whole ? node : this.copied(node)
  }

  /** A copy of a container that is no draft; the container itself if it is deep-frozen and may be shared. */
  private copied(node: object): object {
    const known = this.copies.get(node)
    if (known !== undefined) return known
    const copy = bareLike(node)
    this.copies.set(node, copy)
    let same = this.shares && isFrozenNode(node)
    const below = (item: unknown): unknown => {
      if (typeof item !== 'object' || item === null) return item
      const deep = stateOf(item) === undefined && isDraftable(item)
      const shown = deep ? this.copied(item) : this.value(item)
      if (shown !== item) same = false
      return shown
    }
    fillLike(node, copy, (_, item) => below(item))
    if (same) this.copies.set(node, node)
    return same ? node : copy
  }
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
