// The op that a finished draft stands for: read off its states, against their bases.
import { canonicalRuns, removedBy } from '../changes/array-runs.ts'
import type { ArrayOp, Op } from '../changes/ops.ts'
import { stepInto } from '../document/path.ts'
import { finder, runsOf } from './places.ts'
import { State, type Key, type Places } from './state.ts'

/** What leads from the base of a finished state to its value; null: nothing changed. O(changed). */
export function opOf(state: State): Op | null {
  if (state.value === state.base) return null
  switch (state.kind) {
    case 'object':
    case 'class':
      return { kind: 'object', keys: keyOps(state) as Map<string, Op> }
    case 'map':
      return { kind: 'map', entries: keyOps(state) }
    case 'array':
      return opOfArray(state)
    case 'set':
      return opOfSet(state.base as Set<unknown>, state.value as Set<unknown>)
  }
}

/** Of what a place holds now, and what the base held there. */
function opOfPlace(state: State, key: Key, value: unknown, old: unknown): Op | null {
  if (Object.is(value, old)) return null
  const kid = state.kids?.get(key)
  if (kid instanceof State && kid.base === old && kid.value === value) return opOf(kid)
  return { kind: 'set', value, old }
}

function keyOps(state: State): Map<Key, Op> {
  const ops = new Map<Key, Op>()
  for (const key of state.touched?.list ?? []) {
    const now = stepInto(state.value, key)
    const before = stepInto(state.base, key)
    if (before === null) {
      if (now !== null) ops.set(key, { kind: 'set', value: now.value })
    } else if (now === null) ops.set(key, { kind: 'unset', old: before.value })
    else {
      const op = opOfPlace(state, key, now.value, before.value)
      if (op !== null) ops.set(key, op)
    }
  }
  return ops
}

function opOfArray(state: State): ArrayOp {
  const base = state.base as readonly unknown[]
  const now = state.value as readonly unknown[]
  const at = (index: number): unknown => base[index]
  const raw = runsOf(state.places as Places, base.length, now)
  const runs = canonicalRuns(raw, { length: base.length, at, leaves: state.scope.leaves })
  for (const run of runs ?? []) if ('insert' in run) Object.freeze(run.insert)
  const find = finder(state)
  const edits = new Map<number, Op>()
  for (const index of (state.touched?.list ?? []) as readonly number[]) {
    const place = index < 0 ? -1 : find(index)
    const op = place < 0 ? null : opOfPlace(state, index, now[place], base[index])
    if (op !== null) edits.set(index, op)
  }
  return {
    kind: 'array',
    length: base.length,
    runs,
    edits: edits.size === 0 ? null : edits,
    removed: runs && removedBy(runs, base.length, at),
  }
}

function opOfSet(before: ReadonlySet<unknown>, now: ReadonlySet<unknown>): Op {
  return {
    kind: 'members',
    added: Object.freeze([...now].filter(member => !before.has(member))),
    removed: Object.freeze([...before].filter(member => !now.has(member))),
  }
}
