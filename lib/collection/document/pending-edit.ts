// What the pipeline knows of one edit: how to make it on a state, how to make it again on another one, and what its
// caller asked for. LiveDocument creates a PendingEdit for each call, QueuedDocument turns it into a layer.
import { apply } from '../../changes/apply.ts'
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import { rebaseOrThrow, type RebaseOptions } from '../../changes/conflicts.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { Deadline } from '../calls/deadline.ts'
import type { Layer, Made } from '../pipeline/commit-machine.ts'

/** Makes an edit on a state. */
export interface EditMaker {
  /** Makes it on the head, to which `ahead` leads from the document's state. */
  readonly make: (head: object, ahead: () => ObjectOp | null) => Prepared
  /** Makes it again on another state: see {@link Layer.remake}. Absent: by `make`. */
  readonly remake?: (base: object, made: Made, over: () => ObjectOp | null) => Prepared
}

/** Returns a way to make an edit again by rebasing its ops. */
export function remakeByRebase(
  { leaves }: StoreRules,
  optionsOf: () => RebaseOptions,
): NonNullable<EditMaker['remake']> {
  return (base, { op }, over) => {
    const theirs = over()
    const rebased = theirs === null ? op : rebaseOrThrow(op, theirs, leaves, optionsOf())
    return rebased && { op: rebased, next: apply(base, rebased) as object }
  }
}

/** The way in which an edit enters the history: as a step, as another's change, or by moving a step. */
export type HistoryKind = 'edit' | 'foreign' | 'undo' | 'redo'

/** An edit of a document, with what its caller asked for. */
export interface PendingEdit {
  readonly maker: EditMaker
  readonly info: ChangeInfo
  /** The author, for an audit. */
  readonly who: unknown
  readonly historyKind: HistoryKind
  /** Consecutive edits of one group are one step of the history. */
  readonly group: unknown
  readonly deadline: Deadline
  /** The only version that the edit may run on. */
  readonly ifVersion: number | undefined
  /** Whether the state moves at once, and back if the edit fails. */
  readonly isOptimistic: boolean
  /** Whether all edits before it must have ended first; asked when its turn comes. */
  readonly isAfterAll: () => boolean
  /** Called when the edit is stored, even if its promise was rejected before. */
  readonly onCommitted: () => void
}

/** A layer of the commit machine, with the promise of its edit. */
export interface EditLayer extends Layer {
  readonly edit: PendingEdit
  /** The way in which it enters the history, which may be lost while it waits. */
  historyKind: HistoryKind
  /** The change that the state made when the edit was shown before it was stored; null: it was not. */
  shownAs: ChangeSet | null
  /** The op that it had then. */
  shownOp: ObjectOp | null
  readonly resolve: (change: ChangeSet | null) => void
  readonly reject: (error: unknown) => void
}
