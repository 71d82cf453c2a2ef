import { setOwn, type Dictionary } from '../document/containers.ts'
import { copyOfSource } from './child.ts'
import {
  LeafState,
  copyLeaf,
  markModified,
  touch,
  type Key,
  type Places,
  type Scope,
  type State,
} from './state.ts'

/** All that an edit has changed so far, to come back to. O(changed) to make and to keep. */
export interface Capture {
  readonly states: ReadonlyMap<State, CapturedState>
  /** What the leaves that were handed out hold. */
  readonly leaves: ReadonlyMap<LeafState, object>
}

interface CapturedState {
  readonly copy: object | null
  readonly kids: ReadonlyMap<Key, State | LeafState> | null
  readonly touched: ReadonlySet<Key> | null
  readonly modified: boolean
  readonly deleted: boolean
  readonly places: Places | null
}

/** Copies what every state that was touched holds now. */
export function capture(scope: Scope): Capture {
  const states = new Map<State, CapturedState>()
  for (const state of scope.states) {
    if (state.modified || state.kids !== null) states.set(state, captureState(state))
  }
  const leaves = new Map<LeafState, object>()
  for (const leaf of scope.leafStates.values()) leaves.set(leaf, copyLeaf(leaf.kind, leaf.copy))
  return { states, leaves }
}

function captureState(state: State): CapturedState {
  return {
    copy: state.copy && copyOfSource(state.copy),
    kids: state.kids && new Map(state.kids),
    touched: state.touched && new Set(state.touched),
    modified: state.modified,
    deleted: state.deleted,
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
  for (const state of scope.states) {
    const then = captured.states.get(state)
    state.finished = null
    if (then === undefined) resetState(state)
    else restoreState(state, then)
  }
  for (const leaf of [...scope.leafStates.values()]) {
    const then = captured.leaves.get(leaf)
    if (then === undefined && leaf.inserted) replaceIn(leaf.parent, leaf.source, leaf.copy)
    putBack(leaf, then ?? leaf.source)
  }
  for (const state of scope.states) {
    if (state.source !== null && !captured.states.has(state)) {
      replaceIn(state.parent as State, state.source, state.proxy)
    }
    watchLeaves(state)
  }
}

function restoreState(state: State, then: CapturedState): void {
  state.copy = then.copy && copyOfSource(then.copy)
  state.touched = then.touched && new Set(then.touched)
  state.modified = then.modified
  state.deleted = then.deleted
  state.places = then.places && copyPlaces(then.places)
  // Kids made since stay found, so that their drafts stay valid.
  if (then.kids !== null) state.kids = new Map([...(state.kids ?? []), ...then.kids])
}

/** Makes a state show what it was made from. */
function resetState(state: State): void {
  state.copy = state.source && copyOfSource(state.source)
  state.touched = null
  state.modified = state.source !== null
  state.deleted = false
  if (state.places !== null) {
    state.places = { head: (state.base as unknown[]).length, tail: 0, origin: null }
  }
}

/** Takes back all that was changed at and below a state; its drafts stay valid. */
export function resetBelow(state: State): void {
  resetState(state)
  for (const kid of state.kids?.values() ?? []) {
    if (kid instanceof LeafState) putBack(kid, kid.source)
    else resetBelow(kid)
  }
  watchLeaves(state)
}

/** Leaves change without a word, so whoever has some must be looked at in the end. */
function watchLeaves(state: State): void {
  for (const [key, kid] of state.kids ?? []) {
    if (!(kid instanceof LeafState)) continue
    touch(state, key)
    markModified(state)
  }
}

/** Puts `ours` where the copy of `state` holds the user's own value. */
function replaceIn(state: State, users: object, ours: object): void {
  const { copy } = state
  if (copy === null) return
  if (Array.isArray(copy)) {
    const at = copy.indexOf(users)
    if (at >= 0) copy[at] = ours
    return
  }
  for (const key of Object.keys(copy)) {
    if ((copy as Dictionary)[key] === users) return setOwn(copy, key, ours)
  }
}

/** Makes a leaf hold `value`: in place where its kind can, else a copy takes its place. */
export function putBack(leaf: LeafState, value: object): void {
  const { kind, parent, copy } = leaf
  if (kind.equals(copy, value)) return
  if (kind.assign !== undefined) return kind.assign(copy, value)
  leaf.copy = copyLeaf(kind, value)
  parent.scope.leafStates.delete(copy)
  parent.scope.leafStates.set(leaf.copy, leaf)
  if (leaf.inserted) replaceIn(parent, copy, leaf.copy)
}
