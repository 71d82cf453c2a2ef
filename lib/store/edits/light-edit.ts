// Open edits as `cowslip/light` has them: a draft held open, and questions about it. Each question finishes the edit and restores
// it (`peekAtResult`), so answers are net. `DraftedEdit` extends it for stores of `cowslip` and for documents.
import { apply } from '../../changes/apply.ts'
import type { ChangeSet } from '../../changes/change-set.ts'
import { makeLightChange, partsBetween } from '../../changes/light-change-set.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import { copyMutableLeaves } from '../../document/leaves/copy-mutable-leaves.ts'
import { checkFunction } from '../../document/messages/check-options.ts'
import { defineView } from '../../document/messages/define-view.ts'
import { ConflictError, CowslipError } from '../../document/messages/errors.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import { formatPath, lookUp, stepInto, type PathInput } from '../../document/paths/path.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { peekAtResult } from '../../draft/strict/peek-at-result.ts'
import { StoreScope } from '../../draft/strict/store-scope.ts'
import type { LightState } from '../light-state.ts'
import { checkEditOptions } from './edit-options.ts'
import type { EditOptions } from './edit-types.ts'
import { findConflictingKeys } from './conflicting-keys.ts'
import type { Prepared } from './prepare.ts'

/** Commits a prepared edit to the store. */
export type CommitPrepared = (prepared: NonNullable<Prepared>, options: EditOptions) => ChangeSet

/** Called after writes to the draft of an edit. */
type EditListener = () => unknown

/** An open edit without its commit: see the head of this file. */
export abstract class LightEdit<T extends object> {
  static {
    defineView('Edit', this.prototype, ({ scope, baseVersion }) => ({
      open: scope.live,
      baseVersion,
      touched: [...(scope.root.touched?.list ?? [])],
    }))
  }

  protected readonly store: LightState<T>
  /** Called once, when the edit has ended in any way. */
  private readonly ended: () => void
  protected readonly base: Immutable<T>
  protected readonly baseVersion: number
  protected readonly baseRevision: number
  protected readonly scope: StoreScope
  private listeners: Set<EditListener> | null = null
  /** Called at the beginning of each write, while there are listeners: forms must render before an event ends. */
  onWrite?: () => void
  /** Whether listeners will be told in this microtask turn. */
  private isTelling = false

  constructor(store: LightState<T>, ended: () => void = () => {}) {
    this.store = store
    this.ended = ended
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

  /** Returns the change set that a commit would make now. */
  changeSet(): ChangeSet {
    const { op, value } = this.peekAtResult()
    const { store, base, baseVersion, baseRevision } = this
    const source = store.createSource(baseRevision)
    const { leaves } = store.rules
    // As in LightState: the caller knows it by another type.
    return makeLightChange(
      partsBetween(op, base, value, leaves, { baseVersion }, source),
    ) as ChangeSet
  }

  subscribe(listener: EditListener): () => void {
    checkFunction('listener', listener)
    this.assertOpen()
    this.scope.onWrite = () => {
      this.onWrite?.()
      this.tellSoon()
    }
    const own: EditListener = () => listener()
    const listeners = (this.listeners ??= new Set())
    listeners.add(own)
    return () => void listeners.delete(own)
  }

  /** Tells the listeners once, however many writes there are in this turn. */
  protected tellSoon(): void {
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

  /** Discards all changes, and ends the edit. */
  rollback(): void {
    this.assertOpen()
    this.discard()
  }

  [Symbol.dispose](): void {
    if (this.scope.live) this.discard()
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

  /** Prepares the edit, ends it, and commits it. Null: nothing changed. An error leaves it open. */
  protected commitBy(commit: CommitPrepared, options: EditOptions): ChangeSet | null {
    this.assertOpen()
    checkEditOptions(options)
    this.store.assertNoEditRuns()
    const prepared = this.prepare()
    this.end()
    return prepared && commit(prepared, options)
  }

  protected end(): void {
    this.scope.end()
    this.ended()
  }

  protected discard(): void {
    const touched = Object.freeze([...(this.scope.root.touched?.list ?? [])].map(String))
    this.end()
    if (touched.length > 0) this.store.emit({ type: 'rollback', touched })
  }

  /**
   * Returns the result on a state that has moved on: the two must have touched different top-level keys. Throws a
   * `ConflictError`.
   */
  protected rebaseOnto(
    head: object,
    _ahead: ObjectOp | null,
    op: ObjectOp,
    ours: object,
  ): Prepared {
    const { rules, version } = this.store
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

  protected peekAtResult(ahead: boolean = true): { value: object; op: ObjectOp } {
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
