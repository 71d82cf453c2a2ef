import type { Commit, CommitResult } from '../adapters/contract.ts'
import { apply } from '../changes/apply.ts'
import { changeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import { diff, type Difference } from '../changes/diff/diff.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { showBy } from '../document/messages/inspect.ts'
import { randomId } from '../changes/random-id.ts'
import { ConflictError, type CowslipError } from '../document/messages/errors.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { Rules } from '../draft/strict/store-scope.ts'
import { DOCUMENT_EVENTS, Hub } from '../events/hub.ts'
import { bindLazily } from '../store/bind-lazily.ts'
import type {
  CallLimits,
  DocumentEdit,
  DocumentEditOptions,
  DocumentStore,
} from './collection-types.ts'
import { CommitQueue } from './calls/commit-queue.ts'
import { Deadline } from './calls/deadline.ts'
import { HeldDocument } from './document-edit.ts'
import { named } from '../store/edits/edit-options.ts'
import { checkDocumentOptions } from './options.ts'
import { missing, refusal, tell } from './calls/outcome.ts'
import {
  prepareChange,
  prepareFields,
  prepareRecipe,
  provenance,
  type Prepared,
} from '../store/edits/prepare.ts'
import type { Shelf } from './identity-map.ts'
import { SyncedDocument } from './synced-document.ts'
import { takeChange } from '../store/edits/prepare-foreign-change.ts'
import { validateEdit, validateNew } from './schema/validate.ts'

const NOTHING: ObjectOp = { kind: 'object', keys: new Map() }

/** See {@link DocumentStore}. */
export class LiveDocument<T extends object> extends SyncedDocument<T> implements DocumentStore<T> {
  static {
    showBy(
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

  /** Edits under way; null: there never was one. */
  private queue: CommitQueue | null = null
  /** Listeners, open edits and pending commits: while there are any, the shelf holds on to it. */
  private uses = 0

  declare toJSON: () => Immutable<T>

  protected makeHub(): Hub<T> {
    const hub = new Hub<T>(DOCUMENT_EVENTS)
    hub.onListening = anyone => this.use(anyone ? 1 : -1)
    return hub
  }

  async edit(
    recipe: (draft: Draft<T>) => unknown,
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    return this.save(() => prepareRecipe(this.core, recipe), options)
  }

  async patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    return this.save(() => prepareFields(this.core, partial), options)
  }

  async apply(
    change: ChangeSet | Patches,
    options: DocumentEditOptions = {},
  ): Promise<ChangeSet | null> {
    const { id: _, ...info } = provenance(this.core, change)
    return this.save(() => prepareChange(this.core, change), options, { info })
  }

  begin(): DocumentEdit<T> {
    this.use(1)
    return new HeldDocument(
      this.core,
      () => this.use(-1),
      (prepare, options, landed) => this.save(prepare, options, { landed }),
    )
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return deadline.race(
      this.run(async () => {
        if (this.status !== 'new') return null
        deadline.check()
        return this.turn(deadline, () => this.insert(named(options), deadline))
      }),
    )
  }

  private async insert(info: ChangeInfo, deadline: Deadline): Promise<ChangeSet | null> {
    // An insert of before, without an answer, had landed.
    if (this.status !== 'new') return null
    const next = validateNew(this.shelf, this.state, this.name)
    const commitId = randomId()
    const { collection } = this.shelf
    const commit: Commit = { kind: 'insert', collection, id: this.id, commitId, next }
    const result = await this.send(commit, deadline, result => this.arrive(result, next))
    this.outcome(result, commit)
    return this.inserted(next, { ...info, id: commitId })
  }

  /** An insert as a change of nothing. */
  private inserted(next: object, info: ChangeInfo): ChangeSet {
    const { rules, token } = this.core
    const { op } = diff({}, next, rules) as Difference
    const known = { ...info, baseVersion: 0, version: 1, at: Date.now() }
    return changeSet(op, {}, next, rules.leaves, known, token)
  }

  async reload(options: CallLimits = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return deadline.race(this.turn(deadline, () => this.load()))
  }

  async delete(options: CallLimits = {}): Promise<boolean> {
    const deadline = this.deadline(options)
    return deadline.race(
      this.run(async () => {
        if (this.status === 'new') return false
        return this.turn(deadline, () => this.remove(deadline))
      }),
    )
  }

  private async remove(deadline: Deadline): Promise<boolean> {
    if (this.isReplaced) return false
    const { collection } = this.shelf
    const commitId = randomId()
    const commit: Commit = { kind: 'delete', collection, id: this.id, commitId, guard: 'none' }
    const result = await this.send(commit, deadline, () => this.gone())
    if (result.status === 'missing') {
      this.gone()
      return false
    }
    this.outcome(result, commit)
    return true
  }

  settled(options: CallLimits = {}): Promise<void> {
    return this.deadline(options).race(this.queue?.settled() ?? Promise.resolve())
  }

  /** Whether it made the change set that carries this token. */
  made(token: object | null): boolean {
    return this.core.made(token)
  }

  /** What would be sent for this change of the state. */
  explain(change: ChangeSet): Commit {
    const { rules, token, state } = this.core
    const op = takeChange(this.core, change) ?? NOTHING
    const prepared = { op, next: apply(state, op) as object }
    const { op: sent, next } = this.check(state, prepared) ?? { op: NOTHING, next: state }
    const info = { id: change.id, baseVersion: this.version }
    return this.updating(next, change.id, changeSet(sent, state, next, rules.leaves, info, token))
  }

  /** Its collection, and the rules for its values. */
  get collection(): string {
    return this.shelf.collection
  }

  get rules(): Rules {
    return this.core.rules
  }

  /** Waits until the edits before have ended and keeps others waiting until the result is called. */
  lock(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const turn = this.run(() => new Promise<void>(release => resolve(release)))
      turn.catch(reject)
    })
  }

  /** What is stored of an edit of `base`, by the schema; null: nothing. Refuses what must not be sent. */
  check(base: object, prepared: NonNullable<Prepared>): Prepared {
    this.shelf.assertMutable(prepared.op, this.name)
    return validateEdit(this.shelf, base, prepared, this.name)
  }

  /** See {@link Shelf.assertMutable}. */
  assertMutable(op: ObjectOp): void {
    this.shelf.assertMutable(op, this.name)
  }

  /** What is stored of a document that is new. */
  checkNew(next: object): object {
    return validateNew(this.shelf, next, this.name)
  }

  /** Moves to what a transaction has stored; `op` is null for an insert. */
  land(op: ObjectOp | null, next: object, result: { version: number; commitId: string }): void {
    if (op !== null) {
      this.moveOn(op, next, { id: result.commitId }, result.version)
      return
    }
    this.arrive(result, next)
  }

  /** The error for a document that is not there. */
  missing(): CowslipError {
    return missing(this.name)
  }

  /** The error for a write that did not come to an end. */
  refusal(result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>): CowslipError {
    return refusal(this.name, result)
  }

  private use(by: 1 | -1): void {
    this.uses += by
    this.shelf.hold(this, this.uses > 0)
  }

  /** In its turn, held alive meanwhile. */
  private async run<R>(task: () => Promise<R>): Promise<R> {
    this.use(1)
    try {
      this.queue ??= new CommitQueue()
      return await this.queue.run(async () => {
        this.shelf.assertOpen()
        return task()
      })
    } finally {
      this.use(-1)
    }
  }

  private deadline(options: CallLimits): Deadline {
    checkDocumentOptions(options)
    const { timeoutMS = this.shelf.timeoutMS, signal } = options
    return new Deadline(timeoutMS, signal, this.name)
  }

  private save(
    prepare: () => Prepared,
    options: DocumentEditOptions,
    { info: known = {}, landed = () => {} }: { info?: ChangeInfo; landed?: () => void } = {},
  ): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    this.core.assertFree()
    const info = { ...known, ...named(options) }
    const work = this.run(async () => {
      for (let tries = 0; ; tries++) {
        const change = await this.turn(deadline, async () => {
          await this.checkVersion(options.ifVersion)
          return this.trySaving(prepare, info, deadline, landed)
        })
        if (change !== undefined) return change
        if (options.ifVersion !== undefined) throw this.otherVersion(options.ifVersion)
        await deadline.pause(tries)
      }
    })
    return deadline.race(work)
  }

  /** Throws a `ConflictError` where another version is stored than the caller has seen. */
  private async checkVersion(expected: number | undefined): Promise<void> {
    if (expected === undefined || expected === this.version || this.status === 'deleted') return
    // The caller may know more than this document.
    if (expected > this.version) await this.load()
    if (expected !== this.version) throw this.otherVersion(expected)
  }

  private otherVersion(expected: number): ConflictError {
    return new ConflictError(
      `Expected ${tell(this.name)} at version ${expected}. Received another: ${this.version} now. ` +
        'Nothing was written.',
      [],
    )
  }

  /** Undefined: the stored document has moved on. */
  private async trySaving(
    prepare: () => Prepared,
    info: ChangeInfo,
    deadline: Deadline,
    landed: () => void,
  ): Promise<ChangeSet | null | undefined> {
    const { core } = this
    if (this.status === 'deleted') throw missing(this.name)
    const prepared = prepare()
    if (prepared === null) {
      landed()
      return null
    }
    if (this.status === 'new') {
      this.shelf.assertMutable(prepared.op, this.name)
      landed()
      return core.commit(prepared.op, prepared.next, info, 0)
    }
    const checked = this.check(core.state, prepared)
    if (checked === null) {
      landed()
      return null
    }
    const { op, next } = checked
    const id = randomId()
    const { version, state } = core
    const known = { ...info, id, baseVersion: version }
    const change = changeSet(op, state, next, core.rules.leaves, known, core.token)
    let saved: ChangeSet | null = null
    const commit = this.updating(next, id, change)
    const result = await this.send(commit, deadline, ({ version: reached }) => {
      landed()
      // A read may have shown it already.
      if (core.state !== state || core.version !== version) return false
      saved = this.moveOn(op, next, { ...info, id }, reached)
      return true
    })
    if (result.status === 'conflict') {
      core.emit({ type: 'conflict', current: result.current })
      if (result.stored === undefined) await this.load()
      else this.take(result.stored)
      return undefined
    }
    this.outcome(result, commit)
    return saved
  }

  private updating(next: object, commitId: string, change: ChangeSet): Commit {
    const { collection } = this.shelf
    const { id } = this
    const guard = this.guard()
    return { kind: 'update', collection, id, commitId, next, changeSet: change, guard }
  }
}
