// How deep a document may be: the levels are counted from its root, which is the first.
import { contentsOf } from './items.ts'
import { isDraftable } from './containers.ts'
import { CowslipError } from './messages/errors.ts'
import { findLeaf, type Leaves } from './leaves/leaf-kinds.ts'
import { formatPath, type Path } from './paths/path.ts'

/** Limits the nesting depth of documents in every store, encoding and adapter. */
export const MAX_LEVELS = 1_000

/** Refuses a value at `path` that has too many levels. */
export function tooDeepError(
  path: Path,
  most: number = MAX_LEVELS,
): CowslipError<'unsupported-value'> {
  const received = `more than ${most} levels`
  return new CowslipError(
    'unsupported-value',
    `Expected at most ${most} levels. Received more, at ${formatPath(path)}. Refer to nested documents by id.`,
    { path, received },
  )
}

const heightByNode = new WeakMap<object, number>()

/** Counts the levels of a frozen value: 0 for what is no container. O(size), once for each node. */
export function heightOf(value: unknown, leaves: Leaves): number {
  if (!isDraftable(value) || findLeaf(value, leaves) !== null) return 0
  const known = heightByNode.get(value)
  if (known !== undefined) return known
  let below = 0
  for (const item of contentsOf(value)) below = Math.max(below, heightOf(item, leaves))
  heightByNode.set(value, below + 1)
  return below + 1
}
