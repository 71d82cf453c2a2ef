// Applies a JSON Patch (RFC 6902) to the draft of a store. Each operation becomes one or two patches in
// Immer's format, after a check of its shape and of what it finds.
import { isEqual } from '../../document/equality.ts'
import { ConflictError, badArgumentError } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { formatPath, lookUp, type Path } from '../../document/paths/path.ts'
import { applyImmerPatches } from './apply-immer-patches.ts'
import { copyMutableLeaves } from '../../document/leaves/copy-mutable-leaves.ts'
import type { Patch } from './immer-patches.ts'
import type { JSONPatchOperation } from './json-patch.ts'
/** The field that each operation needs beside its path. */

const FIELD_NEEDED: Readonly<Record<string, 'value' | 'from' | null>> = {
  add: 'value',
  replace: 'value',
  test: 'value',
  remove: null,
  move: 'from',
  copy: 'from',
}

/** Whether a list of patches is a JSON Patch: its paths are texts. */
export const isJSONPatch = (
  patches: readonly unknown[],
): patches is readonly JSONPatchOperation[] =>
  patches.some(patch => typeof (patch as { path?: unknown } | null)?.path === 'string')

/**
 * Applies a JSON Patch (RFC 6902) to a draft. Throws `bad-argument` for anything else, and for the root as
 * a target; a `ConflictError` with the path where a `test` fails or nothing stands.
 */
export function applyJSONPatch(
  draft: object,
  patches: readonly JSONPatchOperation[],
  leaves: Leaves,
): void {
  patches.forEach((patch, i) => checkOperation(patch, `patches[${i}]`))
  for (const patch of patches) applyOperation(draft, patch, leaves)
}

function checkOperation(patch: unknown, name: string): void {
  const given = Object(patch) as Record<string, unknown>
  const needs = Object.hasOwn(FIELD_NEEDED, String(given.op))
    ? FIELD_NEEDED[String(given.op)]
    : undefined
  const isBelow = isPointer(given.path) && (given.path !== '' || given.op === 'test')
  const has = needs === 'value' ? 'value' in given : needs !== 'from' || isPointer(given.from)
  if (needs !== undefined && isBelow && has) return
  throw badArgumentError(name, 'an operation of a JSON Patch, with a path below the root', patch)
}

const isPointer = (path: unknown): path is string =>
  typeof path === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(path)

const parsePointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))

function applyOperation(draft: object, patch: JSONPatchOperation, leaves: Leaves): void {
  const path = parsePointer(patch.path)
  const edit = (op: Patch['op'], at: Path, value?: unknown): void => {
    applyImmerPatches(draft, [op === 'remove' ? { op, path: at } : { op, path: at, value }], leaves)
  }
  switch (patch.op) {
    case 'test': {
      const found = lookUp(draft, path)
      if (found !== null && isEqual(found.value, patch.value, leaves)) return
      throw misfitError('test', path, patch.value, found?.value)
    }
    case 'move':
    case 'copy': {
      const from = parsePointer(patch.from)
      const found = lookUp(draft, from)
      if (found === null) throw misfitError(patch.op, from, undefined, undefined)
      if (patch.op === 'move') {
        if (patch.path.startsWith(`${patch.from}/`))
          throw misfitError('move', path, undefined, undefined)
        edit('remove', from)
      }
      // A draft must not stand in two places: copy its value.
      edit('add', path, patch.op === 'copy' ? copyMutableLeaves(found.value, leaves) : found.value)
      return
    }
    case 'remove':
      edit('remove', path)
      return
    case 'replace':
      if (lookUp(draft, path) === null) throw misfitError('replace', path, patch.value, undefined)
      edit('replace', path, patch.value)
      return
    case 'add':
      edit('add', path, patch.value)
  }
}

function misfitError(op: string, path: Path, ours: unknown, theirs: unknown): ConflictError {
  return new ConflictError(
    `Expected a document that the patches fit. Received one where ${op} fails at ${formatPath(path)}. ` +
      'Nothing was applied: make the patches on this document.',
    [{ path, base: undefined, ours, theirs }],
  )
}
