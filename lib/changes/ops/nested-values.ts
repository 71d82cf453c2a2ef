// The old and new values of a change set. A `set` or `unset` op carries its values; an op of edits further
// down does not. `ChangeSet` keeps the latter here, by reference, and combines the two when a user asks for
// `changes` or `originals`.
import { apply } from '../apply.ts'
import type { ObjectOp, Op } from './ops.ts'

type ByKey = ReadonlyMap<string, unknown>

/** The values, before and after, of the top-level keys whose ops hold edits further down. */
export interface NestedValues {
  readonly before: ByKey
  readonly after: ByKey
}

const NONE: ByKey = new Map()

/** Picks the values of the keys whose ops hold edits further down. */
export function pickNested(op: ObjectOp, valueOf: (key: string) => unknown): ByKey {
  let picked: Map<string, unknown> | null = null
  for (const [key, { kind }] of op.keys) {
    if (kind === 'set' || kind === 'unset') continue
    picked ??= new Map()
    picked.set(key, valueOf(key))
  }
  return picked ?? NONE
}

/** Returns the values of all touched keys, before or after the change; absent keys are left out. */
export function collectValues(op: ObjectOp, values: NestedValues, when: keyof NestedValues): ByKey {
  const all = new Map<string, unknown>()
  for (const [key, below] of op.keys) {
    if (below.kind === 'set') {
      if (when === 'after') all.set(key, below.value)
      else if ('old' in below) all.set(key, below.old)
    } else if (below.kind === 'unset') {
      if (when === 'before') all.set(key, below.old)
    } else all.set(key, values[when].get(key))
  }
  return all
}

interface OpWithValues {
  readonly op: ObjectOp
  readonly values: NestedValues | null
}

/** Returns the values of `op`, which composes `first` and `then`; null unless both have values. */
export function composeValues(
  op: ObjectOp,
  first: OpWithValues,
  then: OpWithValues,
): NestedValues | null {
  if (first.values === null || then.values === null) return null
  const before = [first, then].map(({ op, values }) =>
    collectValues(op, values as NestedValues, 'before'),
  )
  const after = [then, first].map(({ op, values }) =>
    collectValues(op, values as NestedValues, 'after'),
  )
  const pick = (maps: readonly ByKey[]): ByKey =>
    pickNested(op, key => maps.find(map => map.has(key))?.get(key))
  return { before: pick(before), after: pick(after) }
}

/** Returns the values of `op`, which is `ours` rebased onto `theirs`; null unless both have values. */
export function rebaseValues(
  op: ObjectOp,
  ours: OpWithValues,
  theirs: OpWithValues,
): NestedValues | null {
  if (ours.values === null || theirs.values === null) return null
  const made = collectValues(theirs.op, theirs.values, 'after')
  const base = collectValues(ours.op, ours.values, 'before')
  const before = (key: string): unknown => (made.has(key) ? made.get(key) : base.get(key))
  return {
    before: pickNested(op, before),
    after: pickNested(op, key => apply(before(key), op.keys.get(key) as Op)),
  }
}
