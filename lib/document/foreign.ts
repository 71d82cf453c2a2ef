// What was learnt of objects that no edit of ours made, kept as long as they live. Only of frozen ones, which
// stay as they are; an initial state or a fixture is edited again and again.
import { isDraftable, isFrozenNode } from './containers.ts'
import { contents } from './items.ts'
import { copyPlain, shapeOf, type Shape } from './shapes.ts'
import { stamp } from './stamp.ts'

interface Known {
  /** A copy in the form that our copies have: V8 copies it far faster than a dictionary or a literal. */
  twin: object | null
  shape: Shape | null
  /** Whether all below was frozen when it was looked at. */
  settled: boolean
}

const known = new WeakMap<object, Known>()

/** A node of so many children is sooner looked at again than remembered. */
const FEW = 16

/** The shape and the twin of a plain object that was met before; null: copy it as it is. */
export function twinOf(node: object): { readonly twin: object; readonly shape: Shape } | null {
  const found = known.get(node)
  if (found === undefined) return null
  if (found.twin === null) learn(node, found)
  return found.shape === null ? null : (found as { twin: object; shape: Shape })
}

/**
 * Notes that a node was met, if it may be frozen: only that question takes no look at every field.
 */
export function noteMet(node: object): void {
  if (Object.isExtensible(node) || known.has(node)) return
  known.set(node, { twin: null, shape: null, settled: false })
}

/** Met a second time, it will be met again. */
function learn(node: object, found: Known): void {
  found.twin = node
  const shape = Object.isFrozen(node) ? shapeOf(node, true) : null
  if (shape === null || hasAccessors(node)) return
  found.twin = copyPlain(node, shape)
  stamp(found.twin, shape)
  found.shape = shape
  Object.freeze(found.twin)
}

const hasAccessors = (node: object): boolean =>
  Object.values(Object.getOwnPropertyDescriptors(node)).some(field => !('value' in field))

/** Whether all below a frozen node was found to be frozen. */
export const isSettled = (node: object): boolean => known.get(node)?.settled === true

/** Notes that, if it is so and worth it: an edit may have put others in the place of some. */
export function noteSettled(node: object, width: number): void {
  if (width <= FEW || !Object.isFrozen(node)) return
  for (const item of contents(node)) if (isDraftable(item) && !isFrozenNode(item)) return
  const found = known.get(node)
  if (found !== undefined) found.settled = true
  else known.set(node, { twin: null, shape: null, settled: true })
}
