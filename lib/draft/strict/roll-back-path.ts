// `edit.rollback(path)`: puts one place of an open edit back to the base. The write goes through the
// drafts, so it is logged like any other, and drafts held by the caller stay valid.
import { removeAt, setAt } from '../../document/paths/access.ts'
import { CowslipError } from '../../document/messages/errors.ts'
import {
  formatPath,
  stepInto,
  toIndex,
  toKey,
  type Path,
  type PathSegment,
} from '../../document/paths/path.ts'
import { resetBelow, resetLeaf } from './capture.ts'
import { stateOf } from '../child.ts'
import { isUnmoved } from '../arrays/element-origins.ts'
import { readMember } from '../collections/set.ts'
import { statesOf, type Key, type State } from '../state.ts'

/**
 * Puts the base's value, or its absence, back at `path`; everything else stays. Indices are places in the
 * base. Throws `bad-path` below an array whose elements moved, and where nothing stands that could hold the
 * value.
 */
export function rollBackPath(root: State, path: Path): void {
  const last = path.at(-1)
  if (last === undefined) return resetBelow(root)
  let holder = root
  let base: { value: unknown } | null = { value: root.base }
  path.slice(0, -1).forEach((segment, depth) => {
    assertInPlace(holder, base, segment, path.slice(0, depth))
    base = base && stepInto(base.value, segment)
    const below = stateOf(valueAt(holder, segment))
    if (below === undefined) throw noHolder(path.slice(0, depth + 1))
    holder = below
  })
  assertInPlace(holder, base, last, path.slice(0, -1))
  if (keyOf(holder, last) !== last && toKey(last) === null) throw noHolder(path)
  putBackValue(holder, last, base && stepInto(base.value, last))
}

function putBackValue(holder: State, key: PathSegment, original: { value: unknown } | null): void {
  if (original === null) {
    removeAt(holder.proxy, key)
    return
  }
  // The last draft of the base's value comes back, so that whoever holds it goes on with it.
  const { scope } = holder
  const index = keyOf(holder, key)
  const isKid = (child: { parent: State | null; key: Key }): boolean =>
    child.parent === holder && child.key === index
  const child = statesOf(scope).find(state => isKid(state) && state.base === original.value)
  const leaf = [...scope.leafStates.values()].findLast(
    leaf => isKid(leaf) && leaf.source === original.value,
  )
  if (child !== undefined) resetBelow(child)
  if (leaf !== undefined) resetLeaf(leaf, leaf.source)
  setAt(holder.proxy, key, child?.proxy ?? leaf?.copy ?? original.value)
}

/** Returns the key by which a state knows the value at `segment`. */
function keyOf({ kind }: State, segment: PathSegment): Key {
  if (kind === 'array') return toIndex(segment)
  return kind === 'object' || kind === 'class' ? String(segment) : segment
}

/** Returns what a draft shows at `segment`. */
function valueAt(holder: State, segment: PathSegment): unknown {
  const found = stepInto(holder.proxy, segment)
  return found && holder.kind === 'set' ? readMember(holder, segment) : found?.value
}

/** Throws `bad-path` if a segment does not mean the same place in the base and in the draft. */
function assertInPlace(
  holder: State,
  inBase: { value: unknown } | null,
  segment: PathSegment,
  path: Path,
): void {
  if (holder.origins === null) return
  const base = holder.base as readonly unknown[]
  const { length } = (holder.copy ?? base) as readonly unknown[]
  const moved = !isUnmoved(holder.origins, base.length, length)
  const index = toIndex(segment)
  if (holder.base === inBase?.value && !moved && index >= 0 && index < length) return
  throw new CowslipError(
    'bad-path',
    `Expected a path to a place that still means the same. Received one below the array at ` +
      `${formatPath(path)}, whose elements moved. Roll the array back.`,
    { path },
  )
}

function noHolder(path: Path): CowslipError {
  return new CowslipError(
    'bad-path',
    `Expected an object or array at ${formatPath(path)}. Received a value that has nothing below ` +
      'it. Roll it back itself.',
    { path },
  )
}
