// Applies patches of either format to a draft: `store.apply(patches)` and `document.apply(patches)` call
// it.
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { applyJSONPatch, isJSONPatch } from './apply-json-patch.ts'
import { applyImmerPatches } from './apply-immer-patches.ts'
import type { Patch } from './immer-patches.ts'
import type { JSONPatchOperation } from './json-patch.ts'

/** Patches in Immer's format, or a JSON Patch (RFC 6902). */
export type Patches = readonly Patch[] | readonly JSONPatchOperation[]

/**
 * Applies patches of either format to a draft. Throws `bad-argument`, and a `ConflictError` for a patch
 * that does not fit.
 */
export function applyAnyPatches(draft: object, patches: Patches, leaves: Leaves): void {
  if (isJSONPatch(patches)) applyJSONPatch(draft, patches, leaves)
  else applyImmerPatches(draft, patches, leaves)
}
