// Makes the patches of an edit of `produce`, in Immer's format and order. `createProduceWithPatches` and
// patch listeners call `patchesOf` once the edit is finished. It reads the states directly, so that patches
// and inverse patches are made in one walk.
import { collectPatches, pushPatch, type Patch } from '../../changes/encodings/immer-patches.ts'
import type { Dictionary } from '../../document/containers.ts'
import type { PathSegment } from '../../document/paths/path.ts'
import { stateOf } from '../child.ts'
import { copyCurrent } from '../current.ts'
import { findEdit, opOfState } from '../op-of-state.ts'
import type { ProduceScope } from './produce-scope.ts'
import type { Produced } from './produce.ts'
import type { State } from '../state.ts'

/** Returns the patches from `base` to the result of an edit, and the inverse patches, in Immer's format. */
export function patchesOf(base: unknown, { next, scope }: Produced): Patches {
  if (scope !== null && next !== base) return new PatchCollector(scope).collectAll()
  const patches: Patches = { patches: [], inverse: [] }
  if (next !== base) pushBoth(true, base, true, next, [], patches)
  return patches
}

interface Patches {
  patches: Patch[]
  inverse: Patch[]
}

interface StatePatches extends Patches {
  readonly state: State
  readonly older: StatePatches | null
}

/**
 * Returns the patches of all states in Immer's order: those of the newest draft first, those of the root
 * last.
 */
function toImmerOrder(told: StatePatches, scope: ProduceScope): Patches {
  if (told.older === null) return told
  const byState = new Map<State, Patches>()
  for (let at: StatePatches | null = told; at !== null; at = at.older) byState.set(at.state, at)
  const all: Patches = { patches: [], inverse: [] }
  for (let at: State | null = scope.newest; at !== null; at = at.older) {
    const own = byState.get(at)
    if (own === undefined) continue
    all.patches = all.patches.concat(own.patches)
    all.inverse = all.inverse.concat(own.inverse)
  }
  return all
}

type AnyMap = ReadonlyMap<PathSegment, unknown>

function pushBoth(
  had: boolean,
  old: unknown,
  has: boolean,
  value: unknown,
  trail: readonly PathSegment[],
  { patches, inverse }: Patches,
): void {
  pushPatch(had, old, has, value, trail, patches, false)
  pushPatch(had, old, has, value, trail, inverse, true)
}

/** Collects the patches of one edit from its states. */
class PatchCollector {
  private readonly scope: ProduceScope
  private readonly trail: PathSegment[] = []
  /** The patches of each state itself, without those below, as a linked list: the last first. */
  private latest: StatePatches | null = null

  constructor(scope: ProduceScope) {
    this.scope = scope
  }

  collectAll(): Patches {
    this.collect(this.scope.root)
    const all =
      this.latest === null ? { patches: [], inverse: [] } : toImmerOrder(this.latest, this.scope)
    if (this.scope.outer === null) return all
    // Within another recipe a value may be a draft of that recipe.
    return { patches: all.patches.map(withoutDraft), inverse: all.inverse.map(withoutDraft) }
  }

  /** Begins the patches of one state. Called once for each. */
  private begin(state: State): StatePatches {
    return (this.latest = { state, patches: [], inverse: [], older: this.latest })
  }

  /** Collects the patches of a state that is finished and changed. */
  private collect(state: State): void {
    if (state.kind === 'object' || state.kind === 'class') return this.collectObject(state)
    if (state.kind === 'map') return this.collectMap(state)
    if (state.kind === 'set') return this.collectSet(state)
    const op = opOfState(state)
    if (op === null) return
    const { patches, inverse } = this.begin(state)
    collectPatches(op, state.value, this.trail, patches, false)
    collectPatches(op, state.base, this.trail, inverse, true)
  }

  /** Collects the patches of a Set. They carry the member; the last segment of the path is its position. */
  private collectSet(state: State): void {
    const [base, value] = [state.base as Set<unknown>, state.value as Set<unknown>]
    const { patches, inverse } = this.begin(state)
    const tellMissing = (from: Set<unknown>, to: Set<unknown>, op: 'add' | 'remove'): void => {
      let at = 0
      for (const member of from) {
        const path = [...this.trail, at++]
        if (to.has(member)) continue
        patches.push({ op, path, value: member })
        inverse.unshift({ op: op === 'add' ? 'remove' : 'add', path, value: member })
      }
    }
    tellMissing(base, value, 'remove')
    tellMissing(value, base, 'add')
  }

  private collectObject(state: State): void {
    const [base, value] = [state.base as Dictionary, state.value as Dictionary]
    let own: StatePatches | null = null
    for (const key of (state.touched?.list ?? []) as readonly string[]) {
      const had = Object.hasOwn(base, key)
      const has = state.keys === 'kept' || Object.hasOwn(value, key)
      own = this.collectKey(state, own, key, had, base[key], has, value[key])
    }
  }

  private collectMap(state: State): void {
    const [base, value] = [state.base as AnyMap, state.value as AnyMap]
    let own: StatePatches | null = null
    for (const key of state.touched?.list ?? []) {
      const [had, has] = [base.has(key), value.has(key)]
      own = this.collectKey(state, own, key, had, base.get(key), has, value.get(key))
    }
  }

  /** Adds the patches of one key. `old` and `now` count only if `had` and `has` are true. */
  private collectKey(
    state: State,
    own: StatePatches | null,
    key: PathSegment,
    had: boolean,
    old: unknown,
    has: boolean,
    now: unknown,
  ): StatePatches | null {
    if (had ? has && Object.is(old, now) : !has) return own
    const edit = had && has && typeof now === 'object' ? findEdit(state, key, now, old) : null
    this.trail.push(key)
    if (edit !== null) this.collect(edit)
    else pushBoth(had, old, has, now, this.trail, (own ??= this.begin(state)))
    this.trail.pop()
    return own
  }
}

function withoutDraft(patch: Patch): Patch {
  const state = stateOf(patch.value)
  return state === undefined ? patch : { ...patch, value: copyCurrent(state) }
}
