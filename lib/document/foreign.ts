// What was learnt of objects that no edit of ours made, kept as long as they live: an initial state or a fixture
// is edited again and again. What is frozen stays as it is; of what is not only what was made of it is kept.
import { isDraftable, isFrozenNode } from './containers.ts'
import { contents } from './items.ts'
import { copyPlain, findShape, type Shape } from './shapes.ts'
import { stamp } from './stamp.ts'

interface Known {
  /** A copy in the form that our copies have: V8 copies it far faster than a dictionary or a literal. */
  twin: object | null
  /** Of an object that is copied by its twin. */
  shape: Shape | null
  /** Whether it is frozen and so is all below. */
  settled: boolean
  /** What an edit made of an array, below which all is frozen. */
  made: WeakRef<unknown[]> | null
}

const known = new WeakMap<object, Known>()

/** A node of so many children is sooner looked at again than remembered. */
const FEW = 16

/** The twin of a plain object that was frozen when it was met before; null: copy it as it is. */
export function twinOf(node: object): { readonly twin: object; readonly shape: Shape } | null {
  const found = known.get(node)
  if (found === undefined) return null
  if (found.twin === null) learn(node, found)
  return found.shape === null ? null : (found as { twin: object; shape: Shape })
}

/** Notes that one was met, if it may be frozen: whether it is takes longer to ask than to copy it. */
export function noteMet(node: object): void {
  if (!Object.isExtensible(node) && !known.has(node)) known.set(node, unknown())
}

const unknown = (): Known => ({
  twin: null,
  shape: null,
  settled: false,
  made: null,
})

/** Met a second time, it will be met again. */
function learn(node: object, found: Known): void {
  found.twin = node
  if (!Object.isFrozen(node) || hasAccessors(node)) return
  found.shape = findShape(node, true)
  if (found.shape === null) return
  found.twin = copyPlain(node, found.shape)
  stamp(found.twin, found.shape)
  Object.freeze(found.twin)
}

const hasAccessors = (node: object): boolean =>
  Object.values(Object.getOwnPropertyDescriptors(node)).some(field => !('value' in field))

/**
 * Freezes by `freeze` what stands below `value`, an edit's copy of `node`, and is not frozen yet. O(1) where
 * `node` was found to be frozen all the way down; arrays are compared with what was made of them last.
 */
export function settle(node: object, value: object, freeze: (item: unknown) => void): void {
  const found = known.get(node)
  if (found?.settled === true) return
  const before = found?.made?.deref()
  let fresh = 0
  const check = (item: unknown): void => {
    fresh++
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) freeze(item)
  }
  if (!Array.isArray(value)) for (const item of contents(value)) check(item)
  // The native methods are slow on what is frozen.
  else for (let at = 0; at < value.length; at++) if (value[at] !== before?.[at]) check(value[at])
  if (fresh > FEW) remember(node, value, found ?? unknown())
}

/** What an edit made may have others in the place of some, so the node's own are looked at. */
function remember(node: object, value: object, found: Known): void {
  found.settled = Object.isFrozen(node) && [...contents(node)].every(isSettledItem)
  if (!found.settled && Array.isArray(value)) found.made = new WeakRef<unknown[]>(value)
  if (found.settled || found.made !== null) known.set(node, found)
}

const isSettledItem = (item: unknown): boolean => !isDraftable(item) || isFrozenNode(item)
