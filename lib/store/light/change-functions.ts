// The functions of `cowslip/light` that transform and encode change sets: each is paid for by who imports it.
import { applyJSONPatch as applyTo } from '../../changes/encodings/apply-json-patch.ts'
import { changeToJSON, partsFromJSON } from '../../changes/encodings/change-json.ts'
import type { JSONObject } from '../../changes/encodings/json-values.ts'
import {
  toJSONPatch as patchOf,
  type JSONPatchOperation,
  type JSONPatchOptions,
} from '../../changes/encodings/json-patch.ts'
import { findDifference, type DiffOptions } from '../../changes/diff/diff-states.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import {
  isLightChangeSet,
  makeLightChange,
  partsBetween,
  partsOf,
  type ChangeParts,
  type ChangeSet,
} from '../../changes/light-change-set.ts'
import { composeParts, rebaseParts } from '../../changes/transform-parts.ts'
import type { Leaf } from '../../document/leaves/leaves.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { EditOptions } from '../edits/edit-types.ts'
import { prepareDraft } from '../edits/prepare.ts'
import { storePartsOf } from './light-store.ts'
import type { Store } from './light-types.ts'

function expectParts(name: string, change: unknown): ChangeParts {
  if (!isLightChangeSet(change)) throw badArgumentError(name, 'a change set', change)
  return partsOf(change)
}

/** Composes a change and the one that was made on its result into one: `ChangeSet.compose` of `cowslip`. O(ops). */
export function compose(change: ChangeSet, next: ChangeSet): ChangeSet {
  return makeLightChange(composeParts(expectParts('change', change), expectParts('next', next)))
}

/**
 * Returns an equivalent change that applies after `over`; both were made on the same base: `ChangeSet.rebase` of `cowslip`.
 * Throws a `ConflictError` with every clash that `resolve` leaves open.
 */
export function rebase(change: ChangeSet, over: ChangeSet, options: RebaseOptions = {}): ChangeSet {
  const [ours, theirs] = [expectParts('change', change), expectParts('over', over)]
  return makeLightChange(rebaseParts(ours, theirs, options))
}

/** Returns the change set that leads from `base` to `next`: `diff` of `cowslip`. */
export function diff(base: object, next: object, options: DiffOptions = {}): ChangeSet {
  const { op, from, to, leaves } = findDifference(base, next, options)
  return makeLightChange(partsBetween(op, from, to, leaves, {}))
}

/** Returns a change as a JSON Patch (RFC 6902): `ChangeSet.toJSONPatch` of `cowslip`. */
export function toJSONPatch(
  change: ChangeSet,
  options: JSONPatchOptions = {},
): readonly JSONPatchOperation[] {
  expectParts('change', change)
  return Object.freeze(patchOf(change.ops, options).map(operation => Object.freeze(operation)))
}

/**
 * Applies a JSON Patch (RFC 6902) from elsewhere to a store: all of it, or nothing. Undo leaves it alone. Returns the change
 * set, or null if nothing changed. Throws `bad-argument`, and a `ConflictError` where it does not fit.
 */
export function applyJSONPatch<T extends object>(
  store: Store<T>,
  patch: readonly JSONPatchOperation[],
  options: EditOptions = {},
): ChangeSet | null {
  const parts = storePartsOf(store)
  if (parts === null) throw badArgumentError('store', 'a store', store)
  if (!Array.isArray(patch)) throw badArgumentError('patch', 'a list of operations', patch)
  const { state } = parts
  const { leaves } = state.rules
  const prepare = () =>
    prepareDraft(state, state.state, scope => applyTo(scope.root.proxy, patch, leaves))
  return parts.save(prepare, options, { origin: 'remote' })
}

/** Returns a change as plain JSON: `ChangeSet.toJSON` of `cowslip`. Throws `unsupported-value`. */
export function encode(change: ChangeSet): JSONObject {
  expectParts('change', change)
  return changeToJSON(change)
}

/** Returns the change set of what `encode` wrote, with ops alone: `ChangeSet.from` of `cowslip`. Throws `bad-argument`. */
export function decode(json: unknown, options: { leaves?: readonly Leaf[] } = {}): ChangeSet {
  return makeLightChange(partsFromJSON(json, options.leaves))
}
