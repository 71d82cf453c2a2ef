// A document whose edits wait in layers. An edit runs at once on the head, which is the state with all waiting edits
// applied. What waits when the document has its turn at the adapter is sent as one update, and each edit's promise
// resolves to its own change set. LiveDocument extends this class; CommitMachine decides what is sent.
//
// The document's own state is the stored one. An optimistic edit shows itself, and every layer before it, at once; what
// fails later is taken back with one event, which leads to what the layers that are left make of the stored state.
//
//   edit ──> layer on the head ──┐                     ┌─ committed   the state moves through the layers: events `change`,
//   edit ──> layer on the head ──┼─ turn ─> one update ┤              one event `confirmed`, the promises resolve
//   edit ──> layer on the head ──┘                     ├─ conflict    what is stored is taken in, the layers are made again
//                                                      ├─ missing     event `deleted`, every promise rejects
//   insert, delete and transactions wait for the       ├─ rejected    the culprit is found by halves: event `rejected`
//   layers before them; edits after them wait          └─ unknown     event `unknown`; settled before the next update
import type { Commit, CommitResult } from '../../adapters/contract.ts'
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots, type Difference } from '../../changes/diff/diff.ts'
import { EMPTY_OP } from '../../changes/ops/ops.ts'
import { randomId } from '../../changes/random-id.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import { joinDeadlines, pauseAfterClash } from '../calls/deadline.ts'
import { busyError, missingError, tellCause, versionError } from '../calls/outcome.ts'
import { completeEdit } from '../fields/complete-edit.ts'
import {
  CommitMachine,
  type LayerOutcome,
  type Stamped,
  type Update,
} from '../pipeline/commit-machine.ts'
import type { EditLayer, PendingEdit } from './pending-edit.ts'
import { createUpdate } from './create-update.ts'
import { createStoredChange } from './stored-change.ts'
import { DocumentHistory } from './document-history.ts'
import { ExclusiveDocument } from './exclusive-document.ts'
import type { Failure } from './commit-types.ts'

type EditMachine = CommitMachine<EditLayer>

/** A document whose edits wait in layers for their commit. */
export abstract class QueuedDocument<T extends object> extends ExclusiveDocument<T> {
  /** The layers that wait; null: there are none. */
  private machine: EditMachine | null = null
  /** The number of edits that wait for their commit. */
  pending = 0
  private ownHistory: DocumentHistory | null = null

  /** The history, which most documents never need. */
  protected get documentHistory(): DocumentHistory {
    return (this.ownHistory ??= new DocumentHistory(this.identityMap.createHistory()))
  }

  /** Runs an edit on the head at once, and resolves when it is stored. */
  protected saveEdit(edit: PendingEdit): Promise<ChangeSet | null> {
    const { maxPending } = this.identityMap
    this.store.assertNoEditRuns()
    if (this.pending >= maxPending) throw busyError(this.name, maxPending)
    this.pending++
    this.changeUses(1)
    const waits = edit.isAfterAll() || edit.ifVersion !== undefined || !this.isQueueIdle
    const work = waits ? this.queueEdit(edit) : this.addEdit(edit)
    const ended = work.finally(() => {
      this.pending--
      this.changeUses(-1)
    })
    const result = edit.deadline.race(ended)
    if (edit.isOptimistic) void result.catch(error => this.takeBack(edit, error))
    return result
  }

  /** Whether edits wait that the state does not show. */
  protected get hasHidden(): boolean {
    return this.machine !== null && this.machine.shown !== this.machine.head
  }

  /** Takes an edit back that its caller gave up, if it was not sent yet. */
  private takeBack(edit: PendingEdit, error: unknown): void {
    const layer = this.machine?.layers.find(layer => layer.edit === edit)
    if (this.machine && layer) this.end(this.machine, this.machine.abort(layer, error))
  }

  /** Returns what is sent of an edit of `base`: see {@link completeEdit}. */
  validateEdit(base: object, prepared: NonNullable<Prepared>, info: ChangeInfo): Prepared {
    return completeEdit(this.identityMap, this.store, this.name, base, prepared, info)
  }

  private async queueEdit(edit: PendingEdit): Promise<ChangeSet | null> {
    const { deadline, ifVersion } = edit
    // In a list, so that the queue goes on as soon as the edit is a layer.
    const [stored] = await this.enqueue(async () => {
      if (edit.isAfterAll() || ifVersion !== undefined) await this.turns
      if (ifVersion !== undefined)
        await this.runInTurn(deadline, () => this.checkVersion(ifVersion))
      return [this.addEdit(edit)] as const
    })
    return stored
  }

  private async addEdit(edit: PendingEdit): Promise<ChangeSet | null> {
    edit.deadline.throwIfOver()
    this.identityMap.assertOpen()
    if (this.status === 'deleted') throw missingError(this.name)
    if (this.status === 'new') return this.editNew(edit)
    const machine = this.machine ?? this.createMachine()
    this.syncMachine(machine)
    const { head } = machine
    const prepared = edit.maker.make(head, () => machine.composeHidden())
    const made = prepared && this.validateEdit(head, prepared, edit.info)
    const isReverse = edit.historyKind === 'undo' || edit.historyKind === 'redo'
    if (made === null && (machine.size === 0 || isReverse)) {
      edit.onCommitted()
      return null
    }
    return new Promise((resolve, reject) => {
      const layer: EditLayer = {
        edit,
        historyKind: edit.historyKind,
        shownAs: null,
        shownOp: null,
        resolve,
        reject,
        isAlone: edit.ifVersion !== undefined,
        remake: (base, before, over) => {
          if (edit.ifVersion !== undefined)
            throw versionError(this.name, edit.ifVersion, this.version)
          const { maker } = edit
          const prepared = maker.remake
            ? maker.remake(base, before, over)
            : maker.make(base, () => null)
          return prepared && this.validateEdit(base, prepared, edit.info)
        },
      }
      machine.edit(layer, made ?? { op: EMPTY_OP, next: head })
      this.machine = machine
      this.turns ??= this.takeTurns(machine)
      if (edit.isOptimistic) this.show(machine)
    })
  }

  /** Moves the state through all layers that are hidden. */
  private show(machine: EditMachine): void {
    const { store } = this
    const steps = machine.show()
    this.documentHistory.noteShown(steps, this.version)
    const events = steps.map(({ layer, made: { op, next } }) => {
      if (op.keys.size === 0) return null
      const event = store.move(op, next, { ...layer.edit.info, id: randomId() }, this.version)
      Object.assign(layer, { shownAs: event.change, shownOp: op })
      return event
    })
    store.emit(...events.filter(event => event !== null))
  }

  /**
   * Moves the state, which shows optimistic edits, and the history to what the layers make of what is stored now.
   * `failed` have been taken back.
   */
  private showAgain(
    machine: EditMachine,
    info: ChangeInfo,
    failed: readonly LayerOutcome<EditLayer>[],
  ): ChangeSet | null {
    const { store } = this
    const isCleared = this.ownHistory?.showAgain(
      machine.shownSteps,
      failed.map(({ layer }) => layer),
      this.version,
    )
    const next = machine.shown
    const difference = diffSnapshots(store.state, next, store.rules)
    const change = difference && store.commit(difference.op, next, info, this.version)
    if (isCleared === true) store.emit({ type: 'history-cleared' })
    return change
  }

  protected override takeIn(
    difference: Difference,
    info: ChangeInfo,
    version: number,
  ): ChangeSet | null {
    const { machine, store } = this
    this.ownHistory?.noteForeign(difference.op)
    if (machine === null) return super.takeIn(difference, info, version)
    store.version = version
    const carry = this.identityMap.own.carrierOf(difference.op)
    const failed = machine.loaded({ state: difference.next, ...this.guard() }, carry)
    this.reject(failed)
    return this.showAgain(machine, info, failed)
  }

  /** Edits a document that is not stored: the state moves at once. */
  private editNew({ maker, info, onCommitted }: PendingEdit): ChangeSet | null {
    const { store } = this
    const prepared = maker.make(store.state, () => null)
    if (prepared !== null) this.identityMap.assertMutable(prepared.op, this.name)
    onCommitted()
    const next = prepared && this.identityMap.own.complete(prepared.next)
    return prepared && next && store.commit(prepared.op, next, info, 0)
  }

  private createMachine(): EditMachine {
    const confirmed = { state: this.storedState, ...this.guard() }
    return new CommitMachine<EditLayer>(confirmed, this.store.rules, randomId)
  }

  /** Tells the machine where the document is now. */
  private syncMachine(machine: EditMachine): void {
    this.end(machine, machine.loaded({ state: this.storedState, ...this.guard() }))
  }

  /** Takes turns at the adapter until no layer waits. */
  private async takeTurns(machine: EditMachine): Promise<void> {
    for (let clashes = 0; machine.size > 0;) {
      try {
        const outcome = await this.identityMap.sendQueue.run(this.key, () => this.takeTurn(machine))
        clashes = outcome === 'clash' ? clashes + 1 : 0
      } catch (error) {
        this.end(machine, machine.failAll(error))
      }
      await pauseAfterClash(clashes)
    }
    this.machine = null
    this.turns = null
  }

  /** Sends one update. Throws what fails all layers. */
  private async takeTurn(machine: EditMachine): Promise<'clash' | 'done'> {
    this.identityMap.assertOpen()
    this.dropFutile(machine)
    if (machine.size === 0) return 'done'
    await this.settleUnknown(joinDeadlines(machine.layers.map(({ edit }) => edit.deadline)))
    this.syncMachine(machine)
    if (this.status === 'deleted') throw missingError(this.name)
    this.dropFutile(machine)
    const update = machine.next()
    return update === null ? 'done' : this.sendUpdate(machine, update)
  }

  /** Takes back the layers whose time is over, and one at the front for another version. */
  private dropFutile(machine: EditMachine): void {
    for (const layer of machine.layers) {
      const { deadline, ifVersion } = layer.edit
      try {
        deadline.throwIfOver()
        if (layer !== machine.front || ifVersion === undefined) continue
        if (ifVersion !== this.version) throw versionError(this.name, ifVersion, this.version)
      } catch (error) {
        this.end(machine, machine.abort(layer, error))
      }
    }
  }

  /** Throws a `ConflictError` if another version is stored than the caller has seen. */
  private async checkVersion(expected: number): Promise<void> {
    // The caller may have seen a later version than this document.
    if (this.status === 'stored' && expected > this.version) await this.loadStored()
    if (this.status === 'stored' && expected !== this.version)
      throw versionError(this.name, expected, this.version)
  }

  private async sendUpdate(
    machine: EditMachine,
    update: Update<EditLayer>,
  ): Promise<'clash' | 'done'> {
    const { op, guard, steps } = update
    const isWritten = this.olderDoc !== null || this.identityMap.trail?.keeps(steps) === true
    if (op.keys.size === 0 && !isWritten) {
      this.moveThrough(machine, update, guard)
      return 'done'
    }
    const stamped = this.identityMap.own.stampUpdate(update.next)
    const commit = createUpdate(this.identityMap, this, this.store, update, stamped)
    const deadlines = joinDeadlines(steps.map(({ layer }) => layer.edit.deadline))
    let result: CommitResult
    try {
      result = await this.sendCommit(commit, deadlines, async applied => {
        const { version, commitId } = applied
        // Without a guard of the version, others may have written in between.
        const isAll = version === guard.version + 1
        const stored = isAll ? null : await this.readStored().catch(() => null)
        const isHere = this.moveThrough(machine, update, applied, stamped)
        if (isHere && !isAll) this.takeInBeside(stored)
        if (isHere) this.store.emit({ type: 'confirmed', version, commitId })
        return isHere
      })
    } catch (error) {
      this.end(machine, machine.unknown(error))
      return 'done'
    }
    switch (result.status) {
      case 'committed':
        return 'done'
      case 'conflict':
        return this.takeInConflict(machine, update, result)
      case 'rejected':
        // The culprit alone is told, once it is found.
        if (steps.length > 1) this.end(machine, machine.rejected(result.error))
        else this.fail(machine, result, commit, error => machine.rejected(error))
        return 'done'
      case 'unknown':
        this.fail(machine, result, commit, error => machine.unknown(error))
        return 'done'
      case 'missing':
        this.fail(machine, result, commit, error => machine.failAll(error))
        return 'done'
    }
  }

  /** Tells of a failure: listeners find its edits taken back. */
  private fail(
    machine: EditMachine,
    result: Failure,
    commit: Commit,
    take: (error: unknown) => readonly LayerOutcome<EditLayer>[],
  ): void {
    const error = this.failureOf(result, commit)
    this.end(machine, take(error))
    this.emitFailure(result, error, commit)
  }

  private async takeInConflict(
    machine: EditMachine,
    { steps }: Update<EditLayer>,
    { current, stored }: Extract<CommitResult, { status: 'conflict' }>,
  ): Promise<'clash' | 'done'> {
    machine.conflicted()
    this.store.emit({ type: 'conflict', current })
    try {
      const visible = this.identityMap.ifVisible(stored ?? null)
      if (visible === null) await this.loadStored()
      else this.moveToStored(visible)
      const { ifVersion } = (steps[0] as (typeof steps)[0]).layer.edit
      if (ifVersion !== undefined) throw versionError(this.name, ifVersion, this.version)
    } catch (error) {
      if (this.status === 'deleted') this.end(machine, machine.failAll(error))
      for (const { layer } of steps) this.end(machine, machine.abort(layer, error))
      return 'done'
    }
    this.syncMachine(machine)
    return 'clash'
  }

  /**
   * Moves the document to an update that is stored, and resolves its layers. Listeners hear of those that were hidden.
   * Returns false if a read has shown the update already.
   */
  private moveThrough(
    machine: EditMachine,
    update: Update<EditLayer>,
    stored: { readonly version: number; readonly commitId: string | null },
    stamped: Stamped | null = null,
  ): boolean {
    const { steps, guard } = update
    const outcomes = machine.committed(stored, stamped)
    for (const { layer } of steps) layer.edit.onCommitted()
    if (this.storedState !== guard.state || this.version !== guard.version) {
      for (const { layer } of outcomes) layer.resolve(null)
      return false
    }
    const shownCount = outcomes.filter(outcome => outcome.isStored && outcome.wasShown).length
    const versions = { baseVersion: guard.version, version: stored.version }
    const changes = steps.slice(0, shownCount).map((step, i) => {
      const base = steps[i - 1]?.made.next ?? guard.state
      const { own, rules } = this.identityMap
      return createStoredChange(step, base, versions, rules.leaves, own.keys)
    })
    // Edits of other layers may be shown while this update is found to be stored, long after its layers failed.
    const isLate = outcomes.length === 0 && this.store.state !== guard.state
    const hidden = isLate ? [] : steps.slice(shownCount)
    const moves = hidden.map(({ layer, made }) => ({ ...made, info: layer.edit.info }))
    // The last one that changes anything shows what the collection set itself.
    const last = moves.findLast(({ op }) => op.keys.size > 0)
    if (stamped !== null && last !== undefined) last.next = stamped.next
    const storedSteps = [...steps.slice(0, shownCount), ...hidden]
    // Before the listeners hear of the changes, because they may read the history, or edit.
    this.documentHistory.noteStored(storedSteps, stored.version, machine.shownSteps.length > 0)
    changes.push(...this.moveTo(moves, stored))
    this.storedState = stamped?.next ?? update.next
    // All edits were shown before: then what it set is a change of its own.
    if (stamped !== null && last === undefined)
      this.store.commit(EMPTY_OP, machine.shown, { origin: 'remote' }, stored.version)
    outcomes.forEach(({ layer }, i) => layer.resolve(changes[i] ?? null))
    if (isLate) this.syncMachine(machine)
    return true
  }

  /** Rejects the promises of layers that failed, and shows what is left. */
  private end(machine: EditMachine, failed: readonly LayerOutcome<EditLayer>[]): void {
    if (failed.length === 0) return
    this.reject(failed)
    this.showAgain(machine, { origin: 'remote' }, failed)
  }

  private reject(failed: readonly LayerOutcome<EditLayer>[]): void {
    for (const outcome of failed) {
      if (outcome.isStored) continue
      const { error, cause } = outcome
      if (cause !== undefined) tellCause(error, cause)
      outcome.layer.reject(error)
    }
  }
}
