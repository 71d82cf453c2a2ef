// The part of a live document that transactions ask for: what it is called, what may be stored of it, and moves to what
// they have stored. LiveDocument extends this class.
import type { RunningCalls } from '../calls/running-calls.ts'
import type { CommitResult, StoredDocument } from '../../adapters/contract.ts'
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import { diffSnapshots, type Difference } from '../../changes/diff/diff.ts'
import type { Trail } from '../trail/trail.ts'
import { runBeforeCommit } from '../fields/before-commit.ts'
import type { OwnFields } from '../fields/own-fields.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { CowslipError } from '../../document/messages/errors.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import { errorOfResult, missingError } from '../calls/outcome.ts'
import { validateNew } from '../schema/validate.ts'
import type { TransactionLog } from '../history/transaction-log.ts'
import type { TransactionKind } from './document-history.ts'
import { QueuedDocument } from './queued-document.ts'

/** The part of a document in a transaction: how it enters the history, and the facts of its change set. */
export interface TransactedInfo {
  readonly kind: TransactionKind
  /** The object that the part's step in the history is found by. */
  readonly group: object
  readonly info: ChangeInfo
}

/** A live document as transactions see it. */
export abstract class TransactedDocument<T extends object> extends QueuedDocument<T> {
  /** The name of its collection. */
  get collection(): string {
    return this.identityMap.collection
  }

  get rules(): StoreRules {
    return this.store.rules
  }

  /** The transactions of its collection. */
  get transactionLog(): TransactionLog {
    return this.identityMap.transactionLog
  }

  /** The calls of its collection that are under way. */
  get calls(): RunningCalls {
    return this.identityMap.calls
  }

  /** The answers to clashes with other writers. */
  get rebaseOptions(): RebaseOptions {
    return this.identityMap.rebaseOptions
  }

  /** Throws `immutable-field`: see {@link IdentityMap.assertMutable}. */
  assertMutable(op: ObjectOp): void {
    this.identityMap.assertMutable(op, this.name)
  }

  /** Returns what is inserted of a new document: with what the collection adds, by `beforeCommit` and by the schema. */
  validateNew(given: object, info: ChangeInfo = {}): object {
    return this.store.whileEditing(() => this.completeNew(given, info))
  }

  private completeNew(given: object, info: ChangeInfo): object {
    const { own, beforeCommit } = this.identityMap
    const next = own.stampNew(given)
    if (beforeCommit === undefined && this.identityMap.schema === undefined) return next
    let made: Prepared = { op: (diffSnapshots({}, next, this.rules) as Difference).op, next }
    if (beforeCommit !== undefined) {
      const about = { ...info, baseVersion: 0 }
      made = runBeforeCommit(beforeCommit, this.store, {}, made, about, op =>
        this.assertMutable(op),
      )
    }
    const valid = validateNew(this.identityMap, own.strip(made?.next ?? next), this.name)
    return own.stampNew(valid, next)
  }

  /** Returns what a stored document shows: see {@link IdentityMap.shownOf}. */
  shownOf(stored: StoredDocument): object {
    return this.identityMap.shownOf(stored)
  }

  /** Returns a stored document of an older shape as it is: see {@link IdentityMap.olderOf}. */
  olderOf(stored: StoredDocument): object | null {
    return this.identityMap.olderOf(stored)
  }

  /** The shape that writes of this document tell. */
  get shapeOfWrites(): { readonly shape?: number } {
    return this.identityMap.shapes.ofWrites
  }

  /** Returns a stored document, unless it is marked as deleted. */
  ifVisible(stored: StoredDocument | null): StoredDocument | null {
    return this.identityMap.ifVisible(stored)
  }

  /** The trail of its collection; null: there is none. */
  get trail(): Trail | null {
    return this.identityMap.trail
  }

  /** The fields that the collection sets itself. */
  get own(): OwnFields {
    return this.identityMap.own
  }

  /** Returns where a transaction's step is in the history of this document; null: in none. */
  findStep(group: object): 'past' | 'future' | null {
    return this.documentHistory.find(group)
  }

  /** Returns what undo or redo of a transaction does to a state. Throws a `ConflictError`. */
  prepareReverse(
    kind: 'undo' | 'redo',
    group: object,
    state: object,
    options: RebaseOptions,
  ): Prepared {
    return this.documentHistory.prepareOf(kind, group, state, options)
  }

  /** Moves to what a transaction has stored, and returns the change set of an update; `op` is null for an insert. */
  moveToCommitted(
    op: ObjectOp | null,
    next: object,
    result: { version: number; commitId: string },
    { kind, group, info }: TransactedInfo,
  ): ChangeSet | null {
    if (op === null) {
      const isRevived = this.status === 'deleted'
      this.noteInserted(result, isRevived ? this.showRevived(next, info, result.version) : next)
      return null
    }
    this.documentHistory.noteTransacted(kind, op, result.version, group)
    const [change] = this.moveTo([{ op, next, info }], result)
    this.store.emit({ type: 'confirmed', ...result })
    return change ?? null
  }

  /** Moves the state of a document that was deleted to the one that it has again, with an event. Returns the state. */
  private showRevived(next: object, info: ChangeInfo, version: number): object {
    const difference = diffSnapshots(this.state, next, this.rules)
    if (difference === null) return this.state
    this.documentHistory.noteForeign(difference.op)
    this.store.commit(difference.op, difference.next, info, version)
    return difference.next
  }

  /** The document as it is stored with its mark, once `lookAtMarked` has read it. */
  marked: object | null = null

  /** Looks what is stored of a document that was marked as deleted. Throws `missing`. */
  async lookAtMarked(): Promise<void> {
    const [stored = null] = await this.identityMap.loadAny([this.id], this.identityMap.atPrimary)
    if (stored === null) throw this.missingError()
    const visible = this.ifVisible(stored)
    if (visible !== null) {
      this.moveToStored(visible)
      return
    }
    this.store.version = stored.version
    this.commitId = stored.commitId
    this.marked = this.identityMap.readState(stored)
  }

  /** Notes that a transaction has marked it as deleted. */
  noteMarked({ version, commitId }: { version: number; commitId: string }): void {
    this.store.version = version
    this.commitId = commitId
    this.olderDoc = null
    this.markDeleted(true)
  }

  /** Notes that this collection sends a commit: its own writes are not told by the watch. */
  noteOwn(commitId: string): void {
    this.identityMap.ownCommits.add(commitId)
  }

  /** Creates the error for a document that is not stored. */
  missingError(): CowslipError {
    return missingError(this.name)
  }

  /** Creates the error for a write that was not committed. */
  errorOfResult(result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>): CowslipError {
    return errorOfResult(this.name, result)
  }
}
