// Reads the ops of a finished edit off its states. `StoreScope.finish` and `produceWithPatches` call
// `opOfState` once the values are made: the touched keys of each state say where to look, and base and
// value say what changed. So the ops are net: a value that was set back makes no op.
import { collectRemoved } from '../changes/arrays/runs.ts'
import { createMembersOp } from '../changes/ops/members.ts'
import type { ArrayOp, ObjectOp, Op } from '../changes/ops/ops.ts'
import type { Dictionary } from '../document/containers.ts'
import { createFinder, runsOfOrigins } from './arrays/element-origins.ts'
import { State, type Key, type ElementOrigins } from './state.ts'

type AnyMap = ReadonlyMap<Key, unknown>
type AnySet = ReadonlySet<unknown>

/** Returns the op from the base of a finished state to its value. Null: nothing changed. O(changed). */
export function opOfState(state: State): Op | null {
  if (state.value === state.base) return null
  switch (state.kind) {
    case 'object':
    case 'class':
      return opOfObject(state)
    case 'map':
      return opOfMap(state)
    case 'array':
      return opOfArray(state)
    case 'set':
      return opOfSet(state)
  }
}

/** Returns the op of one place from its value now and the value in the base. */
function opOfPlace(state: State, key: Key, value: unknown, old: unknown): Op | null {
  if (Object.is(value, old)) return null
  if (typeof value !== 'object') return { kind: 'set', value, old }
  if (state.scope.isAtomic?.(state, key)) return { kind: 'set', value, old }
  const edit = findEdit(state, key, value, old)
  if (edit !== null) return opOfState(edit)
  const told = value === null ? null : state.scope.opOfOverwritten?.(value, old)
  return told ?? { kind: 'set', value, old }
}

/**
 * Returns the state of the draft that turned `old`, the base's value at `key`, into `value`; null if there
 * is none.
 */
export function findEdit(state: State, key: Key, value: unknown, old: unknown): State | null {
  const child = value === null ? undefined : state.children?.get(key)
  return child instanceof State && child.base === old && child.value === value ? child : null
}

function opOfObject(state: State): ObjectOp {
  const [base, value] = [state.base as Dictionary, state.value as Dictionary]
  const keys = new Map<string, Op>()
  for (const key of (state.touched?.list ?? []) as readonly string[]) {
    const had = Object.hasOwn(base, key)
    const has = state.keys === 'kept' || Object.hasOwn(value, key)
    const op = opOfKey(state, key, had, base[key], has, value[key])
    if (op !== null) keys.set(key, op)
  }
  return { kind: 'object', keys }
}

function opOfMap(state: State): Op {
  const [base, value] = [state.base as AnyMap, state.value as AnyMap]
  const entries = new Map<Key, Op>()
  for (const key of state.touched?.list ?? []) {
    const op = opOfKey(state, key, base.has(key), base.get(key), value.has(key), value.get(key))
    if (op !== null) entries.set(key, op)
  }
  // Only the order of the entries changed.
  return entries.size === 0 ? { kind: 'set', value, old: base } : { kind: 'map', entries }
}

function opOfKey(
  state: State,
  key: Key,
  had: boolean,
  old: unknown,
  has: boolean,
  value: unknown,
): Op | null {
  if (!had) return has ? { kind: 'set', value } : null
  return has ? opOfPlace(state, key, value, old) : { kind: 'unset', old }
}

function opOfArray(state: State): ArrayOp {
  const base = state.base as readonly unknown[]
  const now = state.value as readonly unknown[]
  const at = (index: number): unknown => base[index]
  const runs = runsOfOrigins(state.origins as ElementOrigins, base.length, now)
  const find = createFinder(state)
  let edits: Map<number, Op> | null = null
  for (const index of (state.touched?.list ?? []) as readonly number[]) {
    const place = index < 0 ? -1 : find(index)
    const op = place < 0 ? null : opOfPlace(state, index, now[place], base[index])
    if (op !== null) (edits ??= new Map()).set(index, op)
  }
  return {
    kind: 'array',
    length: base.length,
    runs,
    edits,
    removed: runs && collectRemoved(runs, base.length, at),
  }
}

function opOfSet({ base, value, scope }: State): Op {
  const [before, now] = [base as AnySet, value as AnySet]
  const came = [...now].filter(member => !before.has(member))
  const went = [...before].filter(member => !now.has(member))
  // Only the order of the members changed, or the order within a member.
  return createMembersOp(came, went, scope.leaves) ?? { kind: 'set', value, old: base }
}
