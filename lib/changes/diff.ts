import { isPlainObject, setOwn, type Dictionary } from '../document/containers.ts'
import { equal } from '../document/equality.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import type { ObjectOp, Op } from './ops.ts'

/** What leads from one snapshot to another that came without ops. */
export interface Difference {
  readonly op: ObjectOp
  /** `next`, sharing with `base` what is equal. */
  readonly next: object
}

/**
 * The difference of two snapshots: objects key by key, everything else whole. Null: they are equal.
 * Shared references are skipped at once. O(what is not shared).
 */
export function diff(base: object, next: object, leaves: Leaves): Difference | null {
  const keys = new Map<string, Op>()
  const merged: Dictionary = {}
  const [from, to] = [base as Dictionary, next as Dictionary]
  for (const key of Object.keys(from)) {
    if (!Object.hasOwn(to, key)) keys.set(key, { kind: 'unset', old: from[key] })
  }
  for (const key of Object.keys(to)) {
    const value = to[key]
    if (!Object.hasOwn(from, key)) {
      keys.set(key, { kind: 'set', value })
      setOwn(merged, key, value)
      continue
    }
    const old = from[key]
    const below = bothObjects(old, value, leaves)
      ? diff(old as object, value as object, leaves)
      : null
    if (below !== null) {
      keys.set(key, below.op)
      setOwn(merged, key, below.next)
    } else if (equal(old, value, leaves)) setOwn(merged, key, old)
    else {
      keys.set(key, { kind: 'set', value, old })
      setOwn(merged, key, value)
    }
  }
  return keys.size === 0 ? null : { op: { kind: 'object', keys }, next: Object.freeze(merged) }
}

function bothObjects(a: unknown, b: unknown, leaves: Leaves): boolean {
  return a !== b && [a, b].every(v => typeof v === 'object' && v !== null && isObject(v, leaves))
}

const isObject = (value: object, leaves: Leaves): boolean =>
  !Array.isArray(value) && isPlainObject(value) && leaves.find(value) === null
