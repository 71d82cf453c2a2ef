// Keys that a collection sets itself, such as `updatedAt`: ops of edits never hold them. `dropKeys` takes them out of a
// change from elsewhere; `coverKeys` adds them to the op of an event, which must lead from one state to the next.
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { stepInto } from '../../document/paths/path.ts'
import type { ObjectOp, Op } from './ops.ts'

/** Returns an op without these top-level keys; the op itself if it has none of them. */
export function dropKeys(op: ObjectOp, keys: ReadonlySet<string>): ObjectOp {
  if (![...keys].some(key => op.keys.has(key))) return op
  return { kind: 'object', keys: new Map([...op.keys].filter(([key]) => !keys.has(key))) }
}

/** Adds to an op what makes these top-level keys of `base` those of `next`. */
export function coverKeys(
  op: ObjectOp,
  base: object,
  next: object,
  keys: ReadonlySet<string>,
  leaves: Leaves,
): ObjectOp {
  let covered: Map<string, Op> | null = null
  for (const key of keys) {
    if (op.keys.has(key)) continue
    const added = opOfKey(stepInto(base, key), stepInto(next, key), leaves)
    if (added !== null) (covered ??= new Map(op.keys)).set(key, added)
  }
  return covered === null ? op : { kind: 'object', keys: covered }
}

type Place = { readonly value: unknown } | null

function opOfKey(from: Place, to: Place, leaves: Leaves): Op | null {
  if (to === null) return from && { kind: 'unset', old: from.value }
  if (from === null) return { kind: 'set', value: to.value }
  if (isEqual(from.value, to.value, leaves)) return null
  return { kind: 'set', value: to.value, old: from.value }
}
