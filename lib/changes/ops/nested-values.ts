import { apply } from '../apply.ts'
import type { ObjectOp, Op } from './ops.ts'

type ByKey = ReadonlyMap<string, unknown>

/** What ops that only tell differences lead from and to, by top-level key and by reference. */
export interface NestedValues {
  readonly before: ByKey
  readonly after: ByKey
}

const NONE: ByKey = new Map()

/** The values of the keys whose ops only tell differences; the others tell theirs. */
export function pickNested(op: ObjectOp, valueOf: (key: string) => unknown): ByKey {
  let picked: Map<string, unknown> | null = null
  for (const [key, { kind }] of op.keys) {
    if (kind === 'set' || kind === 'unset') continue
    picked ??= new Map()
    picked.set(key, valueOf(key))
  }
  return picked ?? NONE
}

/** The values of all touched keys, before or after; absent keys left out. */
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

/** The values of `op`, which is `first` and then `then`; null unless both know theirs. */
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

/** The values of `op`, which is `ours` on top of `theirs`; null unless both know theirs. */
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
