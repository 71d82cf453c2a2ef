import { equal } from '../../document/equality.ts'
import { ConflictError, badArgument } from '../../document/messages/errors.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { formatPath, lookUp, type Path } from '../../document/paths/path.ts'
import { applyPatches } from './apply-immer-patches.ts'
import { handOut } from '../../document/leaves/copy-mutable-leaves.ts'
import type { Patch } from './immer-patches.ts'
import type { JSONPatchOperation } from './json-patch.ts'

const NEEDS: Readonly<Record<string, 'value' | 'from' | null>> = {
  add: 'value',
  replace: 'value',
  test: 'value',
  remove: null,
  move: 'from',
  copy: 'from',
}

/** Whether a list is a JSON Patch: its paths are texts. */
export const isJSONPatch = (
  patches: readonly unknown[],
): patches is readonly JSONPatchOperation[] =>
  patches.some(patch => typeof (patch as { path?: unknown } | null)?.path === 'string')

/**
 * Does to a draft what a JSON Patch (RFC 6902) says. Throws `bad-argument` for what is none, and for the root as
 * a target; a `ConflictError` with the path where a `test` fails or nothing stands.
 */
export function applyJSONPatch(
  draft: object,
  patches: readonly JSONPatchOperation[],
  leaves: Leaves,
): void {
  patches.forEach((patch, i) => check(patch, `patches[${i}]`))
  for (const patch of patches) applyOne(draft, patch, leaves)
}

function check(patch: unknown, name: string): void {
  const given = Object(patch) as Record<string, unknown>
  const needs = Object.hasOwn(NEEDS, String(given.op)) ? NEEDS[String(given.op)] : undefined
  const isBelow = isPointer(given.path) && (given.path !== '' || given.op === 'test')
  const has = needs === 'value' ? 'value' in given : needs !== 'from' || isPointer(given.from)
  if (needs !== undefined && isBelow && has) return
  throw badArgument(name, 'an operation of a JSON Patch, with a path below the root', patch)
}

const isPointer = (path: unknown): path is string =>
  typeof path === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(path)

const parse = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))

function applyOne(draft: object, patch: JSONPatchOperation, leaves: Leaves): void {
  const path = parse(patch.path)
  const edit = (op: Patch['op'], at: Path, value?: unknown): void => {
    applyPatches(draft, [op === 'remove' ? { op, path: at } : { op, path: at, value }], leaves)
  }
  switch (patch.op) {
    case 'test': {
      const found = lookUp(draft, path)
      if (found !== null && equal(found.value, patch.value, leaves)) return
      throw misfit('test', path, patch.value, found?.value)
    }
    case 'move':
    case 'copy': {
      const from = parse(patch.from)
      const found = lookUp(draft, from)
      if (found === null) throw misfit(patch.op, from, undefined, undefined)
      if (patch.op === 'move') {
        if (patch.path.startsWith(`${patch.from}/`))
          throw misfit('move', path, undefined, undefined)
        edit('remove', from)
      }
      // A copy is nobody's draft any more.
      edit('add', path, patch.op === 'copy' ? handOut(found.value, leaves) : found.value)
      return
    }
    case 'remove':
      edit('remove', path)
      return
    case 'replace':
      if (lookUp(draft, path) === null) throw misfit('replace', path, patch.value, undefined)
      edit('replace', path, patch.value)
      return
    case 'add':
      edit('add', path, patch.value)
  }
}

function misfit(op: string, path: Path, ours: unknown, theirs: unknown): ConflictError {
  return new ConflictError(
    `Expected a document that the patches fit. Received one where ${op} fails at ${formatPath(path)}. ` +
      'Nothing was applied.',
    [{ path, base: undefined, ours, theirs }],
  )
}
