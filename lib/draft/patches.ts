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

/** What is told of one edit, straight from its states: most edits are of objects only. */
class Both {
  readonly patches: Patch[] = []
  readonly inverse: Patch[] = []
  private readonly trail: PathSegment[] = []

  /** `state` is finished, and changed. */
  collect(state: State): void {
    if (state.kind === 'object' || state.kind === 'class') return this.collectObject(state)
    const op = opOf(state)
    if (op === null) return
    collect(op, state.value, this.trail, this.patches, false)
    collect(op, state.base, this.trail, this.inverse, true)
  }

  tell(had: boolean, old: unknown, has: boolean, value: unknown): void {
    tell(had, old, has, value, this.trail, this.patches, false)
    tell(had, old, has, value, this.trail, this.inverse, true)
  }

  private collectObject(state: State): void {
    const [base, value] = [state.base as Dictionary, state.value as Dictionary]
    for (const key of (state.touched?.list ?? []) as readonly string[]) {
      const had = Object.hasOwn(base, key)
      const has = state.keys === 'kept' || Object.hasOwn(value, key)
      const [old, now] = [had ? base[key] : undefined, has ? value[key] : undefined]
      if (had === has && Object.is(old, now)) continue
      const edit = typeof now === 'object' && had ? editOf(state, key, now, old) : null
      this.trail.push(key)
      if (edit === null) this.tell(had, old, has, now)
      else this.collect(edit)
      this.trail.pop()
    }
  }
}
