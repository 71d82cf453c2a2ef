import { collect, tell, type Patch } from '../changes/immer-patches.ts'
import type { Dictionary } from '../document/containers.ts'
import type { PathSegment } from '../document/path.ts'
import { editOf, opOf } from './log.ts'
import type { Produced } from './produce.ts'
import type { State } from './state.ts'

/** The patches that lead from `base` to what was made of it, and those that lead back, in Immer's shape. */
export function patchesOf(
  base: unknown,
  { next, scope }: Produced,
): { patches: Patch[]; inverse: Patch[] } {
  if (next === base) return { patches: [], inverse: [] }
  const both = new Both()
  if (scope === null) both.tell(true, base, true, next)
  else both.collect(scope.root)
  return both
}

type AnyMap = ReadonlyMap<PathSegment, unknown>

/** What is told of one edit, straight from its states: most edits are of objects only. */
class Both {
  readonly patches: Patch[] = []
  readonly inverse: Patch[] = []
  private readonly trail: PathSegment[] = []

  /** `state` is finished, and changed. */
  collect(state: State): void {
    if (state.kind === 'object' || state.kind === 'class') return this.collectObject(state)
    if (state.kind === 'map') return this.collectMap(state)
    if (state.kind === 'set') return this.collectSet(state)
    const op = opOf(state)
    if (op === null) return
    collect(op, state.value, this.trail, this.patches, false)
    collect(op, state.base, this.trail, this.inverse, true)
  }

  tell(had: boolean, old: unknown, has: boolean, value: unknown): void {
    tell(had, old, has, value, this.trail, this.patches, false)
    tell(had, old, has, value, this.trail, this.inverse, true)
  }

  /** Named by value; the place is where it stood, or stands. */
  private collectSet(state: State): void {
    const [base, value] = [state.base as Set<unknown>, state.value as Set<unknown>]
    const tellMissing = (from: Set<unknown>, to: Set<unknown>, op: 'add' | 'remove'): void => {
      let at = 0
      for (const member of from) {
        const path = [...this.trail, at++]
        if (to.has(member)) continue
        this.patches.push({ op, path, value: member })
        this.inverse.unshift({ op: op === 'add' ? 'remove' : 'add', path, value: member })
      }
    }
    tellMissing(base, value, 'remove')
    tellMissing(value, base, 'add')
  }

  private collectObject(state: State): void {
    const [base, value] = [state.base as Dictionary, state.value as Dictionary]
    for (const key of (state.touched?.list ?? []) as readonly string[]) {
      const had = Object.hasOwn(base, key)
      const has = state.keys === 'kept' || Object.hasOwn(value, key)
      this.place(state, key, had, base[key], has, value[key])
    }
  }

  private collectMap(state: State): void {
    const [base, value] = [state.base as AnyMap, state.value as AnyMap]
    for (const key of state.touched?.list ?? []) {
      this.place(state, key, base.has(key), base.get(key), value.has(key), value.get(key))
    }
  }

  /** What became of one key. What was not there is not looked at: a prototype may have it. */
  private place(
    state: State,
    key: PathSegment,
    had: boolean,
    old: unknown,
    has: boolean,
    now: unknown,
  ): void {
    if (had ? has && Object.is(old, now) : !has) return
    const edit = had && has && typeof now === 'object' ? editOf(state, key, now, old) : null
    this.trail.push(key)
    if (edit === null) this.tell(had, old, has, now)
    else this.collect(edit)
    this.trail.pop()
  }
}
