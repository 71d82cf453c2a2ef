import { freezeNode } from '../document/containers.ts'
import { equal } from '../document/equality.ts'
import { refuseDraftInKey } from '../document/ingest.ts'
import type { PathSegment } from '../document/path.ts'
import type { Finishing } from './finish-array.ts'
import { LeafState, pathOf, type State } from './state.ts'

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
  if (!changed) return base
  const copy = state.copy as AnyMap
  return freezeNode(state.keys === 'restored' ? inOrderOf(base, copy) : copy)
}

/** Keys of the base keep their place, new ones follow. */
function inOrderOf(base: AnyMap, copy: AnyMap): AnyMap {
  const ordered = new Map<PathSegment, unknown>()
  for (const key of base.keys()) if (copy.has(key)) ordered.set(key, copy.get(key))
  for (const [key, value] of copy) ordered.set(key, value)
  return ordered
}

/** Finishes a modified Set that stands for a node of the base: an edited member keeps its place. O(size). */
export function finishSet(state: State, finishing: Finishing): object {
  const base = state.base as AnySet
  const now = (state.copy ?? base) as AnySet
  const next = new Set<PathSegment>()
  const take = (member: PathSegment): void => {
    next.add(state.touched?.has(member) ? finishMember(state, member, finishing) : member)
  }
  for (const member of base) if (now.has(member)) take(member)
  for (const member of now) if (!base.has(member)) take(member)
  return compareSets(state, base, next)
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

/** Where a member came that equals one that went, that one has stayed. */
function compareSets(state: State, base: AnySet, next: Set<PathSegment>): object {
  const removed = [...base].filter(member => !next.has(member))
  const added = new Set([...next].filter(member => !base.has(member)))
  const stayed = new Map<unknown, PathSegment>()
  for (const value of added) {
    const at = removed.findIndex(gone => equal(gone, value, state.scope.leaves))
    if (at < 0) continue
    stayed.set(value, removed[at])
    removed.splice(at, 1)
    added.delete(value)
  }
  if (added.size === 0 && removed.length === 0) return base
  if (stayed.size === 0) return freezeNode(next)
  return freezeNode(
    new Set([...next].map(member => (stayed.has(member) ? stayed.get(member) : member))),
  )
}
