// Checks an op from elsewhere against the state it is to change. `prepareForeignChange` calls it before
// `apply`: an op carries the old values of its base, and a state fits if it holds equal ones.
import { isEditableObject } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import type { Conflict } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { stepInto, type Path, type PathSegment } from '../../document/paths/path.ts'
import { findMember } from './members.ts'
import type { Op } from './ops.ts'

/**
 * Finds the places where `op` does not fit `state`: its old values, removed values, lengths or kinds are
 * not those of the state. An empty list: the op fits. O(op).
 */
export function findMisfits(op: Op, state: unknown, leaves: Leaves): Conflict[] {
  const found: Conflict[] = []
  collectMisfits(op, { value: state }, [], leaves, found)
  return found
}

function collectMisfits(
  op: Op,
  place: { value: unknown } | null,
  path: Path,
  leaves: Leaves,
  found: Conflict[],
): void {
  const theirs = place?.value
  const clash = (base: unknown, ours: unknown): void =>
    void found.push({ path, base, ours, theirs })
  const below = (key: PathSegment, child: Op): void => {
    collectMisfits(child, stepInto(theirs, key), [...path, key], leaves, found)
  }
  switch (op.kind) {
    case 'set':
      if ('old' in op ? !isValueAt(place, op.old, leaves) : place !== null) clash(op.old, op.value)
      return
    case 'unset':
      if (!isValueAt(place, op.old, leaves)) clash(op.old, undefined)
      return
    case 'object':
      if (!isObject(theirs)) return clash(undefined, undefined)
      for (const [key, child] of op.keys) below(key, child)
      return
    case 'map':
      if (!(theirs instanceof Map)) return clash(undefined, undefined)
      for (const [key, child] of op.entries) below(key, child)
      return
    case 'members':
      if (!(theirs instanceof Set)) return clash(undefined, undefined)
      for (const value of op.removed) {
        if (!theirs.has(findMember(theirs, value, leaves))) clash(value, undefined)
      }
      for (const value of op.added) if (theirs.has(value)) clash(undefined, value)
      return
    case 'array':
      if (!Array.isArray(theirs) || theirs.length !== op.length) return clash(undefined, undefined)
      for (const [index, value] of op.removed ?? []) {
        below(index, { kind: 'unset', old: value })
      }
      for (const [index, child] of op.edits ?? []) below(index, child)
  }
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && isEditableObject(value)

function isValueAt(place: { value: unknown } | null, old: unknown, leaves: Leaves): boolean {
  return place !== null && isEqual(place.value, old, leaves)
}
