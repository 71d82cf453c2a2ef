import { setAt } from '../../document/paths/access.ts'
import { copyAll } from '../../document/items.ts'
import { stepInto } from '../../document/paths/path.ts'
import { copyKeys, copyValues, valuesOf, type KeySet } from '../small-collections.ts'
import { baseIndexAt } from '../arrays/element-origins.ts'
import {
  LeafState,
  copyLeaf,
  setKid,
  statesOf,
  type Kids,
  type Places,
  type Scope,
  type State,
} from '../state.ts'

/** All that an edit has changed so far, to come back to. O(changed) to make and to keep. */
export interface Capture {
  readonly states: ReadonlyMap<State, CapturedState>
  /** How many states there were; those beyond were made since. */
  readonly made: number
  /** What the leaves that were handed out hold. */
  readonly leaves: ReadonlyMap<LeafState, object>
}

interface CapturedState {
  readonly copy: object | null
  readonly kids: Kids | null
  readonly touched: KeySet | null
  readonly modified: boolean
  readonly keys: State['keys']
  readonly places: Places | null
}

/** Copies what every state that was touched holds now. */
export function capture(scope: Scope): Capture {
  const states = new Map<State, CapturedState>()
  const all = statesOf(scope)
  for (const state of all) {
    if (state.modified || state.kids !== null) states.set(state, captureState(state))
  }
  const leaves = new Map<LeafState, object>()
  for (const leaf of scope.leafStates.values()) leaves.set(leaf, copyLeaf(leaf.kind, leaf.copy))
  return { states, made: all.length, leaves }
}

function captureState(state: State): CapturedState {
  return {
    copy: state.copy && copyAll(state.copy),
    kids: state.kids && copyValues(state.kids),
    touched: state.touched && copyKeys(state.touched),
    modified: state.modified,
    keys: state.keys,
    places: state.places && copyPlaces(state.places),
  }
}

const copyPlaces = ({ head, tail, origin }: Places): Places => ({
  head,
  tail,
  origin: origin && [...origin],
})

/**
 * Puts a capture back into the same states and leaves, so that drafts held by the caller stay valid
 * and show what they showed. What was made since shows what it was made from. The capture can be put
 * back again. O(changed).
 */
export function restore(scope: Scope, captured: Capture): void {
  const all = statesOf(scope)
  for (const state of all) {
    const then = captured.states.get(state)
    if (then === undefined) resetState(state)
    else restoreState(state, then)
    state.kids = then?.kids ? copyValues(then.kids) : null
    state.value = null
  }
  // Of several drafts of one value the last read is the one that stands there, here and below.
  for (const state of all.slice(0, all.length - captured.made)) {
    const parent = state.parent as State
    if (state.adopted) replaceInserted(parent, state, state.base)
    else if (parent.kids?.get(state.key) === undefined) setKid(parent, state)
  }
  for (const leaf of [...scope.leafStates.values()].reverse()) {
    const then = captured.leaves.get(leaf)
    if (then === undefined) reattach(leaf)
    resetLeaf(leaf, then ?? leaf.source)
  }
}

/** Puts a leaf that was read since back to where it was read. */
function reattach(leaf: LeafState): void {
  const { parent, key } = leaf
  if (leaf.inserted) replaceInserted(parent, leaf, leaf.source)
  else if (parent.kids?.get(key) === undefined) setKid(parent, leaf)
}

function restoreState(state: State, then: CapturedState): void {
  state.copy = then.copy && copyAll(then.copy)
  state.touched = then.touched && copyKeys(then.touched)
  state.modified = then.modified
  state.keys = then.keys
  state.places = then.places && copyPlaces(then.places)
}

/** Makes a state show what it was made from. */
function resetState(state: State): void {
  state.copy = null
  state.touched = null
  state.modified = false
  state.keys = 'kept'
  state.scope.showDrafts?.(state)
  if (state.places !== null) {
    state.places = { head: (state.base as unknown[]).length, tail: 0, origin: null }
  }
}

/** Takes back all that was changed at and below a state; its drafts stay valid. */
export function resetBelow(state: State, made: DraftsByParent = draftsOfBase(state.scope)): void {
  // Of several drafts of one value the last read comes back, unless one stands there.
  for (const kid of made.get(state) ?? []) {
    if (state.kids?.get(kid.key) === undefined) setKid(state, kid)
  }
  resetState(state)
  for (const kid of state.kids === null ? [] : valuesOf(state.kids)) {
    if (kid instanceof LeafState) resetLeaf(kid, kid.source)
    else resetBelow(kid, made)
  }
}

type DraftsByParent = ReadonlyMap<State | null, readonly (State | LeafState)[]>

/** What was read of the base, wherever it is now, the last read first. */
function draftsOfBase(scope: Scope): DraftsByParent {
  const made = new Map<State | null, (State | LeafState)[]>()
  for (const kid of [...[...scope.leafStates.values()].reverse(), ...statesOf(scope)]) {
    if (kid instanceof LeafState ? kid.inserted : kid.adopted) continue
    const list = made.get(kid.parent)
    if (list === undefined) made.set(kid.parent, [kid])
    else list.push(kid)
  }
  return made
}

/** Puts what was read where the copy of `state` holds `assigned`. */
function replaceInserted(state: State, read: State | LeafState, assigned: object): void {
  const { key } = read
  const ours = read instanceof LeafState ? read.copy : read.proxy
  const { base, copy, places } = state
  if (copy === null) return
  if (places === null) {
    // A Set keeps the assigned member, and what was read of it beside it.
    if (copy instanceof Set) return copy.has(key) ? setKid(state, read) : undefined
    const stands = stepInto(base, key)?.value === assigned
    if (stepInto(copy, key)?.value === assigned && !stands) setAt(copy, key, ours)
    return
  }
  const [now, before] = [copy as unknown[], base as readonly unknown[]]
  const at = now.findIndex((value, i) => {
    const from = baseIndexAt(places, before.length, now.length, i)
    return value === assigned && (from < 0 || before[from] !== assigned)
  })
  if (at >= 0) now[at] = ours
}

/** Makes a leaf hold `value`: in place where its kind can, else a copy takes its place. */
export function resetLeaf(leaf: LeafState, value: object): void {
  const { kind, parent, copy } = leaf
  if (kind.equals(copy, value)) return
  if (kind.assign !== undefined) return kind.assign(copy, value)
  leaf.copy = copyLeaf(kind, value)
  parent.scope.leafStates.delete(copy)
  parent.scope.leafStates.set(leaf.copy, leaf)
  if (leaf.inserted) replaceInserted(parent, leaf, copy)
}
