import type { ObjectOp } from '../changes/ops.ts'

/** What one attempt would make of the state; null: nothing. Made anew on a newer state after a clash. */
export type Prepare = () => { readonly op: ObjectOp; readonly next: object } | null
