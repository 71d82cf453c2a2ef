// For stores: inserted values that equal the ones removed at the same place are no change, so the base's own
// references are put back.
import { equal } from '../document/equality.ts'
import type { PathSegment } from '../document/path.ts'
import { insertedSpan } from './finish-array.ts'
import { baseIndexAt, toOrigin } from './places.ts'
import type { Places, State } from './state.ts'

/** Puts base elements back where as many equal ones were inserted as were removed there. O(length). */
export function putBack(state: State): void {
  const base = state.base as readonly unknown[]
  const copy = state.copy as unknown[]
  const places = state.places as Places
  if (places.origin === null && copy.length !== base.length) return
  const [, to] = insertedSpan(state)
  const indexAt = (at: number): number => baseIndexAt(places, base.length, copy.length, at)
  let kept: Set<number> | null = null
  for (let at = insertedSpan(state)[0]; at < to; at++) {
    if (indexAt(at) >= 0) continue
    const start = at
    while (at < to && indexAt(at) < 0) at++
    const from = start === 0 ? 0 : indexAt(start - 1) + 1
    const end = at === copy.length ? base.length : indexAt(at)
    if (end - from !== at - start) continue
    kept ??= new Set(places.origin)
    const same = copy.slice(start, at).every((value, i) => {
      return !kept?.has(from + i) && equal(base[from + i], value, state.scope.leaves)
    })
    if (!same) continue
    const origin = toOrigin(places, base.length, copy.length)
    for (let i = start; i < at; i++) {
      copy[i] = base[from + i - start]
      origin[i] = from + i - start
    }
  }
}

/** The members `next`, each inserted one that equals a removed member of the base replaced by that. */
export function withBaseMembers(state: State, next: PathSegment[]): PathSegment[] {
  const base = state.base as ReadonlySet<PathSegment>
  const now = new Set(next)
  const removed = [...base].filter(member => !now.has(member))
  return next.map(member => {
    if (removed.length === 0 || base.has(member)) return member
    const at = removed.findIndex(gone => equal(gone, member, state.scope.leaves))
    return at < 0 ? member : (removed.splice(at, 1)[0] as PathSegment)
  })
}
