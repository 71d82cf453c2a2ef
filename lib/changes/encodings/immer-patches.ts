// Writes ops as patches in Immer's format. `ChangeSet.patches`, `ChangeSet.inverse` and
// `produceWithPatches` call these functions. Ops know no parent, so the walk carries the path along, and
// the values of edited elements are read from the result.
import type { Path, PathSegment } from '../../document/paths/path.ts'
import { isKeepRun, isReorder } from '../arrays/runs.ts'
import { invertOp, placeKeeps } from '../invert.ts'
import type { ArrayOp, Op } from '../ops/ops.ts'

/** One patch in Immer's format. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove'
  /** The segments from the root. In a Set the last one is the position of the member, which `value` names. */
  readonly path: Path
  readonly value?: unknown
}

/**
 * Returns patches that lead from the base to `next`, applied one after another. A splice becomes removes
 * and adds, a reorder one replace of the array. O(op), for a reorder O(length).
 */
export function toImmerPatches(op: Op, next: unknown): Patch[] {
  const patches: Patch[] = []
  collectPatches(op, next, [], patches, false)
  return patches
}

/**
 * Adds the patch of one place. `had`: a value stood there before; `has`: one stands there now. With `back`
 * the patch that undoes this is added instead.
 */
export function pushPatch(
  had: boolean,
  old: unknown,
  has: boolean,
  value: unknown,
  segments: readonly PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  if (back) return pushPatch(has, value, had, old, segments, into, false)
  const path = segments.slice()
  if (has) into.push({ op: had ? 'replace' : 'add', path, value })
  else into.push({ op: 'remove', path })
}

/**
 * Adds the patches of `op`, which stands at `segments`. With `back` the patches that undo `op` are added,
 * and `root` is the base.
 */
export function collectPatches(
  op: Op,
  root: unknown,
  segments: PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  switch (op.kind) {
    case 'set':
      return pushPatch('old' in op, op.old, true, op.value, segments, into, back)
    case 'unset':
      return pushPatch(true, op.old, false, undefined, segments, into, back)
    case 'object':
      for (const [key, below] of op.keys) {
        const value = carriesItsValue(below) ? undefined : (root as Record<string, unknown>)[key]
        collectPatchesBelow(below, value, key, segments, into, back)
      }
      return
    case 'map':
      for (const [key, below] of op.entries) {
        const value = carriesItsValue(below) ? undefined : (root as Map<unknown, unknown>).get(key)
        collectPatchesBelow(below, value, key, segments, into, back)
      }
      return
    case 'members':
      if (back) return collectPatches(invertOp(op), root, segments, into, false)
      op.removed.forEach((value, i) => into.push({ op: 'remove', path: [...segments, i], value }))
      op.added.forEach((value, i) => into.push({ op: 'add', path: [...segments, i], value }))
      return
    case 'array':
      if (back) return collectPatches(invertOp(op), root, segments, into, false)
      collectArrayPatches(op, root as readonly unknown[], segments, into)
  }
}

/** Whether the patches of an op need no value but its own. */
const carriesItsValue = (op: Op): boolean => op.kind === 'set' || op.kind === 'unset'

function collectPatchesBelow(
  op: Op,
  root: unknown,
  key: PathSegment,
  segments: PathSegment[],
  into: Patch[],
  back: boolean,
): void {
  segments.push(key)
  collectPatches(op, root, segments, into, back)
  segments.pop()
}

function collectArrayPatches(
  op: ArrayOp,
  next: readonly unknown[],
  segments: PathSegment[],
  into: Patch[],
): void {
  if (op.runs === null) {
    for (const index of sortIndices(op.edits))
      collectPatchesBelow(op.edits?.get(index) as Op, next[index], index, segments, into, false)
    return
  }
  if (isReorder(op.runs)) {
    into.push({ op: 'replace', path: segments.slice(), value: next })
    return
  }
  const { keeps } = placeKeeps(op.runs)
  let at = 0
  for (const index of sortIndices(op.edits)) {
    while ((keeps[at]?.keep ?? 0) + (keeps[at]?.count ?? 0) <= index) at++
    const place = (keeps[at]?.place ?? 0) + index - (keeps[at]?.keep ?? 0)
    collectPatchesBelow(op.edits?.get(index) as Op, next[place], index, segments, into, false)
  }
  for (const index of sortIndices(op.removed).reverse()) {
    into.push({ op: 'remove', path: [...segments, index] })
  }
  let place = 0
  for (const run of op.runs) {
    if (isKeepRun(run)) place += run.count
    else
      for (const value of run.insert) into.push({ op: 'add', path: [...segments, place++], value })
  }
}

const sortIndices = (map: ReadonlyMap<number, unknown> | null): number[] =>
  map === null ? [] : [...map.keys()].sort((a, b) => a - b)
