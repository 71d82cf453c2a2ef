// The nesting limit of documents. Levels are counted from the root, which is level 1. `ingest`, the
// decoders and the store's drafts call these functions; the height of a frozen node never changes, so it is
// cached per node.
import { contentsOf } from './items.ts'
import { isDraftable } from './containers.ts'
import { CowslipError } from './messages/errors.ts'
import { findLeaf, type Leaves } from './leaves/leaf-kinds.ts'
import { formatPath, type Path } from './paths/path.ts'

/** The nesting depth allowed in every store, encoding and adapter, in levels. */
export const MAX_LEVELS = 1_000

/** Creates the error for a value at `path` with too many levels. */
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

/** Counts the levels of a frozen value; 0 for anything but a container. O(size), once for each node. */
export function heightOf(value: unknown, leaves: Leaves): number {
  if (!isDraftable(value) || findLeaf(value, leaves) !== null) return 0
  const known = heightByNode.get(value)
  if (known !== undefined) return known
  let below = 0
  for (const item of contentsOf(value)) below = Math.max(below, heightOf(item, leaves))
  heightByNode.set(value, below + 1)
  return below + 1
}
