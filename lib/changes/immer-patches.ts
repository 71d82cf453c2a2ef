import { stepInto, type Path, type PathSegment } from '../document/path.ts'
import { isKeep } from './array-runs.ts'
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

function collect(op: Op, next: unknown, path: Path, into: Patch[]): void {
  const step = (key: PathSegment, below: Op): void => {
    collect(below, stepInto(next, key)?.value, [...path, key], into)
  }
  switch (op.kind) {
    case 'set':
      into.push({ op: 'old' in op ? 'replace' : 'add', path, value: op.value })
      return
    case 'unset':
      into.push({ op: 'remove', path })
      return
    case 'object':
      for (const [key, below] of op.keys) step(key, below)
      return
    case 'map':
      for (const [key, below] of op.entries) step(key, below)
      return
    case 'members':
      op.removed.forEach((value, i) => into.push({ op: 'remove', path: [...path, i], value }))
      op.added.forEach((value, i) => into.push({ op: 'add', path: [...path, i], value }))
      return
    case 'array':
      collectArray(op, next as readonly unknown[], path, into)
  }
}

function collectArray(op: ArrayOp, next: readonly unknown[], path: Path, into: Patch[]): void {
  const runs = op.runs ?? [{ keep: 0, count: op.length }]
  if (isReorder(op)) {
    into.push({ op: 'replace', path, value: next })
    return
  }
  const { keeps } = placeKeeps(runs)
  const edits = [...(op.edits ?? [])].sort((a, b) => a[0] - b[0])
  let at = 0
  for (const [index, below] of edits) {
    while ((keeps[at]?.keep ?? 0) + (keeps[at]?.count ?? 0) <= index) at++
    const place = (keeps[at]?.place ?? 0) + index - (keeps[at]?.keep ?? 0)
    collect(below, next[place], [...path, index], into)
  }
  const removed = [...(op.removed?.keys() ?? [])].sort((a, b) => b - a)
  for (const index of removed) into.push({ op: 'remove', path: [...path, index] })
  let place = 0
  for (const run of runs) {
    if (isKeep(run)) place += run.count
    else for (const value of run.insert) into.push({ op: 'add', path: [...path, place++], value })
  }
}

/** Whether kept elements change their order. */
function isReorder(op: ArrayOp): boolean {
  let last = -1
  for (const run of op.runs ?? []) {
    if (!isKeep(run)) continue
    if (run.keep < last) return true
    last = run.keep
  }
  return false
}
