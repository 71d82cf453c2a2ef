// Open edits: everything but the commit, which `OpenEdit` (stores) and `OpenDocumentEdit` (documents) add.
// If the store moved on meanwhile, the edit is rebased onto the changes since, at the commit.
import { apply } from '../../changes/apply.ts'
import { createChangeSet, type ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { checkRebaseOptions, rebaseOrThrow, type RebaseOptions } from '../../changes/conflicts.ts'
import { hasChangedAt } from '../../changes/ops/has-changed-at.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import type { PathInput } from '../../document/paths/path.ts'
import type { StoreState } from '../store-state.ts'
import type { HeldEdit, Savepoint } from './edit-types.ts'
import { LightEdit } from './light-edit.ts'
import type { Prepared } from './prepare.ts'
import { Savepoints } from './savepoints.ts'

/** An open edit without its commit: see {@link HeldEdit}. */
export abstract class DraftedEdit<T extends object> extends LightEdit<T> implements HeldEdit<T> {
  declare protected readonly store: StoreState<T>
  private readonly savepoints = new Savepoints()
  /** The answers to clashes with changes since the edit began. */
  protected rebaseOptions: RebaseOptions

  constructor(store: StoreState<T>, ended?: () => void, rebaseOptions: RebaseOptions = {}) {
    super(store, ended)
    this.rebaseOptions = rebaseOptions
  }

  hasChanged(path: PathInput): boolean {
    const segments = parsePath(path)
    return hasChangedAt(this.peekAtResult().op, segments, this.store.rules.leaves)
  }

  compareField(path: PathInput): boolean {
    return this.hasChanged(path)
  }

  override changeSet(): ChangeSet {
    const { op, value } = this.peekAtResult()
    const { store, base, baseVersion, baseRevision } = this
    const source = store.createSource(baseRevision)
    return createChangeSet(op, base, value, store.rules.leaves, { baseVersion }, source)
  }

  savepoint(): Savepoint {
    this.assertOpen()
    return this.savepoints.create(this.scope)
  }

  override rollback(to?: PathInput | Savepoint): void {
    this.assertOpen()
    if (arguments.length === 0) return this.discard()
    this.tellSoon()
    this.savepoints.rollBack(this.scope, to)
  }

  rebase(options: RebaseOptions = {}): void {
    this.assertOpen()
    checkRebaseOptions(options)
    const { rebaseOptions: settling } = this
    this.rebaseOptions = options
    try {
      this.prepare()
    } catch (error) {
      this.rebaseOptions = settling
      throw error
    }
  }

  /** Returns what a commit would do to a state that no known ops lead to: they are found by comparing. */
  protected prepareAgain(state: object): Prepared {
    const { op } = this.peekAtResult(false)
    if (op === EMPTY_OP) return null
    const theirs = diffSnapshots(this.base, state, this.store.rules)
    return this.applyOver(op, theirs && theirs.op, state)
  }

  private applyOver(op: ObjectOp, theirs: ObjectOp | null, head: object): Prepared {
    const { leaves } = this.store.rules
    const rebased = theirs === null ? op : rebaseOrThrow(op, theirs, leaves, this.rebaseOptions)
    return rebased && { op: rebased, next: apply(head, rebased) as object }
  }

  protected override rebaseOnto(
    head: object,
    ahead: ObjectOp | null,
    op: ObjectOp,
    ours: object,
  ): Prepared {
    const theirs = this.store.composeSince(this.baseRevision, ahead)
    if (theirs !== undefined) return this.applyOver(op, theirs, head)
    return super.rebaseOnto(head, ahead, op, ours)
  }
}
