import type { Op } from '../changes/ops.ts'
import { copyNode, defineOwn, emptyLike, setOwn, type Dictionary } from '../document/containers.ts'
import { equal } from '../document/equality.ts'
import { CowslipError } from '../document/errors.ts'
import { ingest } from '../document/ingest.ts'
import { formatPath } from '../document/path.ts'
import { asEditOf } from './assigned-array.ts'
import { finishArray, type Finishing } from './finish-array.ts'
import { finishMap, finishSet, memberShown } from './finish-collections.ts'
import { LeafState, copyLeaf, pathOf, type Finished, type Key, type State } from './state.ts'

/** Finishes a state once: its frozen value, and the op that leads there from its base. O(changed). */
export function finish(state: State): Finished {
  if (state.finished === 'now') throw containsItself(state)
  if (state.finished !== null) return state.finished
  state.finished = 'now'
  return (state.finished = finishState(state))
}

function finishState(state: State): Finished {
  if (!state.modified) return { value: state.base, op: null }
  if (state.adopted) return { value: take(state, null, ownContent(state)), op: null }
  switch (state.kind) {
    case 'object':
    case 'class':
      return finishObject(state)
    case 'array':
      return finishArray(state, finishing)
    case 'map':
      return finishMap(state, finishing)
    case 'set':
      return finishSet(state, finishing)
  }
}

/** What was inserted, with the drafts of what was read of it in their places. */
function ownContent(state: State): unknown {
  if (state.kind !== 'set' || state.kids === null) return state.copy
  return new Set([...(state.copy as Set<unknown>)].map(member => memberShown(state, member)))
}

const finishing: Finishing = { place: finishPlace }

function containsItself(state: State): CowslipError {
  const path = pathOf(state)
  return new CowslipError(
    'cycle',
    `Expected a tree. Received a draft that was put inside itself: ${formatPath(path)}. ` +
      'Refer to it by an id.',
    { path },
  )
}

function take(state: State, key: Key | null, value: unknown): unknown {
  return ingest(value, state.scope, () => (key === null ? pathOf(state) : [...pathOf(state), key]))
}

function finishKid(kid: State | LeafState): Finished {
  if (!(kid instanceof LeafState)) return finish(kid)
  const { kind, source, copy } = kid
  if (kind.equals(source, copy)) return { value: source, op: null }
  const value = copyLeaf(kind, copy)
  return { value, op: { kind: 'set', value, old: source } }
}

/**
 * What became of one place that was touched: `value` stands there now, the base had `old`. Gives the
 * base's own reference back where the two are equal.
 */
function finishPlace(state: State, key: Key, value: unknown, had: boolean, old: unknown): Finished {
  if (had && Object.is(value, old)) {
    const kid = state.kids?.get(key)
    return kid === undefined ? { value: old, op: null } : finishKid(kid)
  }
  const edit = had ? asEditOf(state, key, value, old) : null
  if (edit !== null) return (edit.finished = finishArray(edit, finishing))
  const taken = take(state, key, value)
  if (!had) return { value: taken, op: { kind: 'set', value: taken } }
  if (equal(old, taken, state.scope.leaves)) return { value: old, op: null }
  return { value: taken, op: { kind: 'set', value: taken, old } }
}

function finishObject(state: State): Finished {
  const base = state.base as Dictionary
  const keys = new Map<string, Op>()
  for (const key of (state.touched ?? []) as Iterable<string>) {
    const source = (state.copy ?? base) as Dictionary
    const had = Object.hasOwn(base, key)
    if (!Object.hasOwn(source, key)) {
      if (had) keys.set(key, { kind: 'unset', old: base[key] })
      continue
    }
    const { value, op } = finishPlace(state, key, source[key], had, base[key])
    if (value !== source[key]) setOwn((state.copy ??= copyNode(base)), key, value)
    if (op !== null) keys.set(key, op)
  }
  if (keys.size === 0) return { value: base, op: null }
  const copy = state.copy as Dictionary
  const value = Object.freeze(state.deleted ? inOrderOf(base, copy) : copy)
  return { value, op: { kind: 'object', keys } }
}

/** Keys of the base keep their place, new ones follow. */
function inOrderOf(base: Dictionary, copy: Dictionary): Dictionary {
  const ordered = emptyLike(base)
  for (const key of [...Reflect.ownKeys(base), ...Reflect.ownKeys(copy)]) {
    if (Object.hasOwn(copy, key)) defineOwn(ordered, key, Reflect.get(copy, key))
  }
  return ordered
}
