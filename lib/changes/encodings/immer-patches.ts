import type { Path, PathSegment } from '../../document/paths/path.ts'
import { isKeep, isReorder } from '../arrays/runs.ts'
import { invert, placeKeeps } from '../invert.ts'
import type { ArrayOp, Op } from '../ops/ops.ts'

/** One patch in Immer's shape, for its `applyPatches`. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove'
  /** Steps from the root; of a Set the place of the member, which `value` names. */
  readonly path: Path
  readonly value?: unknown
}

/**
 * `op` as patches that, applied one after another, lead from the base to `next`: a splice as removes
 * and adds, a reorder as one replace of the array. O(op), for a reorder O(length).
 */
export function toPatches(op: Op, next: unknown): Patch[] {
  const patches: Patch[] = []
  collect(op, next, [], patches, false)
  return patches
}

/**
 * The patch of one place: whether there `had` been `old`, and whether there is `value` now; if `back`, the
 * one that takes this back.
 */
export function tell(
  had: boolean,
  old: unknown,
  has: boolean,
  value: unknown,
  trail: readonly PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  if (back) return tell(has, value, had, old, trail, into, false)
  const path = trail.slice()
  if (has) into.push({ op: had ? 'replace' : 'add', path, value })
  else into.push({ op: 'remove', path })
}

/** `trail` leads to `op` and is put back as it was. `back`: what takes `op` back, and `root` is the base. */
export function collect(
  op: Op,
  root: unknown,
  trail: PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  switch (op.kind) {
    case 'set':
      return tell('old' in op, op.old, true, op.value, trail, into, back)
    case 'unset':
      return tell(true, op.old, false, undefined, trail, into, back)
    case 'object':
      for (const [key, below] of op.keys) {
        const value = tellsAll(below) ? undefined : (root as Record<string, unknown>)[key]
        collectBelow(below, value, key, trail, into, back)
      }
      return
    case 'map':
      for (const [key, below] of op.entries) {
        const value = tellsAll(below) ? undefined : (root as Map<unknown, unknown>).get(key)
        collectBelow(below, value, key as PathSegment, trail, into, back)
      }
      return
    case 'members':
      if (back) return collect(invert(op), root, trail, into, false)
      op.removed.forEach((value, i) => into.push({ op: 'remove', path: [...trail, i], value }))
      op.added.forEach((value, i) => into.push({ op: 'add', path: [...trail, i], value }))
      return
    case 'array':
      if (back) return collect(invert(op), root, trail, into, false)
      collectArray(op, root as readonly unknown[], trail, into)
  }
}

/** Whether patches of `op` need nothing else; what it changes deeper down is there. */
const tellsAll = (op: Op): boolean => op.kind === 'set' || op.kind === 'unset'

function collectBelow(
  op: Op,
  root: unknown,
  key: PathSegment,
  trail: PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  trail.push(key)
  collect(op, root, trail, into, back)
  trail.pop()
}

function collectArray(
  op: ArrayOp,
  next: readonly unknown[],
  trail: PathSegment[],
  into: Patch[],
): void {
  if (op.runs === null) {
    for (const index of inOrder(op.edits))
      collectBelow(op.edits?.get(index) as Op, next[index], index, trail, into, false)
    return
  }
  if (isReorder(op.runs)) {
    into.push({ op: 'replace', path: trail.slice(), value: next })
    return
  }
  const { keeps } = placeKeeps(op.runs)
  let at = 0
  for (const index of inOrder(op.edits)) {
    while ((keeps[at]?.keep ?? 0) + (keeps[at]?.count ?? 0) <= index) at++
    const place = (keeps[at]?.place ?? 0) + index - (keeps[at]?.keep ?? 0)
    collectBelow(op.edits?.get(index) as Op, next[place], index, trail, into, false)
  }
  for (const index of inOrder(op.removed).reverse()) {
    into.push({ op: 'remove', path: [...trail, index] })
  }
  let place = 0
  for (const run of op.runs) {
    if (isKeep(run)) place += run.count
    else for (const value of run.insert) into.push({ op: 'add', path: [...trail, place++], value })
  }
}

const inOrder = (map: ReadonlyMap<number, unknown> | null): number[] =>
  map === null ? [] : [...map.keys()].sort((a, b) => a - b)
