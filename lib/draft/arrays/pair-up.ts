// For stores: what was inserted may equal what was removed at the same place, or be an edit of it.
import { mayPair, pairByPlace } from '../../changes/diff/diff-array.ts'
import type { Comparing, KeyOf } from '../../changes/diff/identity.ts'
import type { PathSegment } from '../../document/paths/path.ts'
import { isInPlace, toOrigin } from './element-origins.ts'
import { touch, type Places, type State } from '../state.ts'

/**
 * Puts base elements back where as many equal ones were inserted as were removed, and takes elements that may be
 * edits of those for what they are. Whether any is. O(length).
 */
export function pairUp(state: State, keys: () => KeyOf, how: Comparing): boolean {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const places = state.places as Places
  const { scope } = state
  if (isInPlace(places, base.length, copy.length)) return false
  if (places.origin === null && copy.length !== base.length) return false
  const origin = toOrigin(places, base.length, copy.length)
  const keyOf = keys()
  let edited = false
  pairByPlace(origin, base, (index, at) => {
    const [old, value] = [base[index], copy[at]]
    if (scope.same?.(old, value)) copy[at] = old
    else if (!mayPair(old, value, keyOf, how)) return false
    else {
      copy[at] = scope.over?.(state, index, old, value)
      touch(state, index)
      edited = true
    }
    return true
  })
  return edited
}

/** The members `next`, each inserted one that equals a removed member of the base replaced by that. */
export function withBaseMembers(state: State, next: PathSegment[]): PathSegment[] {
  const base = state.base as ReadonlySet<PathSegment>
  const now = new Set(next)
  const removed = [...base].filter(member => !now.has(member))
  return next.map(member => {
    if (removed.length === 0 || base.has(member)) return member
    const at = removed.findIndex(gone => state.scope.same?.(gone, member))
    return at < 0 ? member : (removed.splice(at, 1)[0] as PathSegment)
  })
}
