// Applies patches as Immer does, for `applyPatches` of `cowslip/produce`. Tolerant, unlike
// `applyImmerPatches` of stores: what should be removed may be gone, and an index may lie beyond the end.
import type { Patch } from '../../changes/encodings/immer-patches.ts'
import { findMember } from '../../changes/ops/members.ts'
import { removeAt, setAt } from '../../document/paths/access.ts'
import { ConflictError, badArgumentError } from '../../document/messages/errors.ts'
import { onlyDateLeaves } from '../../document/leaves/leaf-kinds.ts'
import { formatPath, stepInto } from '../../document/paths/path.ts'
import { copyDeep } from '../current.ts'

/**
 * Applies patches to a draft, as tolerantly as Immer. Values are copied, so that a patch can be used again.
 * Throws `bad-argument` for anything that is no patch, and a `ConflictError` for a path that leads nowhere.
 */
export function applyTolerantly(draft: unknown, patches: readonly Patch[]): void {
  patches.forEach((patch, i) => {
    const { path } = Object(patch) as Patch
    if (!Array.isArray(path) || path.length === 0) {
      throw badArgumentError(`patches[${i}]`, 'a patch with a path below the root', patch)
    }
    applyPatch(draft, patch, `patches[${i}]`)
  })
}

function applyPatch(draft: unknown, patch: Patch, name: string): void {
  const { op, path } = patch
  let holder = draft
  for (const segment of path.slice(0, -1)) holder = stepInto(holder, segment)?.value
  if (typeof holder !== 'object' || holder === null) throw misfitError(patch)
  const key = path.at(-1)
  const value = copyDeep(patch.value, onlyDateLeaves)
  if (op === 'replace') {
    if (holder instanceof Set) throw misfitError(patch)
    setAt(holder, key, value)
  } else if (op === 'add') {
    if (holder instanceof Set) holder.add(value)
    else if (!Array.isArray(holder)) setAt(holder, key, value)
    else holder.splice(key === '-' ? holder.length : Number(key), 0, value)
  } else if (op === 'remove') {
    if (holder instanceof Set) holder.delete(findMember(holder, patch.value, onlyDateLeaves))
    else if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else removeAt(holder, key)
  } else throw badArgumentError(name, 'a patch with an op: add, replace or remove', patch)
}

function misfitError(patch: Patch): ConflictError {
  const { op, path, value } = patch
  return new ConflictError(
    `Expected a document that the patches fit. Received one where ${op} finds nothing at ` +
      `${formatPath(path)}. Nothing was applied: make the patches on this document.`,
    [{ path, base: undefined, ours: value, theirs: undefined }],
  )
}
