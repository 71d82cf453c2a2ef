// Applies Immer's patches to the draft of a store. Strict, unlike `applyTolerantly` of `cowslip/produce`: a
// patch that finds nothing to change is a conflict, because the document is not the one that the patches
// were made for.
import type { Patch } from './immer-patches.ts'
import { findMember } from '../ops/members.ts'
import { removeAt, setAt } from '../../document/paths/access.ts'
import { ConflictError, badArgumentError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import {
  formatPath,
  stepInto,
  toIndex,
  type Path,
  type PathSegment,
} from '../../document/paths/path.ts'

const KINDS: readonly unknown[] = ['add', 'replace', 'remove']

/**
 * Applies patches in Immer's format to a draft. Throws `bad-argument` for anything that is no patch, and a
 * `ConflictError` with the path for a patch that finds nothing to change.
 */
export function applyImmerPatches(draft: object, patches: readonly Patch[], leaves: Leaves): void {
  patches.forEach((patch, i) => applyPatch(draft, checkPatch(patch, `patches[${i}]`), leaves))
}

function checkPatch(patch: Patch, name: string): Patch {
  const { op, path } = Object(patch) as Patch
  if (!KINDS.includes(op) || !Array.isArray(path) || path.length === 0) {
    throw badArgumentError(
      name,
      'a patch with an op (add, replace, remove) and a path below the root',
      patch,
    )
  }
  return patch
}

function applyPatch(draft: object, patch: Patch, leaves: Leaves): void {
  const holder = patch.path.slice(0, -1).reduce<unknown>((at, segment, depth) => {
    const found = stepInto(at, segment)
    if (found === null) throw misfitError(patch, patch.path.slice(0, depth + 1))
    return found.value
  }, draft)
  const last = patch.path.at(-1)
  if (Array.isArray(holder)) return applyToArray(holder, last, patch)
  if (!isContainer(holder)) throw misfitError(patch, patch.path)
  if (holder instanceof Set) return applyToSet(holder, patch, leaves)
  if (patch.op !== 'remove') setAt(holder, last, patch.value)
  else if (stepInto(holder, last) === null) throw misfitError(patch, patch.path)
  else removeAt(holder, last)
}

/**
 * Applies a patch to a Set. Immer names the member by `value`; the last segment of the path is only
 * informative.
 */
function applyToSet(set: Set<unknown>, patch: Patch, leaves: Leaves): void {
  const { op, path, value } = patch
  const member = op === 'add' ? value : findMember(set, value, leaves)
  if (op === 'replace' || set.has(member) !== (op === 'remove')) throw misfitError(patch, path)
  if (op === 'add') set.add(value)
  else set.delete(member)
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

function applyToArray(array: unknown[], last: PathSegment, patch: Patch): void {
  const { op, path, value } = patch
  if (op === 'replace' && last === 'length' && typeof value === 'number' && value <= array.length) {
    array.length = value
    return
  }
  const index = last === '-' && op === 'add' ? array.length : toIndex(last)
  if (index < 0 || index > array.length || (index === array.length && op !== 'add')) {
    throw misfitError(patch, path)
  }
  if (op === 'add') array.splice(index, 0, value)
  else if (op === 'remove') array.splice(index, 1)
  else array[index] = value
}

function misfitError(patch: Patch, path: Path): ConflictError {
  return new ConflictError(
    `Expected a document that the patches fit. Received one where ${patch.op} finds nothing at ` +
      `${formatPath(path)}. Nothing was applied: make the patches on this document.`,
    [{ path, base: undefined, ours: patch.value, theirs: undefined }],
  )
}
