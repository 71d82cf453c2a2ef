// A weak cache of facts about base objects that no edit of ours made: an initial state or a fixture is edited
// again and again. Facts of frozen objects stay true. Of others only the last result is cached, to compare with.
import { isDraftable, isFrozenNode } from './containers.ts'
import { contentsOf } from './items.ts'
import { copyPlain, findShape, type Shape } from './shapes.ts'
import { attachNote } from './hidden-note.ts'

interface Facts {
  /** A frozen copy, whose layout in V8 is copied far faster than that of a dictionary or a literal. */
  source: object | null
  /** The shape of `twin`; null: there is none, and the object is copied itself. */
  shape: Shape | null
  /** Whether it is frozen, with everything below. */
  deepFrozen: boolean
  /** Of an array: the last result of an edit of it. Everything below that is frozen. */
  lastResult: WeakRef<unknown[]> | null
}

const factsByObject = new WeakMap<object, Facts>()

/** For up to so many children, checking each again costs less than an entry in the cache. */
const MIN_CHILDREN_TO_CACHE = 16

/** The twin to copy instead of a frozen plain object, from the second call on; null: copy the object itself. */
export function getCopySource(
  node: object,
): { readonly source: object; readonly shape: Shape } | null {
  const found = factsByObject.get(node)
  if (found === undefined) return null
  if (found.source === null) prepareCopySource(node, found)
  return found.shape === null ? null : (found as { source: object; shape: Shape })
}

/** Adds `node` to the cache if it is not extensible. Whether it is frozen is asked later: that is O(keys). */
export function cacheForeignObject(node: object): void {
  if (!Object.isExtensible(node) && !factsByObject.has(node)) factsByObject.set(node, noFacts())
}

const noFacts = (): Facts => ({ source: null, shape: null, deepFrozen: false, lastResult: null })

/** Makes the twin, if `node` is frozen and has no accessors. */
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
 * Calls `freeze` with each child of `value`, an edited copy of `node`, that is not frozen. O(1) if `node` is
 * known to be deep-frozen; in arrays only children that differ from the last result are checked.
 */
export function freezeChildren(node: object, value: object, freeze: (item: unknown) => void): void {
  const found = factsByObject.get(node)
  if (found?.deepFrozen === true) return
  const before = found?.lastResult?.deref()
  let fresh = 0
  const check = (item: unknown): void => {
    fresh++
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) freeze(item)
  }
  if (!Array.isArray(value)) for (const item of contentsOf(value)) check(item)
  // The native methods are slow on what is frozen.
  else for (let at = 0; at < value.length; at++) if (value[at] !== before?.[at]) check(value[at])
  if (fresh > MIN_CHILDREN_TO_CACHE) cacheFrozenness(node, value, found ?? noFacts())
}

/** Caches whether `node` is deep-frozen. Asks its own children: in `value` an edit may have replaced some. */
function cacheFrozenness(node: object, value: object, found: Facts): void {
  found.deepFrozen = Object.isFrozen(node) && [...contentsOf(node)].every(isFrozenItem)
  if (!found.deepFrozen && Array.isArray(value)) found.lastResult = new WeakRef<unknown[]>(value)
  if (found.deepFrozen || found.lastResult !== null) factsByObject.set(node, found)
}

const isFrozenItem = (item: unknown): boolean => !isDraftable(item) || isFrozenNode(item)
