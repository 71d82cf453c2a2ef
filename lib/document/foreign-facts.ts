// A weak cache of facts about base objects that no edit of ours made. `produce` calls it: an initial state
// or a fixture is edited again and again, and V8 copies and checks it slowly each time. Facts about frozen
// objects stay true. Of other objects only the last result of an edit is cached, to compare the next one
// with.
import { isDraftable, isFrozenNode, isObject } from './containers.ts'
import { contentsOf } from './items.ts'
import { copyPlain, findShape, type Shape } from './shapes.ts'
import { attachNote } from './hidden-note.ts'

interface Facts {
  /**
   * A frozen copy of the object to copy from: V8 copies its layout far faster than that of a dictionary or
   * a literal. Null: not made yet.
   */
  source: object | null
  /** The shape of `source`; null: the object has to be copied itself. */
  shape: Shape | null
  /** Whether the object and everything below it is frozen. */
  deepFrozen: boolean
  /** Arrays only: the last result of an edit. Everything below that result is frozen. */
  lastResult: WeakRef<unknown[]> | null
}

const factsByObject = new WeakMap<object, Facts>()

/** The number of children up to which checking each of them again costs less than a cache entry. */
const MIN_CHILDREN_TO_CACHE = 16

/**
 * Returns what to copy instead of a frozen plain object, from the second call for that object on. Null:
 * copy the object itself.
 */
export function getCopySource(
  node: object,
): { readonly source: object; readonly shape: Shape } | null {
  const found = factsByObject.get(node)
  if (found === undefined) return null
  if (found.source === null) prepareCopySource(node, found)
  return found.shape === null ? null : (found as { source: object; shape: Shape })
}

/**
 * Adds `node` to the cache if it is not extensible. Whether it is frozen is checked later, because that is
 * O(keys).
 */
export function cacheForeignObject(node: object): void {
  if (!Object.isExtensible(node) && !factsByObject.has(node)) factsByObject.set(node, noFacts())
}

const noFacts = (): Facts => ({ source: null, shape: null, deepFrozen: false, lastResult: null })

/** Makes the copy to copy from, if `node` is frozen and has no accessors. */
function prepareCopySource(node: object, found: Facts): void {
  found.source = node
  if (!Object.isFrozen(node) || hasAccessors(node)) return
  found.shape = findShape(node, true)
  if (found.shape === null) return
  found.source = copyPlain(node, found.shape)
  attachNote(found.source, found.shape)
  Object.freeze(found.source)
}

const hasAccessors = (node: object): boolean =>
  Object.values(Object.getOwnPropertyDescriptors(node)).some(field => !('value' in field))

/**
 * Calls `freeze` with each child of `value` that is not frozen; `value` is an edited copy of `node`. O(1)
 * if `node` is known to be deeply frozen. Of an array only the children that differ from the last result
 * are checked.
 */
export function freezeChildren(node: object, value: object, freeze: (item: unknown) => void): void {
  const found = factsByObject.get(node)
  if (found?.deepFrozen === true) return
  const before = found?.lastResult?.deref()
  let fresh = 0
  const check = (item: unknown): void => {
    fresh++
    if (isObject(item) && !Object.isFrozen(item)) freeze(item)
  }
  if (!Array.isArray(value)) for (const item of contentsOf(value)) check(item)
  // Array iterators and methods are slow on frozen arrays.
  else for (let at = 0; at < value.length; at++) if (value[at] !== before?.[at]) check(value[at])
  if (fresh > MIN_CHILDREN_TO_CACHE) cacheFrozenness(node, value, found ?? noFacts())
}

/**
 * Caches whether `node` is deeply frozen. The children of `node` are checked, not those of `value`: an edit
 * may have replaced some.
 */
function cacheFrozenness(node: object, value: object, found: Facts): void {
  found.deepFrozen = Object.isFrozen(node) && [...contentsOf(node)].every(isFrozenItem)
  // A page may lack WeakRef: then nothing is cached.
  const canCache = Array.isArray(value) && typeof WeakRef !== 'undefined'
  if (!found.deepFrozen && canCache) found.lastResult = new WeakRef<unknown[]>(value)
  if (found.deepFrozen || canCache) factsByObject.set(node, found)
}

const isFrozenItem = (item: unknown): boolean => !isDraftable(item) || isFrozenNode(item)
