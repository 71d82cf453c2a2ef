import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { applyJSONPatch, isJSONPatch } from './apply-json-patch.ts'
import { applyImmerPatches } from './apply-immer-patches.ts'
import type { Patch } from './immer-patches.ts'
import type { JSONPatchOperation } from './json-patch.ts'

/** Patches in Immer's shape, or a JSON Patch (RFC 6902). */
export type Patches = readonly Patch[] | readonly JSONPatchOperation[]

/** Does to a draft what patches of either kind say. Throws `bad-argument`, and a `ConflictError` for what does not fit. */
export function applyAnyPatches(draft: object, patches: Patches, leaves: Leaves): void {
  if (isJSONPatch(patches)) applyJSONPatch(draft, patches, leaves)
  else applyImmerPatches(draft, patches, leaves)
}
