// The types of what a document sends, and of what becomes of it.
import type { Commit, CommitResult } from '../../adapters/contract.ts'
import type { ChangeInfo } from '../../changes/change-set.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'

/** Called when a commit was applied. Resolves to false if the stored document must be read. */
export type OnApplied = (result: { readonly version: number; readonly commitId: string }) => unknown

/** One edit of a commit that was stored. */
export interface CommittedStep {
  readonly op: ObjectOp
  readonly next: object
  readonly info: ChangeInfo
}

/** The outcome of a write that was not committed. */
export type Failure = Exclude<CommitResult, { status: 'committed' }>

/** A write whose outcome is not known yet. */
export interface UnsettledWrite {
  readonly commit: Commit
  readonly onApplied: OnApplied
}
