// The live document of a collection: what users call to edit, save, insert and delete. Edits go to QueuedDocument below
// it, which sends what waits as one update. Inserts, deletes and reloads are sent from here, each by itself, in the order
// of the calls. The state changes only when the adapter has acknowledged.
//
//   LiveDocument        edit, patch, apply, begin, commit, reload, delete
//   TransactedDocument  what transactions ask of it
//   QueuedDocument      edits that wait, and their updates
//   SyncedDocument      what is stored: version, commit id, reads, outcomes
//   ListenableStore     state, subscriptions, events
import type { Commit } from '../../adapters/contract.ts'
import { apply } from '../../changes/apply.ts'
import {
  type ChangeInfo,
  type ChangeSet,
  type ChangeSource,
  isChangeSet,
  partsOf,
} from '../../changes/change-set.ts'
import type { Patches } from '../../changes/encodings/apply-any-patches.ts'
import { EMPTY_OP } from '../../changes/ops/ops.ts'
import { defineView } from '../../document/messages/define-view.ts'
import { randomId } from '../../changes/random-id.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { DOCUMENT_EVENTS, EventHub } from '../../events/event-hub.ts'
import { bindLazily } from '../../store/bind-lazily.ts'
import type { DocumentEdit, DocumentStore } from '../collection-types.ts'
import type { CallLimits, DocumentEditOptions, UndoOptions } from '../call-types.ts'
import { Deadline } from '../calls/deadline.ts'
import { reportUnlessAwaited } from '../calls/reported-promise.ts'
import { markStored } from '../fields/mark-stored.ts'
import { createInsertChange, createUpdate } from './create-update.ts'
import { OpenDocumentEdit } from './open-document-edit.ts'
import type { StoreHistory } from '../../store/history/history-types.ts'
import { changeInfoOf } from '../../store/edits/edit-options.ts'
import { checkDocumentOptions, checkLimits, checkUndoOptions } from '../options.ts'
import { type Prepared, prepareFields, prepareRecipe } from '../../store/edits/prepare.ts'
import { prepareChange, provenanceOf } from '../../store/edits/prepare-change.ts'
import { remakeByRebase, type EditMaker, type PendingEdit } from './pending-edit.ts'
import { TransactedDocument } from './transacted-document.ts'
import { prepareForeignChange } from '../../store/edits/prepare-foreign-change.ts'

/** Options of an edit that its kind decides. */
type KnownOfEdit = Partial<Pick<PendingEdit, 'info' | 'onCommitted' | 'isAfterAll'>>

/** A live document: see {@link DocumentStore}. */
export class LiveDocument<T extends object>
  extends TransactedDocument<T>
  implements DocumentStore<T>
{
  static {
    defineView(
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
      'undo',
      'redo',
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

  /**
   * The number of listeners, open edits and pending commits. While it is not 0, the identity map holds the
   * document.
   */
  private uses = 0

  declare toJSON: () => Immutable<T>

  protected makeHub(): EventHub<T> {
    const hub = new EventHub<T>(DOCUMENT_EVENTS)
    const { watch } = this.identityMap
    hub.onListening = anyone => this.changeUses(anyone ? 1 : -1)
    hub.onFollowing = anyone => (anyone ? watch?.retain() : watch?.release())
    return hub
  }

  edit(
    recipe: (draft: Draft<T>) => unknown,
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    if (options?.session !== undefined) {
      return this.identityMap.editInSession(this, recipe, options)
    }
    return this.save({ make: head => prepareRecipe(this.store, recipe, head) }, options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    return this.save({ make: head => prepareFields(this.store, partial, head) }, options)
  }

  apply(change: ChangeSet | Patches, options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    const { store } = this
    const { rebaseOptions } = this.identityMap
    const make: EditMaker['make'] = (head, ahead) =>
      prepareChange(store, change, head, ahead(), rebaseOptions)
    const isOwn = isChangeSet(change) && store.isSourceOf(partsOf(change).source)
    const maker = isOwn
      ? { make, remake: remakeByRebase(store.rules, () => rebaseOptions) }
      : { make }
    const { id: _, ...info } = provenanceOf(store, change)
    return this.save(maker, options, { info })
  }

  begin(): DocumentEdit<T> {
    this.changeUses(1)
    return new OpenDocumentEdit(
      this.store,
      () => this.changeUses(-1),
      this.identityMap.rebaseOptions,
      {
        save: (maker, options, more) => this.trySave(maker, options, more),
        report: (work, options) => this.reportIfOptimistic(work, options),
      },
    )
  }

  undo(options: UndoOptions = {}): Promise<ChangeSet | null> {
    return this.reportIfOptimistic(this.step('undo', options), options)
  }

  redo(options: UndoOptions = {}): Promise<ChangeSet | null> {
    return this.reportIfOptimistic(this.step('redo', options), options)
  }

  get canUndo(): boolean {
    return this.documentHistory.current.canUndo
  }

  get canRedo(): boolean {
    return this.documentHistory.current.canRedo
  }

  get history(): StoreHistory {
    const { past, future } = this.documentHistory.current
    return Object.freeze({
      past,
      future,
      clear: () => this.documentHistory.clear(),
      clearFuture: () => this.documentHistory.clearFuture(),
    })
  }

  private async step(kind: 'undo' | 'redo', options: UndoOptions): Promise<ChangeSet | null> {
    checkUndoOptions(options)
    const { rules } = this.store
    const rebaseOptions =
      options.resolve === undefined ? this.identityMap.rebaseOptions : { resolve: options.resolve }
    const isOptimistic = this.isOptimistic(options)
    return this.saveEdit({
      maker: {
        make: head => this.documentHistory.prepare(kind, head, rebaseOptions),
        remake: remakeByRebase(rules, () => rebaseOptions),
      },
      info: { origin: kind },
      who: this.identityMap.trail?.who(),
      historyKind: kind,
      group: undefined,
      deadline: this.createDeadline(options),
      ifVersion: undefined,
      isOptimistic,
      // An edit that waits is undone once it is stored, or at once if it is shown.
      isAfterAll: () => !isOptimistic || this.hasHidden,
      onCommitted: () => {},
    })
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return deadline.race(
      this.runExclusive(async () => {
        if (this.status !== 'new') return null
        deadline.throwIfOver()
        const info = changeInfoOf(options)
        const make = (): object => this.validateNew(this.state, info)
        const commitId = await this.insertInTurn(deadline, make, info)
        if (commitId === null) return null
        return createInsertChange(this.store, { ...info, id: commitId })
      }),
    )
  }

  /**
   * Inserts the document if it is new, and returns the id of the commit. Nobody else may edit it meanwhile. `make` returns
   * what `validateNew` does.
   */
  insertInTurn(
    deadline: Deadline,
    make: () => object,
    info: ChangeInfo = {},
  ): Promise<string | null> {
    return this.runInTurn(deadline, () => this.sendInsert(deadline, make, info))
  }

  private async sendInsert(
    deadline: Deadline,
    make: () => object,
    info: ChangeInfo,
  ): Promise<string | null> {
    // An earlier insert whose outcome was unknown had been applied.
    if (this.status !== 'new') return null
    const next = make()
    const commitId = randomId()
    const { collection, own } = this.identityMap
    const about = { collection, id: this.id, commitId } as const
    const { shapes, trail } = this.identityMap
    const commit: Commit = { kind: 'insert', ...about, next: own.strip(next), ...shapes.ofWrites }
    trail?.noteOne(commit, info)
    const result = await this.sendCommit(commit, deadline, result =>
      this.noteInserted(result, next),
    )
    if (result.status !== 'committed') throw this.noteFailure(result, commit)
    return commitId
  }

  /** Stores the document in the newest shape, if it is stored in an older one. Resolves to whether it was. */
  async bringOn(limits: CallLimits): Promise<boolean> {
    if (this.olderDoc === null) return false
    const made = (head: object): NonNullable<Prepared> => ({ op: EMPTY_OP, next: head })
    await this.save({ make: made, remake: made }, limits)
    return true
  }

  async reload(options: CallLimits = {}): Promise<ChangeSet | null> {
    const deadline = this.limits(options)
    return deadline.race(this.runInTurn(deadline, () => this.loadStored()))
  }

  async delete(options: CallLimits = {}): Promise<boolean> {
    const deadline = this.limits(options)
    return deadline.race(
      this.runExclusive(async () => {
        if (this.status === 'new') return false
        return this.runInTurn(deadline, () => this.sendDelete(deadline))
      }),
    )
  }

  private async sendDelete(deadline: Deadline): Promise<boolean> {
    if (this.isReplaced) return false
    const { collection, own, trail } = this.identityMap
    const isAudited = trail?.audit != null
    if (own.isSoftDelete) return this.sendMark(deadline)
    for (let clashes = 0; ; clashes++) {
      const commitId = randomId()
      const about = { collection, id: this.id, base: this.olderDoc ?? own.strip(this.storedState) }
      const guard = isAudited ? this.guard() : 'none'
      const commit: Commit = { kind: 'delete', ...about, commitId, guard }
      trail?.noteOne(commit, {})
      const result = await this.sendCommit(commit, deadline, () => this.markDeleted(true))
      switch (result.status) {
        case 'committed':
          return true
        case 'missing':
          this.markDeleted()
          return false
        case 'conflict':
          await deadline.pause(clashes)
          if (isAudited && !(await this.isStillStored())) return false
          break
        default:
          throw this.noteFailure(result, commit)
      }
    }
  }

  /** Takes in what is stored now. Resolves to whether anything is. */
  private async isStillStored(): Promise<boolean> {
    const stored = await this.readStored()
    if (stored === null) this.markDeleted()
    else this.moveToStored(stored)
    return stored !== null
  }

  /** Marks the document as deleted instead of removing it. */
  private async sendMark(deadline: Deadline): Promise<boolean> {
    for (let clashes = 0; ; clashes++) {
      const isMarked = await markStored(this.identityMap, this.id, true, deadline)
      if (isMarked !== null) {
        this.markDeleted(isMarked)
        return isMarked
      }
      await deadline.pause(clashes)
    }
  }

  async settled(options: CallLimits = {}): Promise<void> {
    return this.limits(options).race(this.waitUntilSettled())
  }

  /** Whether this document made the change set of this source. */
  isSourceOf(source: ChangeSource | null): boolean {
    return this.store.isSourceOf(source)
  }

  /** Returns the commit that would be sent for a change of the present state. */
  explain(change: ChangeSet): Commit {
    const { state } = this.store
    const op = prepareForeignChange(this.store, change) ?? EMPTY_OP
    const prepared = { op, next: apply(state, op) as object }
    const { label, meta } = change
    const info = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
    const update = this.validateEdit(state, prepared, info) ?? { op: EMPTY_OP, next: state }
    const guard = { state, ...this.guard() }
    const explained = { ...update, commitId: change.id, guard }
    const stamp = update.op.keys.size === 0 ? null : this.identityMap.own.stampUpdate(update.next)
    return createUpdate(this.identityMap, this, this.store, explained, stamp)
  }

  protected changeUses(by: 1 | -1): void {
    this.uses += by
    this.identityMap.setInUse(this, this.uses > 0)
  }

  private deadline(options: DocumentEditOptions): Deadline {
    checkDocumentOptions(options)
    return this.createDeadline(options)
  }

  private limits(options: CallLimits): Deadline {
    checkLimits(options)
    return this.createDeadline(options)
  }

  private createDeadline(options: CallLimits): Deadline {
    const { identityMap } = this
    const { timeoutMS = identityMap.timeoutMS, signal } = options
    return new Deadline(timeoutMS, signal, this.name, identityMap.calls)
  }

  private save(
    maker: EditMaker,
    options: DocumentEditOptions,
    known: KnownOfEdit = {},
  ): Promise<ChangeSet | null> {
    return this.reportIfOptimistic(this.trySave(maker, options, known), options)
  }

  private async trySave(
    maker: EditMaker,
    options: DocumentEditOptions,
    known: KnownOfEdit,
  ): Promise<ChangeSet | null> {
    const { onCommitted = () => {}, isAfterAll = () => false } = known
    const deadline = this.deadline(options)
    const info = { ...known.info, ...changeInfoOf(options) }
    const isOptimistic = this.isOptimistic(options)
    const { ifVersion, group } = options
    return this.saveEdit({
      maker,
      info,
      who: this.identityMap.trail?.who(),
      historyKind: info.origin === 'remote' ? 'foreign' : 'edit',
      group,
      deadline,
      ifVersion,
      isOptimistic,
      isAfterAll,
      onCommitted,
    })
  }

  private isOptimistic(options: Pick<DocumentEditOptions, 'optimistic'>): boolean {
    return Object(options).optimistic ?? this.identityMap.isOptimistic
  }

  /** Reports a rejection of an optimistic edit that nobody awaits. */
  private reportIfOptimistic<R>(
    work: Promise<R>,
    options: Pick<DocumentEditOptions, 'optimistic'>,
  ): Promise<R> {
    try {
      if (!this.isOptimistic(options)) return work
    } catch {
      // Options with accessors that throw: the work rejects with the same error.
      return work
    }
    return reportUnlessAwaited(work, error => this.store.report(error, 'an edit'))
  }
}
