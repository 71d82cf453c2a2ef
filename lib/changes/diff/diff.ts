// What leads from one state to another that came without ops: a reload, a foreign writer, a form, or what a recipe
// assigned over a container.
import { isKeyed, type Dictionary } from '../../document/containers.ts'
import { equal } from '../../document/equality.ts'
import { sameOrder } from '../../document/items.ts'
import { findLeaf } from '../../document/leaves/leaf-kinds.ts'
import { apply } from '../apply.ts'
import { diffArrays } from './diff-array.ts'
import { BY_ID, ELEMENT, pathTo, type Comparing, type Fields } from './identity.ts'
import { membersOp } from '../ops/members.ts'
import type { MapOp, ObjectOp, Op } from '../ops/ops.ts'

/** What leads from one snapshot to another that came without ops. */
export interface Difference {
  readonly op: ObjectOp
  /** `next`, sharing with `base` what is equal. */
  readonly next: object
}

/** The difference of two snapshots; null: they are equal. Shared references are skipped at once. */
export function diff(
  base: object,
  next: object,
  { leaves, keys = BY_ID, atomic }: Pick<Comparing, 'leaves' | 'atomic'> & Partial<Comparing>,
): Difference | null {
  const how = { leaves, keys, atomic }
  const op = diffObjects(base as Dictionary, next as Dictionary, how, [])
  return op && { op, next: apply(base, op) as object }
}

/** The op for one place, whose value is replaced; null: the two are equal. */
export function diffValues(old: unknown, value: unknown, how: Comparing, path: Fields): Op | null {
  if (Object.is(old, value)) return null
  const parts = !how.atomic?.(path) && sameKey(old, value, how, path)
  const op = parts ? diffContainers(old, value, how, path) : undefined
  if (op !== undefined) return op
  return equal(old, value, how.leaves, how.ordered) ? null : { kind: 'set', value, old }
}

/** Whether both have the same key, or both have none. What stands at the path of an array is no element of it. */
function sameKey(old: unknown, value: unknown, how: Comparing, path: Fields): boolean {
  if (Array.isArray(old) || Array.isArray(value)) return true
  const keyOf = how.keys(path)
  return equal(keyOf(old), keyOf(value), how.leaves)
}

/** Undefined: they are not two containers of one kind, or have too little in common. */
function diffContainers(
  old: unknown,
  value: unknown,
  how: Comparing,
  path: Fields,
): Op | null | undefined {
  if (typeof old !== 'object' || typeof value !== 'object' || !old || !value) return undefined
  const { leaves, ordered } = how
  if (findLeaf(old, leaves) !== null || findLeaf(value, leaves) !== null) return undefined
  if (Array.isArray(old) && Array.isArray(value)) {
    const below = pathTo(path, ELEMENT, how)
    return diffArrays(old, value, how, how.keys(path), (a, b) => {
      if (Object.is(a, b)) return null
      const op = how.atomic?.(below) ? undefined : diffContainers(a, b, how, below)
      if (op !== undefined) return op
      return equal(a, b, leaves, ordered) ? null : { kind: 'set', value: b, old: a }
    })
  }
  if (old instanceof Map && value instanceof Map) return diffMaps(old, value, how, path)
  if (old instanceof Set && value instanceof Set) {
    const came = [...value].filter(member => !old.has(member))
    const went = [...old].filter(member => !value.has(member))
    return membersOp(came, went, leaves) ?? undefined
  }
  const alike = Object.getPrototypeOf(old) === Object.getPrototypeOf(value)
  if (!alike || Array.isArray(old) || !isKeyed(old) || !isKeyed(value)) return undefined
  const [before, now] = [Object.keys(old), Object.keys(value)]
  const strange = before.length > 0 && now.length > 0 && !now.some(key => Object.hasOwn(old, key))
  return strange ? undefined : diffObjects(old, value, how, path)
}

function diffObjects(
  base: Dictionary,
  next: Dictionary,
  how: Comparing,
  path: Fields,
): ObjectOp | null {
  const keys = new Map<string, Op>()
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(next, key)) keys.set(key, { kind: 'unset', old: base[key] })
  }
  for (const key of Object.keys(next)) {
    const value = next[key]
    const op: Op | null = Object.hasOwn(base, key)
      ? diffValues(base[key], value, how, pathTo(path, key, how))
      : { kind: 'set', value }
    if (op !== null) keys.set(key, op)
  }
  return keys.size === 0 ? null : { kind: 'object', keys }
}

function diffMaps(
  base: ReadonlyMap<unknown, unknown>,
  next: ReadonlyMap<unknown, unknown>,
  how: Comparing,
  path: Fields,
): MapOp | null | undefined {
  const entries = new Map<unknown, Op>()
  for (const [key, old] of base) if (!next.has(key)) entries.set(key, { kind: 'unset', old })
  for (const [key, value] of next) {
    const op: Op | null = base.has(key)
      ? diffValues(base.get(key), value, how, pathTo(path, String(key), how))
      : { kind: 'set', value }
    if (op !== null) entries.set(key, op)
  }
  if (entries.size > 0) return { kind: 'map', entries }
  return how.ordered === true && !sameOrder(base.keys(), next.keys()) ? undefined : null
}
