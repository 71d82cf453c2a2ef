// Protects snapshots from callers who get values out of them: every value of a change set, conflict or
// event that leaves the library passes through here.
import { ingest } from '../ingest.ts'
import type { Leaves } from './leaf-kinds.ts'

/**
 * Returns `value` with copies of its mutable leaves (dates, binaries); without mutable leaves, `value`
 * itself. O(size).
 */
export function copyMutableLeaves(value: unknown, leaves: Leaves): unknown {
  return ingest(value, { leaves, inMemory: true, finishDraft: () => null }, () => [])
}
