// The difference of two snapshots that came without ops: after a reload, a foreign write, or an assignment
// of one container over another (`draft.address = { ...draft.address, city }`). Documents, `patch`, schemas
// and drafts call it. Containers that are the same thing (same key, same kind) are compared field by field;
// everything else is one `set`.
import { isEditableObject, type Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import { isSameOrder } from '../../document/items.ts'
import { findLeaf } from '../../document/leaves/leaf-kinds.ts'
import { apply } from '../apply.ts'
import { diffArrays } from './diff-array.ts'
import { BY_ID, ELEMENT, pathTo, type CompareRules, type Fields } from './identity.ts'
import { createMembersOp } from '../ops/members.ts'
import type { MapOp, ObjectOp, Op } from '../ops/ops.ts'

/** The difference of two snapshots. */
export interface Difference {
  readonly op: ObjectOp
  /** The new snapshot, which shares with `base` everything that is equal. */
  readonly next: object
}

/**
 * Diffs two snapshots. Null: they are equal. Shared references are skipped at once. O(what is not shared).
 */
export function diffSnapshots(
  base: object,
  next: object,
  { leaves, keys = BY_ID, atomic }: Pick<CompareRules, 'leaves' | 'atomic'> & Partial<CompareRules>,
): Difference | null {
  const rules = { leaves, keys, atomic }
  const op = diffObjects(base as Dictionary, next as Dictionary, rules, [])
  return op && { op, next: apply(base, op) as object }
}

/** Returns the op for one place whose value is replaced. Null: the two values are equal. */
export function diffValues(
  old: unknown,
  value: unknown,
  rules: CompareRules,
  path: Fields,
): Op | null {
  if (Object.is(old, value)) return null
  const parts = !rules.atomic?.(path) && hasSameKey(old, value, rules, path)
  const op = parts ? diffContainers(old, value, rules, path) : undefined
  if (op !== undefined) return op
  return isEqual(old, value, rules.leaves, rules.ordered) ? null : { kind: 'set', value, old }
}

/**
 * Whether both values have the same key, or neither has one. An array itself is no element, so it has no
 * key.
 */
function hasSameKey(old: unknown, value: unknown, rules: CompareRules, path: Fields): boolean {
  if (Array.isArray(old) || Array.isArray(value)) return true
  const keyOf = rules.keys(path)
  return isEqual(keyOf(old), keyOf(value), rules.leaves)
}

/**
 * Diffs two containers. Undefined: they are not of one kind, or have too little in common for anything but
 * a `set`.
 */
function diffContainers(
  old: unknown,
  value: unknown,
  rules: CompareRules,
  path: Fields,
): Op | null | undefined {
  if (typeof old !== 'object' || typeof value !== 'object' || !old || !value) return undefined
  const { leaves, ordered } = rules
  if (findLeaf(old, leaves) !== null || findLeaf(value, leaves) !== null) return undefined
  if (Array.isArray(old) && Array.isArray(value)) {
    const below = pathTo(path, ELEMENT, rules)
    return diffArrays(old, value, rules, rules.keys(path), (a, b) => {
      if (Object.is(a, b)) return null
      const op = rules.atomic?.(below) ? undefined : diffContainers(a, b, rules, below)
      if (op !== undefined) return op
      return isEqual(a, b, leaves, ordered) ? null : { kind: 'set', value: b, old: a }
    })
  }
  if (old instanceof Map && value instanceof Map) return diffMaps(old, value, rules, path)
  if (old instanceof Set && value instanceof Set) {
    const came = [...value].filter(member => !old.has(member))
    const went = [...old].filter(member => !value.has(member))
    return createMembersOp(came, went, leaves) ?? undefined
  }
  const alike = Object.getPrototypeOf(old) === Object.getPrototypeOf(value)
  if (!alike || Array.isArray(old) || !isEditableObject(old) || !isEditableObject(value))
    return undefined
  const [before, now] = [Object.keys(old), Object.keys(value)]
  const strange = before.length > 0 && now.length > 0 && !now.some(key => Object.hasOwn(old, key))
  return strange ? undefined : diffObjects(old, value, rules, path)
}

function diffObjects(
  base: Dictionary,
  next: Dictionary,
  rules: CompareRules,
  path: Fields,
): ObjectOp | null {
  const keys = new Map<string, Op>()
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(next, key)) keys.set(key, { kind: 'unset', old: base[key] })
  }
  for (const key of Object.keys(next)) {
    const value = next[key]
    const op: Op | null = Object.hasOwn(base, key)
      ? diffValues(base[key], value, rules, pathTo(path, key, rules))
      : { kind: 'set', value }
    if (op !== null) keys.set(key, op)
  }
  return keys.size === 0 ? null : { kind: 'object', keys }
}

function diffMaps(
  base: ReadonlyMap<unknown, unknown>,
  next: ReadonlyMap<unknown, unknown>,
  rules: CompareRules,
  path: Fields,
): MapOp | null | undefined {
  const entries = new Map<unknown, Op>()
  for (const [key, old] of base) if (!next.has(key)) entries.set(key, { kind: 'unset', old })
  for (const [key, value] of next) {
    const op: Op | null = base.has(key)
      ? diffValues(base.get(key), value, rules, pathTo(path, String(key), rules))
      : { kind: 'set', value }
    if (op !== null) entries.set(key, op)
  }
  if (entries.size > 0) return { kind: 'map', entries }
  return rules.ordered === true && !isSameOrder(base.keys(), next.keys()) ? undefined : null
}
