// Applies an op to a snapshot, with structural sharing. Stores, compose and rebase call `apply`. Along the
// path of the op every node is copied once and frozen; everything beside it is the same reference as
// before.
import {
  copyNode,
  getNodeShape,
  getOwn,
  freezeNode,
  setOwn,
  type Dictionary,
} from '../document/containers.ts'
import { attachNote } from '../document/hidden-note.ts'
import { defaultLeaves } from '../document/leaves/leaves.ts'
import { isKeepRun } from './arrays/runs.ts'
import { findMember } from './ops/members.ts'
import type { ArrayOp, MapOp, MembersOp, ObjectOp, Op } from './ops/ops.ts'

/**
 * Returns the snapshot that `op` makes of `base`. Untouched structure is shared, new nodes are frozen. The
 * caller must know that the op fits. O(changed), plus the length of changed arrays and objects.
 */
export function apply(base: unknown, op: Op): unknown {
  switch (op.kind) {
    case 'set':
      return op.value
    case 'unset':
      return undefined
    case 'object':
      return applyObject(base as Dictionary, op)
    case 'array':
      return applyArray(base as readonly unknown[], op)
    case 'map':
      return applyMap(base as ReadonlyMap<unknown, unknown>, op)
    case 'members':
      return applyMembers(base as ReadonlySet<unknown>, op)
  }
}

function applyObject(base: Dictionary, op: ObjectOp): Dictionary {
  const shape = getNodeShape(base, false)
  const copy = copyNode(base, shape)
  let sameKeys = true
  for (const [key, below] of op.keys) {
    const unset = below.kind === 'unset'
    if (unset) delete copy[key]
    else setOwn(copy, key, apply(getOwn(base, key), below))
    sameKeys &&= !unset && Object.hasOwn(base, key)
  }
  if (sameKeys && shape !== null) attachNote(copy, shape)
  return Object.freeze(copy)
}

function applyMap(base: ReadonlyMap<unknown, unknown>, op: MapOp): ReadonlyMap<unknown, unknown> {
  const copy = new Map(base)
  for (const [key, below] of op.entries) {
    if (below.kind === 'unset') copy.delete(key)
    else copy.set(key, apply(base.get(key), below))
  }
  return freezeNode(copy)
}

function applyMembers(base: ReadonlySet<unknown>, op: MembersOp): ReadonlySet<unknown> {
  const copy = new Set(base)
  for (const value of op.removed) copy.delete(findMember(copy, value, defaultLeaves))
  for (const value of op.added) copy.add(value)
  return freezeNode(copy)
}

function applyArray(base: readonly unknown[], op: ArrayOp): readonly unknown[] {
  const { runs, edits } = op
  const edited = edits === null ? base : [...base]
  for (const [index, below] of edits ?? []) {
    ;(edited as unknown[])[index] = apply(base[index], below)
  }
  if (runs === null) return Object.freeze(edited)
  const copy: unknown[] = []
  for (const run of runs) {
    if (isKeepRun(run)) for (let i = 0; i < run.count; i++) copy.push(edited[run.keep + i])
    else for (const value of run.insert) copy.push(value)
  }
  return Object.freeze(copy)
}
