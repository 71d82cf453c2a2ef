// Open edits: everything but the commit, which `OpenEdit` (stores) and `OpenDocumentEdit` (documents) add.
// Each question finishes the edit and restores it (`peekAtResult`), so answers are net. If the store moved
// on meanwhile, the edit is rebased onto the changes since, at the commit.
import { apply } from '../../changes/apply.ts'
import { createChangeSet, type ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { checkRebaseOptions, rebaseOrThrow, type RebaseOptions } from '../../changes/conflicts.ts'
import { hasChangedAt } from '../../changes/ops/has-changed-at.ts'
import { copyMutableLeaves } from '../../document/leaves/copy-mutable-leaves.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import { ConflictError, CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { checkFunction } from '../../document/messages/check-options.ts'
import { defineView } from '../../document/messages/define-view.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import { formatPath, lookUp, stepInto, type PathInput } from '../../document/paths/path.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { captureEdit, restoreEdit, type Capture } from '../../draft/strict/capture.ts'
import { StoreScope } from '../../draft/strict/store-scope.ts'
import { peekAtResult } from '../../draft/strict/peek-at-result.ts'
import { rollBackPath } from '../../draft/strict/roll-back-path.ts'
import type { StoreState } from '../store-state.ts'
import type { HeldEdit, Savepoint } from './edit-types.ts'
import { findConflictingKeys } from './conflicting-keys.ts'
import type { Prepared } from './prepare.ts'

/** Called after writes to the draft of an edit. */
type EditListener = () => unknown

/** An open edit without its commit: see {@link HeldEdit}. */
export abstract class DraftedEdit<T extends object> implements HeldEdit<T> {
  static {
    defineView('Edit', this.prototype, ({ scope, baseVersion }) => ({
      open: scope.live,
      baseVersion,
      touched: [...(scope.root.touched?.list ?? [])],
    }))
  }

  protected readonly store: StoreState<T>
  /** Called once, when the edit has ended in any way. */
  private readonly ended: () => void
  private readonly base: Immutable<T>
  private readonly baseVersion: number
  private readonly baseRevision: number
  protected readonly scope: StoreScope
  private readonly savepoints = new WeakMap<Savepoint, Capture>()
  private savepointCount = 0
  private listeners: Set<EditListener> | null = null
  /** Whether listeners will be told in this microtask turn. */
  private isTelling = false
  /** The answers to clashes with changes since the edit began. */
  protected rebaseOptions: RebaseOptions

  constructor(
    store: StoreState<T>,
    ended: () => void = () => {},
    rebaseOptions: RebaseOptions = {},
  ) {
    this.store = store
    this.ended = ended
    this.rebaseOptions = rebaseOptions
    this.base = store.state
    this.baseVersion = store.version
    this.baseRevision = store.revision
    this.scope = new StoreScope(store.state, store.rules)
  }

  get draft(): Draft<T> {
    return this.scope.root.proxy as Draft<T>
  }

  isModified(): boolean {
    return this.peekAtResult().op !== EMPTY_OP
  }

  hasChanged(path: PathInput): boolean {
    const segments = parsePath(path)
    return hasChangedAt(this.peekAtResult().op, segments, this.store.rules.leaves)
  }

  compareField(path: PathInput): boolean {
    return this.hasChanged(path)
  }

  getChanges(): { readonly [K in keyof T]?: Immutable<T[K]> } {
    return this.changeSet().changes as { readonly [K in keyof T]?: Immutable<T[K]> }
  }

  getRemoved(): readonly string[] {
    return this.changeSet().removed
  }

  getOriginalValue(path: PathInput): unknown {
    this.assertOpen()
    const found = lookUp(this.base, parsePath(path))
    return found === null ? undefined : copyMutableLeaves(found.value, this.store.rules.leaves)
  }

  getAllOriginalData(): Immutable<T> {
    this.assertOpen()
    return this.base
  }

  changeCount(): number {
    return this.peekAtResult().op.keys.size
  }

  changedFieldNames(): string[] {
    return [...this.peekAtResult().op.keys.keys()].sort()
  }

  changeSet(): ChangeSet {
    const { op, value } = this.peekAtResult()
    const { store, base, baseVersion, baseRevision } = this
    const source = store.createSource(baseRevision)
    return createChangeSet(op, base, value, store.rules.leaves, { baseVersion }, source)
  }

  subscribe(listener: EditListener): () => void {
    checkFunction('listener', listener)
    this.assertOpen()
    this.scope.onWrite = () => this.tellSoon()
    const own: EditListener = () => listener()
    const listeners = (this.listeners ??= new Set())
    listeners.add(own)
    return () => void listeners.delete(own)
  }

  /** Tells the listeners once, however many writes there are in this turn. */
  private tellSoon(): void {
    if (this.isTelling || this.listeners === null) return
    this.isTelling = true
    queueMicrotask(() => {
      this.isTelling = false
      if (!this.scope.live) return
      for (const listener of this.listeners ?? []) {
        try {
          listener()
        } catch (error) {
          this.store.report(error, 'a listener of an edit')
        }
      }
    })
  }

  savepoint(): Savepoint {
    this.assertOpen()
    const savepoint = Object.freeze({ number: ++this.savepointCount })
    this.savepoints.set(savepoint, captureEdit(this.scope))
    return savepoint
  }

  rollback(to?: PathInput | Savepoint): void {
    this.assertOpen()
    if (arguments.length === 0) return this.discard()
    this.tellSoon()
    if (typeof to === 'string' || Array.isArray(to)) {
      return rollBackPath(this.scope.root, parsePath(to))
    }
    const captured = this.savepoints.get(Object(to) as Savepoint)
    if (captured === undefined) {
      throw badArgumentError('to', 'a path, or a savepoint of this edit', to)
    }
    restoreEdit(this.scope, captured)
  }

  [Symbol.dispose](): void {
    if (this.scope.live) this.discard()
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

  /**
   * Returns what a commit would do to `head`, to which `ahead` leads from the state. Null: nothing. Throws a
   * `ConflictError`.
   */
  protected prepare(head: object = this.store.state, ahead: ObjectOp | null = null): Prepared {
    const { op, value } = this.peekAtResult(false)
    if (op === EMPTY_OP) return null
    return head === this.base ? { op, next: value } : this.rebaseOnto(head, ahead, op, value)
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

  protected end(): void {
    this.scope.end()
    this.ended()
  }

  private discard(): void {
    const touched = Object.freeze([...(this.scope.root.touched?.list ?? [])].map(String))
    this.end()
    if (touched.length > 0) this.store.emit({ type: 'rollback', touched })
  }

  /** Rebases the result onto the changes that the store made since the edit began. */
  private rebaseOnto(head: object, ahead: ObjectOp | null, op: ObjectOp, ours: object): Prepared {
    const { rules, version } = this.store
    const theirs = this.store.composeSince(this.baseRevision, ahead)
    if (theirs !== undefined) return this.applyOver(op, theirs, head)
    const conflicts = findConflictingKeys(
      op,
      key => stepInto(this.base, key),
      key => stepInto(ours, key),
      head,
      rules.leaves,
    )
    if (conflicts.length === 0) return { op, next: apply(head, op) as object }
    const paths = conflicts.map(({ path }) => formatPath(path)).join(', ')
    throw new ConflictError(
      `Expected a store that nobody else had changed at ${paths}. Received one that moved on from ` +
        `version ${this.baseVersion} to ${version}. Roll these keys back, or edit anew.`,
      conflicts,
    )
  }

  private peekAtResult(ahead: boolean = true): { value: object; op: ObjectOp } {
    this.assertOpen()
    const { onWrite } = this.scope
    // Looking is no write.
    this.scope.onWrite = null
    try {
      const { value, op } = peekAtResult(this.scope, ahead)
      return { value, op: (op as ObjectOp | null) ?? EMPTY_OP }
    } finally {
      this.scope.onWrite = onWrite
    }
  }

  protected assertOpen(): void {
    if (this.scope.live) return
    throw new CowslipError(
      'ended-edit',
      'Expected an open edit. Received one that was committed or rolled back. Begin a new one.',
      {},
    )
  }
}
