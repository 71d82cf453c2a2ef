import { refuseDraftInKey } from '../../document/holds-draft.ts'
import { sameOrder } from '../../document/items.ts'
import type { PathSegment } from '../../document/paths/path.ts'
import type { Finishing } from '../arrays/finish-array.ts'
import { LeafState, pathOf, type State } from '../state.ts'

type AnyMap = ReadonlyMap<PathSegment, unknown>
type AnySet = ReadonlySet<PathSegment>

/** Finishes a modified Map that stands for a node of the base. O(size) of copying, O(changed) of work. */
export function finishMap(state: State, finishing: Finishing): object {
  const base = state.base as AnyMap
  let changed = false
  for (const key of state.touched?.list ?? []) {
    const source = (state.copy ?? base) as AnyMap
    const had = base.has(key)
    if (!source.has(key)) {
      if (had) changed = true
      continue
    }
    if (!had) refuseDraftInKey(key, () => pathOf(state))
    const value = finishing.place(state, key, source.get(key), had, base.get(key))
    if (value !== source.get(key))
      ((state.copy ??= new Map(base)) as Map<unknown, unknown>).set(key, value)
    if (!had || !Object.is(value, base.get(key))) changed = true
  }
  const copy = state.copy as AnyMap
  if (!changed) {
    if (state.keys !== 'restored' || sameOrder(base.keys(), copy.keys())) return base
  }
  return state.scope.close(state, copy, null)
}

/** Finishes a modified Set that stands for a node of the base, in the order that its draft showed. O(size). */
export function finishSet(state: State, finishing: Finishing): object {
  const base = state.base as AnySet
  const now = (state.copy ?? base) as AnySet
  const members: PathSegment[] = []
  for (const member of now) {
    members.push(state.touched?.has(member) ? finishMember(state, member, finishing) : member)
  }
  const next = state.scope.membersOf?.(state, members) ?? members
  // Two members may have become one.
  const made = (state.copy ??= new Set()) as Set<PathSegment>
  made.clear()
  for (const member of next) made.add(member)
  const sameMembers = made.size === base.size && next.every(member => base.has(member))
  if (sameMembers && (sameOrder(base, made) || state.scope.same?.(base, made))) return base
  return state.scope.close(state, made, null)
}

function finishMember(state: State, member: PathSegment, finishing: Finishing): PathSegment {
  if ((state.base as AnySet).has(member)) {
    return finishing.place(state, member, member, true, member) as PathSegment
  }
  const value = memberShown(state, member)
  return finishing.place(state, member, value, false, undefined) as PathSegment
}

/** An inserted member as it may have been edited since: its draft, if it was read. */
export function memberShown(state: State, member: unknown): unknown {
  const kid = state.kids?.get(member as PathSegment)
  if (kid === undefined) return member
  return kid instanceof LeafState ? kid.copy : kid.proxy
}
