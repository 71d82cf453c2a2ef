// The live document of a collection: what users call to edit, save, insert and delete. Each method runs in
// the queue of its document, prepares the change on the present state, validates it, and hands one commit
// to the adapter; SyncedDocument below it does the sending and the moving. The state changes only when the
// adapter has acknowledged.
//
//   edit(recipe) -> queue of this document -> draft of the state -> validate -> adapter.commit(update, guard)
//     committed   the state moves, events `change` and `confirmed`, the promise resolves
//     conflict    take in what is stored, pause, run the recipe again (until the time is over)
//     missing     event `deleted`, the promise rejects
//     rejected    event `rejected`, the promise rejects, the state stays
//     unknown     the adapter is asked; still unknown: event `unknown`, the promise rejects, asked again before the next write
import type { Commit, CommitResult } from '../adapters/contract.ts'
import { apply } from '../changes/apply.ts'
import {
  createChangeSet,
  type ChangeInfo,
  type ChangeSet,
  type ChangeSource,
} from '../changes/change-set.ts'
import { diffSnapshots, type Difference } from '../changes/diff/diff.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import { EMPTY_OP, type ObjectOp } from '../changes/ops/ops.ts'
import { defineDisplay } from '../document/messages/inspect.ts'
import { randomId } from '../changes/random-id.ts'
import { ConflictError, type CowslipError } from '../document/messages/errors.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import { DOCUMENT_EVENTS, EventHub } from '../events/event-hub.ts'
import { bindLazily } from '../store/bind-lazily.ts'
import type {
  CallLimits,
  DocumentEdit,
  DocumentEditOptions,
  DocumentStore,
} from './collection-types.ts'
import { CommitQueue } from './calls/commit-queue.ts'
import { Deadline } from './calls/deadline.ts'
import { OpenDocumentEdit } from './open-document-edit.ts'
import { changeInfoOf } from '../store/edits/edit-options.ts'
import { checkDocumentOptions } from './options.ts'
import { missingError, errorOfResult, describeDocument } from './calls/outcome.ts'
import {
  prepareChange,
  prepareFields,
  prepareRecipe,
  provenanceOf,
  type Prepared,
} from '../store/edits/prepare.ts'
import { SyncedDocument } from './synced-document.ts'
import { prepareForeignChange } from '../store/edits/prepare-foreign-change.ts'
import { validateEdit, validateNew } from './schema/validate.ts'

/** A live document: see {@link DocumentStore}. */
export class LiveDocument<T extends object> extends SyncedDocument<T> implements DocumentStore<T> {
  static {
    defineDisplay(
      'DocumentStore',
      this.prototype,
      ({ id, version, status, state }) => ({ id, version, status, state }),
      ({ state }) => state,
    )
    bindLazily(this.prototype, [
      'edit',
      'patch',
      'apply',
      'begin',
      'commit',
      'reload',
      'delete',
      'settled',
      'subscribe',
      'select',
      'on',
      'events',
    ])
  }

  /** The queue of edits; null: there was no edit yet. */
  private queue: CommitQueue | null = null
  /**
   * The number of listeners, open edits and pending commits. While it is not 0, the identity map holds the
   * document.
   */
  private uses = 0

  declare toJSON: () => Immutable<T>

  protected makeHub(): EventHub<T> {
    const hub = new EventHub<T>(DOCUMENT_EVENTS)
    hub.onListening = anyone => this.changeUses(anyone ? 1 : -1)
    return hub
  }

  async edit(
    recipe: (draft: Draft<T>) => unknown,
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    return this.save(() => prepareRecipe(this.store, recipe), options)
  }

  async patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    return this.save(() => prepareFields(this.store, partial), options)
  }

  async apply(
    change: ChangeSet | Patches,
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    const { id: _, ...info } = provenanceOf(this.store, change)
    return this.save(() => prepareChange(this.store, change), options, { info })
  }

  begin(): DocumentEdit<T> {
    this.changeUses(1)
    return new OpenDocumentEdit(
      this.store,
      () => this.changeUses(-1),
      (prepare, options, onCommitted) => this.save(prepare, options, { onCommitted }),
    )
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return deadline.race(
      this.runQueued(async () => {
        if (this.status !== 'new') return null
        deadline.throwIfOver()
        return this.runInTurn(deadline, () => this.sendInsert(changeInfoOf(options), deadline))
      }),
    )
  }

  private async sendInsert(info: ChangeInfo, deadline: Deadline): Promise<ChangeSet | null> {
    // An earlier insert whose outcome was unknown had been applied.
    if (this.status !== 'new') return null
    const next = validateNew(this.identityMap, this.state, this.name)
    const commitId = randomId()
    const { collection } = this.identityMap
    const commit: Commit = { kind: 'insert', collection, id: this.id, commitId, next }
    const result = await this.sendCommit(commit, deadline, result =>
      this.noteInserted(result, next),
    )
    this.throwUnlessCommitted(result, commit)
    return this.createInsertChange(next, { ...info, id: commitId })
  }

  /** Returns the change set of an insert: all fields, on nothing. */
  private createInsertChange(next: object, info: ChangeInfo): ChangeSet {
    const { rules, revision } = this.store
    const { op } = diffSnapshots({}, next, rules) as Difference
    const known = { ...info, baseVersion: 0, version: 1, at: Date.now() }
    const source = this.store.createSource(null, revision)
    return createChangeSet(op, {}, next, rules.leaves, known, source)
  }

  async reload(options: CallLimits = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return deadline.race(this.runInTurn(deadline, () => this.loadStored()))
  }

  async delete(options: CallLimits = {}): Promise<boolean> {
    const deadline = this.deadline(options)
    return deadline.race(
      this.runQueued(async () => {
        if (this.status === 'new') return false
        return this.runInTurn(deadline, () => this.sendDelete(deadline))
      }),
    )
  }

  private async sendDelete(deadline: Deadline): Promise<boolean> {
    if (this.isReplaced) return false
    const { collection } = this.identityMap
    const commitId = randomId()
    const commit: Commit = { kind: 'delete', collection, id: this.id, commitId, guard: 'none' }
    const result = await this.sendCommit(commit, deadline, () => this.markDeleted())
    if (result.status === 'missing') {
      this.markDeleted()
      return false
    }
    this.throwUnlessCommitted(result, commit)
    return true
  }

  settled(options: CallLimits = {}): Promise<void> {
    return this.deadline(options).race(this.queue?.settled() ?? Promise.resolve())
  }

  /** Whether this document made the change set of this source. */
  isSourceOf(source: ChangeSource | null): boolean {
    return this.store.isSourceOf(source)
  }

  /** Returns the commit that would be sent for a change of the present state. */
  explain(change: ChangeSet): Commit {
    const { rules, state } = this.store
    const op = prepareForeignChange(this.store, change) ?? EMPTY_OP
    const prepared = { op, next: apply(state, op) as object }
    const { op: sent, next } = this.validateEdit(state, prepared) ?? { op: EMPTY_OP, next: state }
    const info = { id: change.id, baseVersion: this.version }
    return this.createUpdate(
      next,
      change.id,
      createChangeSet(sent, state, next, rules.leaves, info, this.store.createSource()),
    )
  }

  /** The name of its collection. */
  get collection(): string {
    return this.identityMap.collection
  }

  get rules(): StoreRules {
    return this.store.rules
  }

  /** Waits for the edits before, and keeps later ones waiting until the returned function is called. */
  lock(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const turn = this.runQueued(() => new Promise<void>(release => resolve(release)))
      turn.catch(reject)
    })
  }

  /**
   * Returns what is stored of an edit of `base`, by the schema. Null: nothing. Throws for a change that
   * must not be sent.
   */
  validateEdit(base: object, prepared: NonNullable<Prepared>): Prepared {
    this.identityMap.assertMutable(prepared.op, this.name)
    return validateEdit(this.identityMap, base, prepared, this.name)
  }

  /** Throws `immutable-field`: see {@link IdentityMap.assertMutable}. */
  assertMutable(op: ObjectOp): void {
    this.identityMap.assertMutable(op, this.name)
  }

  /** Returns what is stored of a new document, by the schema. */
  validateNew(next: object): object {
    return validateNew(this.identityMap, next, this.name)
  }

  /** Moves to what a transaction has stored; `op` is null for an insert. */
  moveToCommitted(
    op: ObjectOp | null,
    next: object,
    result: { version: number; commitId: string },
  ): void {
    if (op !== null) {
      this.moveTo(op, next, { id: result.commitId }, result.version)
      return
    }
    this.noteInserted(result, next)
  }

  /** Creates the error for a document that is not stored. */
  missingError(): CowslipError {
    return missingError(this.name)
  }

  /** Creates the error for a write that was not committed. */
  errorOfResult(result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>): CowslipError {
    return errorOfResult(this.name, result)
  }

  private changeUses(by: 1 | -1): void {
    this.uses += by
    this.identityMap.setInUse(this, this.uses > 0)
  }

  /** Runs a task in the queue of this document, which is held alive meanwhile. */
  private async runQueued<R>(task: () => Promise<R>): Promise<R> {
    this.changeUses(1)
    try {
      this.queue ??= new CommitQueue()
      return await this.queue.run(async () => {
        this.identityMap.assertOpen()
        return task()
      })
    } finally {
      this.changeUses(-1)
    }
  }

  private deadline(options: CallLimits): Deadline {
    checkDocumentOptions(options)
    const { timeoutMS = this.identityMap.timeoutMS, signal } = options
    return new Deadline(timeoutMS, signal, this.name)
  }

  private save(
    prepare: () => Prepared,
    options: DocumentEditOptions,
    {
      info: known = {},
      onCommitted = () => {},
    }: { info?: ChangeInfo; onCommitted?: () => void } = {},
  ): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    this.store.assertNoEditRuns()
    const info = { ...known, ...changeInfoOf(options) }
    const work = this.runQueued(async () => {
      for (let tries = 0; ; tries++) {
        const change = await this.runInTurn(deadline, async () => {
          await this.checkVersion(options.ifVersion)
          return this.trySave(prepare, info, deadline, onCommitted)
        })
        if (change !== undefined) return change
        if (options.ifVersion !== undefined) throw this.versionError(options.ifVersion)
        await deadline.pause(tries)
      }
    })
    return deadline.race(work)
  }

  /** Throws a `ConflictError` if another version is stored than the caller has seen. */
  private async checkVersion(expected: number | undefined): Promise<void> {
    if (expected === undefined || expected === this.version || this.status === 'deleted') return
    // The caller may have seen a later version than this document.
    if (expected > this.version) await this.loadStored()
    if (expected !== this.version) throw this.versionError(expected)
  }

  private versionError(expected: number): ConflictError {
    return new ConflictError(
      `Expected ${describeDocument(this.name)} at version ${expected}. Received version ${this.version}. ` +
        'Nothing was written: reload it, and edit again.',
      [],
    )
  }

  /** Saves one change. Returns undefined if the stored document has moved on. */
  private async trySave(
    prepare: () => Prepared,
    info: ChangeInfo,
    deadline: Deadline,
    onCommitted: () => void,
  ): Promise<ChangeSet | null | undefined> {
    const { store } = this
    if (this.status === 'deleted') throw missingError(this.name)
    const prepared = prepare()
    if (prepared === null) {
      onCommitted()
      return null
    }
    if (this.status === 'new') {
      this.identityMap.assertMutable(prepared.op, this.name)
      onCommitted()
      return store.commit(prepared.op, prepared.next, info, 0)
    }
    const checked = this.validateEdit(store.state, prepared)
    if (checked === null) {
      onCommitted()
      return null
    }
    const { op, next } = checked
    const id = randomId()
    const { version, state } = store
    const known = { ...info, id, baseVersion: version }
    const change = createChangeSet(op, state, next, store.rules.leaves, known, store.createSource())
    let saved: ChangeSet | null = null
    const commit = this.createUpdate(next, id, change)
    const result = await this.sendCommit(commit, deadline, ({ version: reached }) => {
      onCommitted()
      // A read may have shown this write already.
      if (store.state !== state || store.version !== version) return false
      saved = this.moveTo(op, next, { ...info, id }, reached)
      return true
    })
    if (result.status === 'conflict') {
      store.emit({ type: 'conflict', current: result.current })
      if (result.stored === undefined) await this.loadStored()
      else this.moveToStored(result.stored)
      return undefined
    }
    this.throwUnlessCommitted(result, commit)
    return saved
  }

  private createUpdate(next: object, commitId: string, change: ChangeSet): Commit {
    const { collection } = this.identityMap
    const { id } = this
    const guard = this.guard()
    return { kind: 'update', collection, id, commitId, next, changeSet: change, guard }
  }
}
