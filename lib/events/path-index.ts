// Finds the listeners of a change by path. `EventHub` asks it for every change. It is a tree of listened-to
// keys that is walked together with the tree of ops, always over the smaller of the two; so a change costs
// the touched paths, not the number of listeners.
import { readBelow, toIndex, type Path, type PathSegment } from '../document/paths/path.ts'
import type { Op } from '../changes/ops/ops.ts'

interface Node<S> {
  readonly here: Set<S>
  readonly below: Map<PathSegment, Node<S>>
}

const emptyNode = <S>(): Node<S> => ({ here: new Set(), below: new Map() })

/**
 * An index of subscribers by path. A match costs the touched paths and the subscribers below them, not the
 * number of subscribers.
 */
export class PathIndex<S> {
  private readonly root: Node<S> = emptyNode()

  /** Adds a subscriber; the root path hears every change. Returns a function that removes it. O(depth). */
  add(path: Path, subscriber: S): () => void {
    let node = this.root
    const parents: [Node<S>, PathSegment][] = []
    for (const key of path) {
      let next = node.below.get(key)
      if (next === undefined) node.below.set(key, (next = emptyNode()))
      parents.push([node, key])
      node = next
    }
    const leaf = node
    leaf.here.add(subscriber)
    return () => {
      leaf.here.delete(subscriber)
      for (const [parent, key] of parents.reverse()) {
        const child = parent.below.get(key)
        if (child !== undefined && child.here.size === 0 && child.below.size === 0) {
          parent.below.delete(key)
        }
      }
    }
  }

  /** Returns every subscriber whose value differs. `op` led from `previous` to `state`. */
  match(op: Op, previous: unknown, state: unknown): Set<S> {
    const found = new Set<S>()
    collectSubscribers(this.root, op, { value: previous }, { value: state }, found)
    return found
  }
}

type Place = { value: unknown } | null

/**
 * Collects the subscribers at and below a node. `op` is undefined below a value that was set, removed or
 * moved: there the values are compared.
 */
function collectSubscribers<S>(
  node: Node<S>,
  op: Op | undefined,
  before: Place,
  after: Place,
  found: Set<S>,
): void {
  if (before === null ? after === null : after !== null && Object.is(before.value, after.value))
    return
  for (const subscriber of node.here) found.add(subscriber)
  for (const [key, below] of candidates(node, op)) {
    const child = node.below.get(key)
    if (child !== undefined) {
      collectSubscribers(child, below, readBelow(before, key), readBelow(after, key), found)
    }
  }
}

/** Yields the keys below `node` that `op` may concern: the fewer of those listened to and those touched. */
function* candidates<S>(
  node: Node<S>,
  op: Op | undefined,
): Iterable<readonly [PathSegment, Op | undefined]> {
  if (op?.kind === 'object' && op.keys.size < node.below.size) {
    for (const [key, below] of op.keys) yield* bothForms(key, below)
  } else if (op?.kind === 'map' && op.entries.size < node.below.size)
    yield* op.entries as ReadonlyMap<PathSegment, Op>
  else if (op?.kind === 'array' && op.runs === null && (op.edits?.size ?? 0) < node.below.size) {
    for (const [index, below] of op.edits ?? []) yield* bothForms(String(index), below)
  } else {
    for (const key of node.below.keys()) {
      if (op?.kind === 'object') {
        const below = op.keys.get(String(key))
        if (below !== undefined) yield [key, below]
      } else yield [key, undefined]
    }
  }
}

/** Yields a key as a text and, if it is an index, as a number: listeners may use either. */
function* bothForms(key: string, op: Op): Iterable<[PathSegment, Op]> {
  yield [key, op]
  if (toIndex(key) >= 0) yield [Number(key), op]
}
