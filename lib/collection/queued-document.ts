// A document whose edits wait in layers. An edit runs at once on the head, which is the state with all waiting edits
// applied. What waits when the document has its turn at the adapter is sent as one update, and each edit's promise
// resolves to its own change set. LiveDocument extends this class; CommitMachine decides what is sent.
//
//   edit ──> layer on the head ──┐                     ┌─ committed   the state moves through the layers: events `change`,
//   edit ──> layer on the head ──┼─ turn ─> one update ┤              one event `confirmed`, the promises resolve
//   edit ──> layer on the head ──┘                     ├─ conflict    what is stored is taken in, the layers are made again
//                                                      ├─ missing     event `deleted`, every promise rejects
//   insert, delete and transactions wait for the       ├─ rejected    the culprit is found by halves: event `rejected`
//   layers before them; edits after them wait          └─ unknown     event `unknown`; settled before the next update
import type { Commit, CommitResult, VersionGuard } from '../adapters/contract.ts'
import { apply } from '../changes/apply.ts'
import { createChangeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import { rebaseOrThrow, type RebaseOptions } from '../changes/conflicts.ts'
import { EMPTY_OP, type ObjectOp } from '../changes/ops/ops.ts'
import { randomId } from '../changes/random-id.ts'
import { ConflictError } from '../document/messages/errors.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import type { Prepared } from '../store/edits/prepare.ts'
import { CommitQueue } from './calls/commit-queue.ts'
import { joinDeadlines, pauseAfterClash, type Deadline } from './calls/deadline.ts'
import { busyError, describeDocument, missingError } from './calls/outcome.ts'
import {
  CommitMachine,
  type Layer,
  type LayerOutcome,
  type Made,
  type Update,
} from './pipeline/commit-machine.ts'
import { validateEdit } from './schema/validate.ts'
import { SyncedDocument } from './synced-document.ts'

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

/** An edit of a document, with what its caller asked for. */
export interface PendingEdit {
  readonly maker: EditMaker
  readonly info: ChangeInfo
  readonly deadline: Deadline
  /** The only version that the edit may run on. */
  readonly ifVersion: number | undefined
  /** Whether an earlier commit of the same open edit may be under way: it has to end first. */
  readonly isRepeated: boolean
  /** Called when the edit is part of the state, even if its promise was rejected before. */
  readonly onCommitted: () => void
}

interface EditLayer extends Layer {
  readonly edit: PendingEdit
  readonly resolve: (change: ChangeSet | null) => void
  readonly reject: (error: unknown) => void
}

type EditMachine = CommitMachine<EditLayer>

/** A document whose edits wait in layers for their commit. */
export abstract class QueuedDocument<T extends object> extends SyncedDocument<T> {
  /** The queue of inserts, deletes and locks, and of edits behind them; null: there was none yet. */
  private queue: CommitQueue | null = null
  /** The layers that wait; null: there are none. */
  private machine: EditMachine | null = null
  /** Settles when no layer waits; null: none does. */
  private turns: Promise<void> | null = null
  /** The number of edits that wait for their commit. */
  pending = 0

  /** Notes that the document is used by something that must not lose it. */
  protected abstract changeUses(by: 1 | -1): void

  /** Runs an edit on the head at once, and resolves when it is stored. */
  protected saveEdit(edit: PendingEdit): Promise<ChangeSet | null> {
    const { maxPending } = this.identityMap
    this.store.assertNoEditRuns()
    if (this.pending >= maxPending) throw busyError(this.name, maxPending)
    this.pending++
    this.changeUses(1)
    const waits = edit.isRepeated || edit.ifVersion !== undefined || !this.isQueueIdle
    const work = waits ? this.queueEdit(edit) : this.addEdit(edit)
    const ended = work.finally(() => {
      this.pending--
      this.changeUses(-1)
    })
    return edit.deadline.race(ended)
  }

  /** Runs a task when the edits and tasks before it have ended; later ones wait for it. */
  protected async runExclusive<R>(task: () => Promise<R>): Promise<R> {
    this.changeUses(1)
    try {
      this.queue ??= new CommitQueue()
      return await this.queue.run(async () => {
        await this.turns
        this.identityMap.assertOpen()
        return task()
      })
    } finally {
      this.changeUses(-1)
    }
  }

  /** Resolves when nothing runs or waits. */
  protected async waitUntilSettled(): Promise<void> {
    while (!this.isQueueIdle || this.turns !== null) {
      await this.queue?.settled()
      await this.turns
    }
  }

  /** Waits for the edits before, and keeps later ones waiting until the returned function is called. */
  lock(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const turn = this.runExclusive(() => new Promise<void>(release => resolve(release)))
      turn.catch(reject)
    })
  }

  /**
   * Returns what is stored of an edit of `base`, by the schema. Null: nothing. Throws for a change that
   * must not be sent.
   */
  validateEdit(base: object, prepared: NonNullable<Prepared>): Prepared {
    this.assertMutable(prepared.op)
    return validateEdit(this.identityMap, base, prepared, this.name)
  }

  /** Throws `immutable-field`: see {@link IdentityMap.assertMutable}. */
  assertMutable(op: ObjectOp): void {
    this.identityMap.assertMutable(op, this.name)
  }

  private get isQueueIdle(): boolean {
    return this.queue === null || this.queue.isIdle
  }

  private async queueEdit(edit: PendingEdit): Promise<ChangeSet | null> {
    const { deadline, ifVersion } = edit
    this.queue ??= new CommitQueue()
    // In a list, so that the queue goes on as soon as the edit is a layer.
    const [stored] = await this.queue.run(async () => {
      if (edit.isRepeated || ifVersion !== undefined) await this.turns
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
    const prepared = edit.maker.make(head, () => machine.composePending())
    const made = prepared && this.validateEdit(head, prepared)
    if (made === null && machine.size === 0) {
      edit.onCommitted()
      return null
    }
    return new Promise((resolve, reject) => {
      const layer: EditLayer = {
        edit,
        resolve,
        reject,
        isAlone: edit.ifVersion !== undefined,
        remake: (base, before, over) => {
          if (edit.ifVersion !== undefined) throw this.versionError(edit.ifVersion)
          const { maker } = edit
          const prepared = maker.remake
            ? maker.remake(base, before, over)
            : maker.make(base, () => null)
          return prepared && this.validateEdit(base, prepared)
        },
      }
      machine.edit(layer, made ?? { op: EMPTY_OP, next: head })
      this.machine = machine
      this.turns ??= this.takeTurns(machine)
    })
  }

  /** Edits a document that is not stored: the state moves at once. */
  private editNew({ maker, info, onCommitted }: PendingEdit): ChangeSet | null {
    const { store } = this
    const prepared = maker.make(store.state, () => null)
    if (prepared !== null) this.assertMutable(prepared.op)
    onCommitted()
    return prepared && store.commit(prepared.op, prepared.next, info, 0)
  }

  private createMachine(): EditMachine {
    const { state, rules } = this.store
    return new CommitMachine<EditLayer>({ state, ...this.guard() }, rules, randomId)
  }

  /** Tells the machine where the document is now. */
  private syncMachine(machine: EditMachine): void {
    this.end(machine.loaded({ state: this.store.state, ...this.guard() }))
  }

  /** Takes turns at the adapter until no layer waits. */
  private async takeTurns(machine: EditMachine): Promise<void> {
    for (let clashes = 0; machine.size > 0;) {
      try {
        const outcome = await this.identityMap.sendQueue.run(this.key, () => this.takeTurn(machine))
        clashes = outcome === 'clash' ? clashes + 1 : 0
      } catch (error) {
        this.end(machine.failAll(error))
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
        if (ifVersion !== this.version) throw this.versionError(ifVersion)
      } catch (error) {
        this.end(machine.abort(layer, error))
      }
    }
  }

  /** Throws a `ConflictError` if another version is stored than the caller has seen. */
  private async checkVersion(expected: number): Promise<void> {
    // The caller may have seen a later version than this document.
    if (this.status === 'stored' && expected > this.version) await this.loadStored()
    if (this.status === 'stored' && expected !== this.version) throw this.versionError(expected)
  }

  private versionError(expected: number | undefined): ConflictError {
    return new ConflictError(
      `Expected ${describeDocument(this.name)} at version ${expected}. Received version ${this.version}. ` +
        'Nothing was written: reload it, and edit again.',
      [],
    )
  }

  private async sendUpdate(
    machine: EditMachine,
    update: Update<EditLayer>,
  ): Promise<'clash' | 'done'> {
    const { op, guard, steps } = update
    if (op.keys.size === 0) {
      this.moveThrough(update, guard, machine.committed(guard))
      return 'done'
    }
    const commit = this.createUpdate(update)
    const deadlines = joinDeadlines(steps.map(({ layer }) => layer.edit.deadline))
    let result: CommitResult
    try {
      result = await this.sendCommit(commit, deadlines, applied => {
        const isHere = this.moveThrough(update, applied, machine.committed(applied))
        const { version, commitId } = applied
        if (isHere) this.store.emit({ type: 'confirmed', version, commitId })
        return isHere
      })
    } catch (error) {
      this.end(machine.unknown(error))
      return 'done'
    }
    switch (result.status) {
      case 'committed':
        return 'done'
      case 'conflict':
        return this.takeInConflict(machine, update, result)
      case 'rejected':
        // The culprit alone is told, once it is found.
        if (steps.length > 1) this.end(machine.rejected(result.error))
        else this.end(machine.rejected(this.noteFailure(result, commit)))
        return 'done'
      case 'unknown':
        this.end(machine.unknown(this.noteFailure(result, commit)))
        return 'done'
      case 'missing':
        this.end(machine.failAll(this.noteFailure(result, commit)))
        return 'done'
    }
  }

  private async takeInConflict(
    machine: EditMachine,
    { steps }: Update<EditLayer>,
    { current, stored }: Extract<CommitResult, { status: 'conflict' }>,
  ): Promise<'clash' | 'done'> {
    machine.conflicted()
    this.store.emit({ type: 'conflict', current })
    try {
      if (stored === undefined) await this.loadStored()
      else this.moveToStored(stored)
      const { ifVersion } = (steps[0] as (typeof steps)[0]).layer.edit
      if (ifVersion !== undefined) throw this.versionError(ifVersion)
    } catch (error) {
      if (this.status === 'deleted') this.end(machine.failAll(error))
      for (const { layer } of steps) this.end(machine.abort(layer, error))
      return 'done'
    }
    this.syncMachine(machine)
    return 'clash'
  }

  /** Creates the commit of an update. */
  protected createUpdate({ op, next, guard, commitId }: Omit<Update<unknown>, 'steps'>): Commit {
    const { store, id, identityMap } = this
    const { state, version } = guard
    const info = { id: commitId, baseVersion: version }
    const { leaves } = store.rules
    const changeSet = createChangeSet(op, state, next, leaves, info, store.createSource())
    const { collection } = identityMap
    const expected = { version, commitId: guard.commitId }
    return { kind: 'update', collection, id, commitId, next, changeSet, guard: expected }
  }

  /**
   * Moves the state through the layers of an update that is stored, and resolves those that still wait. Returns false
   * if a read has shown the update already.
   */
  private moveThrough(
    { steps, guard }: Update<EditLayer>,
    stored: VersionGuard,
    outcomes: readonly LayerOutcome<EditLayer>[],
  ): boolean {
    for (const { layer } of steps) layer.edit.onCommitted()
    const { state, version } = this.store
    if (state !== guard.state || version !== guard.version) {
      for (const { layer } of outcomes) layer.resolve(null)
      return false
    }
    const changes = this.moveTo(
      steps.map(({ layer, made }) => ({ ...made, info: layer.edit.info })),
      stored,
    )
    outcomes.forEach(({ layer }, i) => layer.resolve(changes[i] ?? null))
    return true
  }

  /** Rejects the promises of layers that failed. */
  private end(failed: readonly LayerOutcome<EditLayer>[]): void {
    for (const outcome of failed) {
      if (!outcome.isStored) outcome.layer.reject(outcome.error)
    }
  }
}
