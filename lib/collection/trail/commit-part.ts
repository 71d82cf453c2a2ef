// One change set of a commit, as the writes beside it need it.
import type { ObjectOp } from '../../changes/ops/ops.ts'

/** One change set of a commit. A null op: the document is deleted. */
export interface CommitPart {
  readonly id: string
  readonly who: unknown
  readonly label?: string | undefined
  readonly meta?: unknown
  readonly op: ObjectOp | null
}
