import { bareLike, freezeNode } from '../document/containers.ts'
import { fillLike } from '../document/items.ts'
import { stepInto, type PathSegment } from '../document/path.ts'
import { isKeep } from './array-runs.ts'
import { memberOf } from './members.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import type { Op } from './ops.ts'

type AnySet = ReadonlySet<unknown>

/**
 * Makes `value`, to which `op` leads from `old`, share with `old` what `op` does not touch. It keeps the order of
 * its keys, entries and members, which `apply` does not know. O(what `op` touches, and its neighbours).
 */
export function shareStructure(old: unknown, value: unknown, op: Op, leaves: Leaves): unknown {
  if (op.kind === 'set' || op.kind === 'unset') return value
  const from = old as object
  const below = (key: PathSegment, item: unknown, edit: Op | undefined): unknown => {
    const before = stepInto(from, key)?.value
    return edit === undefined ? before : shareStructure(before, item, edit, leaves)
  }
  let show: (key: unknown, item: unknown) => unknown
  if (op.kind === 'object')
    show = (key, item) => below(key as string, item, op.keys.get(key as string))
  else if (op.kind === 'map') show = (key, item) => below(key, item, op.entries.get(key))
  else if (op.kind === 'members') show = memberFrom(from as AnySet, value as AnySet, leaves)
  else {
    const origin = op.runs?.flatMap(run => {
      if (!isKeep(run)) return run.insert.map(() => -1)
      return Array.from({ length: run.count }, (_, i) => run.keep + i)
    })
    show = (at, item) => {
      const index = origin === undefined ? (at as number) : (origin[at as number] as number)
      return index < 0 ? item : below(index, item, op.edits?.get(index))
    }
  }
  let same = true
  const copy = fillLike(value as object, bareLike(value as object), (key, item) => {
    const shown = show(key, item)
    same &&= Object.is(shown, item)
    return shown
  })
  return same ? value : freezeNode(copy)
}

/** Gives for each new member of a Set one of the old that is gone and equals it, each once. */
function memberFrom(
  old: AnySet,
  now: AnySet,
  leaves: Leaves,
): (_: unknown, item: unknown) => unknown {
  const gone = new Set([...old].filter(member => !now.has(member)))
  return (_, item) => {
    const member = old.has(item) ? item : memberOf(gone, item, leaves, true)
    gone.delete(member)
    return member
  }
}
