// What specs of the engine share: a snapshot, and one edit of it.
import * as assert from 'uvu/assert'
import { ingest } from '../../lib/document/ingest.ts'
import { defaultLeaves } from '../../lib/document/leaves/leaves.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'

export const rules = { leaves: defaultLeaves, inMemory: true }

/** A snapshot of `value`. */
export const snapshot = (value: unknown): any =>
  ingest(value, { ...rules, finishDraft: () => null }, () => [])

/** Runs `recipe` on a draft of a snapshot of `document`; the snapshot must stay as it is. */
export function edit(
  document: object,
  recipe: (draft: any) => void,
): { base: any; next: any; op: any } {
  const base = snapshot(document)
  const before = structuredClone(base)
  const scope = new StoreScope(base, rules)
  recipe(scope.root.proxy)
  const { value, op } = scope.finish()
  scope.end()
  assert.equal(base, before, 'the base is untouched')
  return { base, next: value, op: op }
}
