// Finishes edited Maps and Sets. `finishState` calls these functions; like arrays and objects, a collection
// where everything ended as it began is the base itself.
import { refuseDraftInKey } from '../../document/holds-draft.ts'
import { isSameOrder } from '../../document/items.ts'
import type { PathSegment } from '../../document/paths/path.ts'
import { readInsertedMember } from '../child.ts'
import { pathOf, type PlaceFinisher, type State } from '../state.ts'

type AnyMap = ReadonlyMap<PathSegment, unknown>
type AnySet = ReadonlySet<PathSegment>

/** Finishes a modified Map. O(size) of copying, O(changed) of work. */
export function finishMap(state: State, finishing: PlaceFinisher): object {
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
    if (state.keys !== 'restored' || isSameOrder(base.keys(), copy.keys())) return base
  }
  return state.scope.freezeFinished(state, copy, null)
}

/** Finishes a modified Set, in the order that its draft showed. O(size). */
export function finishSet(state: State, finishing: PlaceFinisher): object {
  const base = state.base as AnySet
  const now = (state.copy ?? base) as AnySet
  const members: PathSegment[] = []
  for (const member of now) {
    members.push(state.touched?.has(member) ? finishMember(state, member, finishing) : member)
  }
  const next = state.scope.keepBaseMembers?.(state, members) ?? members
  // Two members may have become equal.
  const made = (state.copy ??= new Set()) as Set<PathSegment>
  made.clear()
  for (const member of next) made.add(member)
  const sameMembers = made.size === base.size && next.every(member => base.has(member))
  if (sameMembers && (isSameOrder(base, made) || state.scope.isSameValue?.(base, made))) return base
  return state.scope.freezeFinished(state, made, null)
}

function finishMember(state: State, member: PathSegment, finishing: PlaceFinisher): PathSegment {
  if ((state.base as AnySet).has(member)) {
    return finishing.place(state, member, member, true, member)
  }
  const value = readInsertedMember(state, member)
  return finishing.place(state, member, value, false, undefined)
}
