// Savepoints: `captureEdit` copies what an edit has changed so far, `restoreEdit` puts it back into the
// same states, so that drafts held by the caller stay valid. Savepoints, `rollback`, and every question to
// an open edit (`peekAtResult`) use it. O(changed).
import { setAt } from '../../document/paths/access.ts'
import { copyAllProperties } from '../../document/items.ts'
import { stepInto } from '../../document/paths/path.ts'
import { copySet, copyMap, valuesOf, type SmallSet } from '../small-collections.ts'
import { baseIndexAt } from '../arrays/element-origins.ts'
import {
  LeafState,
  copyLeaf,
  setChild,
  statesOf,
  type Children,
  type ElementOrigins,
  type Scope,
  type State,
} from '../state.ts'

/** A captured edit: the touched states and the leaves. O(changed) to make and to keep. */
export interface Capture {
  readonly states: ReadonlyMap<State, CapturedState>
  /** The number of states at that time; later ones were created since. */
  readonly stateCount: number
  /** The values of the leaves that were handed out. */
  readonly leaves: ReadonlyMap<LeafState, object>
}

interface CapturedState {
  readonly copy: object | null
  readonly children: Children | null
  readonly touched: SmallSet | null
  readonly modified: boolean
  readonly keys: State['keys']
  readonly origins: ElementOrigins | null
}

/** Captures every state that was touched. */
export function captureEdit(scope: Scope): Capture {
  const states = new Map<State, CapturedState>()
  const all = statesOf(scope)
  for (const state of all) {
    if (state.modified || state.children !== null) states.set(state, captureState(state))
  }
  const leaves = new Map<LeafState, object>()
  for (const leaf of scope.leafStates.values()) leaves.set(leaf, copyLeaf(leaf.kind, leaf.copy))
  return { states, stateCount: all.length, leaves }
}

function captureState(state: State): CapturedState {
  return {
    copy: state.copy && copyAllProperties(state.copy),
    children: state.children && copyMap(state.children),
    touched: state.touched && copySet(state.touched),
    modified: state.modified,
    keys: state.keys,
    origins: state.origins && copyOrigins(state.origins),
  }
}

const copyOrigins = ({ head, tail, byPlace }: ElementOrigins): ElementOrigins => ({
  head,
  tail,
  byPlace: byPlace && [...byPlace],
})

/**
 * Restores a capture in the same states and leaves: drafts held by the caller stay valid and show what they
 * showed. A state that was created since shows what it was created from. The capture can be restored again.
 * O(changed).
 */
export function restoreEdit(scope: Scope, captured: Capture): void {
  const all = statesOf(scope)
  for (const state of all) {
    const then = captured.states.get(state)
    if (then === undefined) resetState(state)
    else restoreState(state, then)
    state.children = then?.children ? copyMap(then.children) : null
    state.value = null
  }
  // Of several drafts of one value the one read last stands in its place, here and below.
  for (const state of all.slice(0, all.length - captured.stateCount)) {
    const parent = state.parent as State
    if (state.adopted) replaceInserted(parent, state, state.base)
    else if (parent.children?.get(state.key) === undefined) setChild(parent, state)
  }
  for (const leaf of [...scope.leafStates.values()].reverse()) {
    const then = captured.leaves.get(leaf)
    if (then === undefined) reattach(leaf)
    resetLeaf(leaf, then ?? leaf.source)
  }
}

/** Puts a leaf that was read since the capture back where it was read. */
function reattach(leaf: LeafState): void {
  const { parent, key } = leaf
  if (leaf.inserted) replaceInserted(parent, leaf, leaf.source)
  else if (parent.children?.get(key) === undefined) setChild(parent, leaf)
}

function restoreState(state: State, then: CapturedState): void {
  state.copy = then.copy && copyAllProperties(then.copy)
  state.touched = then.touched && copySet(then.touched)
  state.modified = then.modified
  state.keys = then.keys
  state.origins = then.origins && copyOrigins(then.origins)
}

/** Makes a state show what it was created from. */
function resetState(state: State): void {
  state.copy = null
  state.touched = null
  state.modified = false
  state.keys = 'kept'
  state.scope.noteHeldDrafts?.(state)
  if (state.origins !== null) {
    state.origins = { head: (state.base as unknown[]).length, tail: 0, byPlace: null }
  }
}

/** Resets everything at and below a state; its drafts stay valid. */
export function resetBelow(state: State, made: DraftsByParent = draftsOfBase(state.scope)): void {
  // Of several drafts of one value the one read last comes back, unless one stands there.
  for (const child of made.get(state) ?? []) {
    if (state.children?.get(child.key) === undefined) setChild(state, child)
  }
  resetState(state)
  for (const child of state.children === null ? [] : valuesOf(state.children)) {
    if (child instanceof LeafState) resetLeaf(child, child.source)
    else resetBelow(child, made)
  }
}

type DraftsByParent = ReadonlyMap<State | null, readonly (State | LeafState)[]>

/** Returns the drafts and leaves of base values, wherever they are now, by parent, the last read first. */
function draftsOfBase(scope: Scope): DraftsByParent {
  const made = new Map<State | null, (State | LeafState)[]>()
  for (const child of [...[...scope.leafStates.values()].reverse(), ...statesOf(scope)]) {
    if (child instanceof LeafState ? child.inserted : child.adopted) continue
    const list = made.get(child.parent)
    if (list === undefined) made.set(child.parent, [child])
    else list.push(child)
  }
  return made
}

/** Puts a draft or leaf where the copy of `state` holds `assigned`. */
function replaceInserted(state: State, read: State | LeafState, assigned: object): void {
  const { key } = read
  const ours = read instanceof LeafState ? read.copy : read.proxy
  const { base, copy, origins } = state
  if (copy === null) return
  if (origins === null) {
    // A Set keeps the assigned member; what was read of it is its child.
    if (copy instanceof Set) return copy.has(key) ? setChild(state, read) : undefined
    const stands = stepInto(base, key)?.value === assigned
    if (stepInto(copy, key)?.value === assigned && !stands) setAt(copy, key, ours)
    return
  }
  const [now, before] = [copy as unknown[], base as readonly unknown[]]
  const at = now.findIndex((value, i) => {
    const from = baseIndexAt(origins, before.length, now.length, i)
    return value === assigned && (from < 0 || before[from] !== assigned)
  })
  if (at >= 0) now[at] = ours
}

/** Makes a leaf hold `value`: in place if its kind can, else a copy takes its place. */
export function resetLeaf(leaf: LeafState, value: object): void {
  const { kind, parent, copy } = leaf
  if (kind.equals(copy, value)) return
  if (kind.assign !== undefined) return kind.assign(copy, value)
  leaf.copy = copyLeaf(kind, value)
  parent.scope.leafStates.delete(copy)
  parent.scope.leafStates.set(leaf.copy, leaf)
  if (leaf.inserted) replaceInserted(parent, leaf, copy)
}
