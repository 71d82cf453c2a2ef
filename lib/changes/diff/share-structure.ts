// Structural sharing for a value that was assigned over another one. The draft of a store calls
// `shareStructure` once `diffValues` has found what differs: everything equal becomes the reference of the
// old value.
import {
  copyNode,
  freezeNode,
  getNodeShape,
  setOwn,
  type Dictionary,
} from '../../document/containers.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { isKeepRun } from '../arrays/runs.ts'
import { findMember } from '../ops/members.ts'
import type { ArrayOp, Op } from '../ops/ops.ts'

type AnyMap = ReadonlyMap<unknown, unknown>
type AnySet = ReadonlySet<unknown>

/**
 * Returns `value`, to which `op` leads from `old`, with every part that `op` does not touch replaced by the
 * reference in `old`. Keys, entries and members keep the order of `value`, which `apply` would not know.
 * O(what `op` touches, and its neighbours).
 */
export function shareStructure(old: unknown, value: unknown, op: Op, leaves: Leaves): unknown {
  const below = (before: unknown, item: unknown, edit: Op | undefined): unknown =>
    edit === undefined ? before : shareStructure(before, item, edit, leaves)
  switch (op.kind) {
    case 'object': {
      let copy: Dictionary | null = null
      for (const key of Object.keys(value as Dictionary)) {
        const item = (value as Dictionary)[key]
        const shown = below((old as Dictionary)[key], item, op.keys.get(key))
        if (Object.is(shown, item)) continue
        copy ??= copyNode(value as object, getNodeShape(value as object, false))
        setOwn(copy, key, shown)
      }
      return copy === null ? value : Object.freeze(copy)
    }
    case 'map': {
      const copy = new Map(value as AnyMap)
      for (const [key, item] of copy)
        copy.set(key, below((old as AnyMap).get(key), item, op.entries.get(key)))
      return freezeNode(copy)
    }
    case 'members':
      return freezeNode(new Set(shareMembers(old as AnySet, value as AnySet, leaves)))
    case 'array': {
      const now = value as readonly unknown[]
      const show = (index: number, at: number): unknown =>
        below((old as readonly unknown[])[index], now[at], op.edits?.get(index))
      const copy = shareElements(now, op, show)
      return copy.every((item, at) => Object.is(item, now[at])) ? value : Object.freeze(copy)
    }
    default:
      return value
  }
}

function shareElements(
  now: readonly unknown[],
  { runs }: ArrayOp,
  show: (index: number, at: number) => unknown,
): unknown[] {
  if (runs === null) return now.map((_, at) => show(at, at))
  const copy: unknown[] = []
  for (const run of runs) {
    if (isKeepRun(run))
      for (let i = 0; i < run.count; i++) copy.push(show(run.keep + i, copy.length))
    else for (const item of run.insert) copy.push(item)
  }
  return copy
}

/**
 * Returns the members of a Set; a new member that equals a removed one of the old Set becomes that one,
 * each once.
 */
function shareMembers(old: AnySet, now: AnySet, leaves: Leaves): unknown[] {
  const gone = new Set([...old].filter(member => !now.has(member)))
  return [...now].map(item => {
    const member = old.has(item) ? item : findMember(gone, item, leaves, true)
    gone.delete(member)
    return member
  })
}
