import { stepInto, type Path, type PathSegment } from '../document/path.ts'
import { isKeep, isReorder } from './array-runs.ts'
import { placeKeeps } from './invert.ts'
import type { ArrayOp, Op } from './ops.ts'

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
  collect(op, next, [], patches)
  return patches
}

/** `trail` leads to `op` and is put back as it was. */
function collect(op: Op, next: unknown, trail: PathSegment[], into: Patch[]): void {
  switch (op.kind) {
    case 'set':
      into.push({ op: 'old' in op ? 'replace' : 'add', path: trail.slice(), value: op.value })
      return
    case 'unset':
      into.push({ op: 'remove', path: trail.slice() })
      return
    case 'object':
      op.keys.forEach((below, key) => {
        collectBelow(below, next, key, trail, into)
      })
      return
    case 'map':
      op.entries.forEach((below, key) => {
        collectBelow(below, next, key as PathSegment, trail, into)
      })
      return
    case 'members':
      op.removed.forEach((value, i) => into.push({ op: 'remove', path: [...trail, i], value }))
      op.added.forEach((value, i) => into.push({ op: 'add', path: [...trail, i], value }))
      return
    case 'array':
      collectArray(op, next as readonly unknown[], trail, into)
  }
}

function collectBelow(
  op: Op,
  next: unknown,
  key: PathSegment,
  trail: PathSegment[],
  into: Patch[],
): void {
  trail.push(key)
  // Sets and unsets tell all by themselves.
  const told = op.kind === 'set' || op.kind === 'unset'
  collect(op, told ? undefined : stepInto(next, key)?.value, trail, into)
  trail.pop()
}

function collectArray(
  op: ArrayOp,
  next: readonly unknown[],
  trail: PathSegment[],
  into: Patch[],
): void {
  if (op.runs === null) {
    for (const index of inOrder(op.edits)) collectElement(op, index, next[index], trail, into)
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
    collectElement(op, index, next[place], trail, into)
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

function collectElement(
  { edits }: ArrayOp,
  index: number,
  value: unknown,
  trail: PathSegment[],
  into: Patch[],
): void {
  trail.push(index)
  collect(edits?.get(index) as Op, value, trail, into)
  trail.pop()
}

const inOrder = (map: ReadonlyMap<number, unknown> | null): number[] =>
  map === null ? [] : [...map.keys()].sort((a, b) => a - b)
