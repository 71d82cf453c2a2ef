// Pairs inserted elements with removed ones, for stores. A recipe such as `draft.items =
// draft.items.map(...)` replaces elements by new objects; what is equal to the element in its place, or
// similar enough to be an edit of it, should be a keep and not a removal and an insert.
import { canPair, pairByPlace } from '../../changes/diff/diff-array.ts'
import type { CompareRules, KeyOf } from '../../changes/diff/identity.ts'
import type { PathSegment } from '../../document/paths/path.ts'
import { isUnmoved, expandOrigins } from './element-origins.ts'
import { noteTouched, type ElementOrigins, type State } from '../state.ts'

/**
 * Puts base elements back where as many equal ones were inserted as were removed, and treats similar ones
 * as edits. Returns whether there is such an edit. O(length).
 */
export function pairInserted(state: State, keys: () => KeyOf, rules: CompareRules): boolean {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const origins = state.origins as ElementOrigins
  const { scope } = state
  if (isUnmoved(origins, base.length, copy.length)) return false
  if (origins.byPlace === null && copy.length !== base.length) return false
  const byPlace = expandOrigins(origins, base.length, copy.length)
  const keyOf = keys()
  let edited = false
  pairByPlace(byPlace, base, (index, at) => {
    const [old, value] = [base[index], copy[at]]
    if (scope.isSameValue?.(old, value)) copy[at] = old
    else if (!canPair(old, value, keyOf, rules)) return false
    else {
      copy[at] = scope.finishOverwritten?.(state, index, old, value)
      noteTouched(state, index)
      edited = true
    }
    return true
  })
  return edited
}

/**
 * Returns the members `next`, where each inserted member that equals a removed one of the base is replaced
 * by it.
 */
export function keepBaseMembers(state: State, next: PathSegment[]): PathSegment[] {
  const base = state.base as ReadonlySet<PathSegment>
  const now = new Set(next)
  const removed = [...base].filter(member => !now.has(member))
  return next.map(member => {
    if (removed.length === 0 || base.has(member)) return member
    const at = removed.findIndex(gone => state.scope.isSameValue?.(gone, member))
    return at < 0 ? member : removed.splice(at, 1)[0]
  })
}
