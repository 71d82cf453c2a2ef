// Plain copies of what drafts show, for `current()`, `console.log` and schemas. Deeply frozen parts are
// shared with the base, everything else is copied; a value that contains itself has a copy that does.
import { emptyContainerLike, isDraftable, isFrozenNode } from '../document/containers.ts'
import { fillLike } from '../document/items.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { readInsertedMember, stateOf } from './child.ts'
import { isDeeplyFrozen } from './deeply-frozen.ts'
import { baseIndexAt } from './arrays/element-origins.ts'
import { LeafState, copyLeaf, type Key, type State } from './state.ts'

/**
 * Copies what a draft shows now, without drafts in it. Shares only deeply frozen parts. O(size of what is
 * copied).
 */
export function copyCurrent(state: State): unknown {
  return new CurrentCopier(state.scope.leaves).draft(state)
}

/** Copies a value so that the copy shares nothing with it. */
export function copyDeep(value: unknown, leaves: Leaves): unknown {
  return new CurrentCopier(leaves, false).value(value)
}

class CurrentCopier {
  private readonly leaves: Leaves
  /** Whether copies may share deeply frozen parts. */
  private readonly shares: boolean
  /** The copy of each object, and of each draft by its state. */
  private readonly copies = new Map<object, object>()

  constructor(leaves: Leaves, shares = true) {
    this.leaves = leaves
    this.shares = shares
  }

  draft(state: State): object {
    if (!state.modified) return this.shareOrCopy(state.base)
    const known = this.copies.get(state)
    if (known !== undefined) return known
    const { base, origins: places } = state
    const source = state.copy ?? base
    const copy = emptyContainerLike(source)
    this.copies.set(state, copy)
    const { length } = base as readonly unknown[]
    return fillLike(source, copy, (key, item) => {
      if (base instanceof Map) return this.child(state, key, item, base.get(key))
      if (base instanceof Set) return this.child(state, item, readInsertedMember(state, item), item)
      if (places === null) return this.child(state, key, item, Reflect.get(base, key as string))
      const from = baseIndexAt(places, length, (source as unknown[]).length, key as number)
      return from < 0 ? this.value(item) : this.child(state, from, item, (base as unknown[])[from])
    })
  }

  /** Returns the plain value at `key`, where the draft holds `value` and the base held `old`. */
  private child(state: State, key: Key, value: unknown, old: unknown): unknown {
    const child = Object.is(value, old) ? state.children?.get(key) : undefined
    if (child === undefined) return this.value(value)
    return child instanceof LeafState ? copyLeaf(child.kind, child.copy) : this.draft(child)
  }

  value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const state = stateOf(value)
    if (state !== undefined) return this.draft(state)
    if (isDraftable(value)) return this.shareOrCopy(value)
    const leaf = this.leaves.find(value)
    return leaf?.copy === undefined ? value : copyLeaf(leaf, value)
  }

  private shareOrCopy(node: object): object {
    const whole = this.shares && isFrozenNode(node) && isDeeplyFrozen(node, this.leaves)
    return whole ? node : this.copyContainer(node)
  }

  /**
   * Copies a container that is no draft; returns the container itself if it is deeply frozen and may be
   * shared.
   */
  private copyContainer(node: object): object {
    const known = this.copies.get(node)
    if (known !== undefined) return known
    const copy = emptyContainerLike(node)
    this.copies.set(node, copy)
    let same = this.shares && isFrozenNode(node)
    const below = (item: unknown): unknown => {
      if (typeof item !== 'object' || item === null) return item
      const deep = stateOf(item) === undefined && isDraftable(item)
      const shown = deep ? this.copyContainer(item) : this.value(item)
      if (shown !== item) same = false
      return shown
    }
    fillLike(node, copy, (_, item) => below(item))
    if (same) this.copies.set(node, node)
    return same ? node : copy
  }
}
