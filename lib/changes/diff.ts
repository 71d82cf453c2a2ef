// What leads from one state to another that came without ops: a reload, a foreign writer, a form.
import { isKeyed, type Dictionary } from '../document/containers.ts'
import { equal } from '../document/equality.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import { apply } from './apply.ts'
import { diffArrays, type KeyOf } from './diff-array.ts'
import { membersOp } from './members.ts'
import type { MapOp, ObjectOp, Op } from './ops.ts'

/** What leads from one snapshot to another that came without ops. */
export interface Difference {
  readonly op: ObjectOp
  /** `next`, sharing with `base` what is equal. */
  readonly next: object
}

/** How the elements of the array at a path are known; null: by reference and by value. */
export type Keys = (path: readonly string[]) => KeyOf | null

const UNKEYED: Keys = () => null

/** The difference of two snapshots; null: they are equal. Shared references are skipped at once. */
export function diff(
  base: object,
  next: object,
  leaves: Leaves,
  keys: Keys = UNKEYED,
): Difference | null {
  const op = diffObjects(base as Dictionary, next as Dictionary, { leaves, keys }, [])
  return op && { op, next: apply(base, op) as object }
}

interface Comparing {
  readonly leaves: Leaves
  readonly keys: Keys
}

function diffValues(old: unknown, value: unknown, how: Comparing, path: string[]): Op | null {
  if (Object.is(old, value)) return null
  const op = diffContainers(old, value, how, path)
  if (op !== undefined) return op
  return equal(old, value, how.leaves) ? null : { kind: 'set', value, old }
}

/** Undefined: they are not two containers of one kind, or have too little in common. */
function diffContainers(
  old: unknown,
  value: unknown,
  how: Comparing,
  path: string[],
): Op | null | undefined {
  if (typeof old !== 'object' || typeof value !== 'object' || !old || !value) return undefined
  const { leaves, keys } = how
  if (leaves.find(old) !== null || leaves.find(value) !== null) return undefined
  if (Array.isArray(old) && Array.isArray(value)) {
    const below = (a: unknown, b: unknown): Op | null => diffValues(a, b, how, path)
    return diffArrays(old, value, keys(path), leaves, below)
  }
  if (old instanceof Map && value instanceof Map) return diffMaps(old, value, how, path)
  if (old instanceof Set && value instanceof Set) {
    const came = [...value].filter(member => !old.has(member))
    const went = [...old].filter(member => !value.has(member))
    return membersOp(came, went, leaves)
  }
  const alike = Object.getPrototypeOf(old) === Object.getPrototypeOf(value)
  if (!alike || Array.isArray(old) || !isKeyed(old) || !isKeyed(value)) return undefined
  return diffObjects(old, value, how, path)
}

function diffObjects(
  base: Dictionary,
  next: Dictionary,
  how: Comparing,
  path: string[],
): ObjectOp | null {
  const keys = new Map<string, Op>()
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(next, key)) keys.set(key, { kind: 'unset', old: base[key] })
  }
  for (const key of Object.keys(next)) {
    const value = next[key]
    const op: Op | null = Object.hasOwn(base, key)
      ? diffValues(base[key], value, how, [...path, key])
      : { kind: 'set', value }
    if (op !== null) keys.set(key, op)
  }
  return keys.size === 0 ? null : { kind: 'object', keys }
}

function diffMaps(
  base: ReadonlyMap<unknown, unknown>,
  next: ReadonlyMap<unknown, unknown>,
  how: Comparing,
  path: string[],
): MapOp | null {
  const entries = new Map<unknown, Op>()
  for (const [key, old] of base) if (!next.has(key)) entries.set(key, { kind: 'unset', old })
  for (const [key, value] of next) {
    const op: Op | null = base.has(key)
      ? diffValues(base.get(key), value, how, [...path, String(key)])
      : { kind: 'set', value }
    if (op !== null) entries.set(key, op)
  }
  return entries.size === 0 ? null : { kind: 'map', entries }
}
