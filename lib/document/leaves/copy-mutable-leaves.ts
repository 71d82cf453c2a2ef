import { ingest } from '../ingest.ts'
import type { Leaves } from './leaf-kinds.ts'

/** `value` as outsiders may have it: with mutable leaves of its own, shared if it holds none. O(size). */
export function copyMutableLeaves(value: unknown, leaves: Leaves): unknown {
  return ingest(value, { leaves, inMemory: true, finishDraft: () => null }, () => [])
}
