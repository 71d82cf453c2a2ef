import type {
  Adapter,
  Commit,
  CommitResult,
  StoredDocument,
  VersionGuard,
} from '../adapters/contract.ts'
import { apply } from '../changes/apply.ts'
import { changeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import { diff, type Difference } from '../changes/diff.ts'
import type { Patches } from '../changes/patches.ts'
import type { ObjectOp } from '../changes/ops.ts'
import { equal } from '../document/equality.ts'
import { showBy } from '../document/inspect.ts'
import { randomId } from '../document/random-id.ts'
import type { CowslipError } from '../document/errors.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { Rules } from '../draft/store-scope.ts'
import type { DocumentEvent } from '../events/types.ts'
import { bindLazily } from './bind-lazily.ts'
import type {
  DocumentEdit,
  DocumentEditOptions,
  DocumentStatus,
  DocumentStore,
  IdOf,
} from './collection-types.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Core } from './core.ts'
import { Deadline } from './deadline.ts'
import { HeldDocument } from './held-document.ts'
import { Listening } from './listening.ts'
import { checkDocumentOptions, named } from './options.ts'
import { attempt, missing, refusal, rejected, tell, unknown } from './outcome.ts'
import {
  prepareChange,
  prepareFields,
  prepareRecipe,
  provenance,
  type Prepared,
} from './prepare.ts'
import type { Shelf } from './shelf.ts'
import { takeChange } from './take-change.ts'
import { validate } from './validate.ts'

/** See {@link DocumentStore}. */
export class LiveDocument<T extends object>
  extends Listening<T, DocumentEvent<T>>
  implements DocumentStore<T>
{
  static {
    showBy('DocumentStore', this.prototype, ({ id, version, status, state }) => {
      return { id, version, status, state }
    })
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

  readonly id: IdOf<T>
  status: DocumentStatus
  private readonly shelf: Shelf<T>
  private commitId: string | null
  private readonly queue = new CommitQueue()
  /** Listeners, open edits and pending commits: while there are any, the shelf holds on to it. */
  private uses = 0

  constructor(core: Core<T>, shelf: Shelf<T>, id: unknown, stored: VersionGuard | null) {
    super(core)
    this.id = id as IdOf<T>
    this.shelf = shelf
    this.status = stored === null ? 'new' : 'stored'
    this.commitId = stored === null ? null : stored.commitId
    core.version = stored === null ? 0 : stored.version
    core.hub.onListening = anyone => this.use(anyone ? 1 : -1)
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
    return this.save(() => prepareChange(this.core, change), { ...info, ...options })
  }

  begin(): DocumentEdit<T> {
    this.use(1)
    return new HeldDocument(
      this.core,
      () => this.use(-1),
      (prepare, options) => this.save(prepare, options),
    )
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    return this.run(async () => {
      if (this.status !== 'new') return null
      deadline.check()
      const next = this.state as object
      validate(this.shelf.schema, next)
      const commitId = randomId()
      const { collection } = this.shelf
      const commit: Commit = { kind: 'insert', collection, id: this.id, commitId, next }
      this.acknowledge(await this.send(commit), 'stored')
      this.shelf.put(this)
      return this.inserted(next, { ...named(options), id: commitId })
    })
  }

  /** An insert as a change of nothing. */
  private inserted(next: object, info: ChangeInfo): ChangeSet {
    const { rules, token } = this.core
    const { op } = diff({}, next, rules) as Difference
    const known = { ...info, baseVersion: 0, version: 1, at: Date.now() }
    return changeSet(op, {}, next, rules.leaves, known, token)
  }

  async reload(): Promise<ChangeSet | null> {
    return this.run(() => this.load())
  }

  async delete(): Promise<boolean> {
    return this.run(async () => {
      if (this.status === 'new') return false
      const { collection } = this.shelf
      const commitId = randomId()
      const commit: Commit = { kind: 'delete', collection, id: this.id, commitId, guard: 'none' }
      const result = await attempt(this.adapter, commit)
      if (result.status !== 'missing') this.outcome(result, commit)
      this.gone()
      return result.status !== 'missing'
    })
  }

  settled(): Promise<void> {
    return this.queue.settled()
  }

  /** Takes what was read from the adapter, unless a write of ours is about to tell more. */
  absorb(stored: StoredDocument): void {
    const older = stored.version < this.version && this.status === 'stored'
    if (this.queue.idle && !older) this.take(stored)
  }

  /** Notes that the document is not there any more. */
  gone(): void {
    if (this.status !== 'stored') return
    this.status = 'deleted'
    this.core.hub.emit({ type: 'deleted' })
  }

  /** What would be sent for this change of the state. */
  explain(change: ChangeSet): Commit {
    const { rules, token, state } = this.core
    const op = takeChange(this.core, change) ?? { kind: 'object', keys: new Map() }
    this.shelf.assertMutable(op)
    const next = apply(state, op) as object
    const info = { id: change.id, baseVersion: this.version }
    return this.updating(next, change.id, changeSet(op, state, next, rules.leaves, info, token))
  }

  /** The adapter behind it, its collection, and the rules for its values. */
  get adapter(): Adapter {
    return this.shelf.adapter
  }

  get collection(): string {
    return this.shelf.collection
  }

  get rules(): Rules {
    return this.core.rules
  }

  /** The stored state that it knows. */
  guard(): VersionGuard {
    return { version: this.version, commitId: this.commitId }
  }

  /** Waits for its turn and keeps it, with what is under way, until the result is called. */
  lock(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const turn = this.run(() => new Promise<void>(release => resolve(release)))
      turn.catch(reject)
    })
  }

  /** Refuses a next state that must not be sent. */
  check(op: ObjectOp | null, next: object): void {
    if (op !== null) this.shelf.assertMutable(op)
    validate(this.shelf.schema, next)
  }

  /** Moves to what a transaction has stored; `op` is null for an insert. */
  land(op: ObjectOp | null, next: object, result: { version: number; commitId: string }): void {
    if (op !== null) {
      this.moveOn(op, next, { id: result.commitId }, result.version)
      return
    }
    this.core.state = next as Immutable<T>
    this.acknowledge(result, 'stored')
    this.shelf.put(this)
  }

  /** Takes what is stored now, in a turn that is ours already. */
  async refresh(): Promise<void> {
    await this.load()
  }

  /** The error for a document that is not there. */
  missing(): CowslipError {
    return missing(this.name())
  }

  /** The error for a write that did not come to an end. */
  refusal(result: Extract<CommitResult, { status: 'rejected' | 'unknown' }>): CowslipError {
    return refusal(this.name(), result)
  }

  private use(by: 1 | -1): void {
    this.uses += by
    this.shelf.hold(this, this.uses > 0)
  }

  /** In its turn, held alive meanwhile. */
  private async run<R>(task: () => Promise<R>): Promise<R> {
    this.use(1)
    try {
      return await this.queue.run(async () => {
        this.shelf.assertOpen()
        return task()
      })
    } finally {
      this.use(-1)
    }
  }

  private deadline(options: DocumentEditOptions): Deadline {
    checkDocumentOptions(options)
    return new Deadline(options.timeoutMS ?? this.shelf.timeoutMS, options.signal)
  }

  private save(
    prepare: () => Prepared,
    options: DocumentEditOptions & Pick<ChangeInfo, 'origin'>,
  ): Promise<ChangeSet | null> {
    const deadline = this.deadline(options)
    this.core.assertFree()
    return this.run(async () => {
      deadline.check()
      for (let tries = 0; ; tries++) {
        if (this.status === 'deleted') throw missing(this.name())
        const prepared = prepare()
        if (prepared === null) return null
        const info = named(options)
        if (this.status === 'new') {
          this.shelf.assertMutable(prepared.op)
          return this.core.commit(prepared.op, prepared.next, info, 0)
        }
        this.check(prepared.op, prepared.next)
        const change = await this.trySaving(prepared.op, prepared.next, info)
        if (change !== null) return change
        await deadline.pause(tries, tell(this.name()))
        await this.load()
      }
    })
  }

  /** Null: the stored document has moved on. */
  private async trySaving(op: ObjectOp, next: object, info: ChangeInfo): Promise<ChangeSet | null> {
    const commitId = randomId()
    const { rules, token } = this.core
    const known = { ...info, id: commitId, baseVersion: this.version }
    const change = changeSet(op, this.state, next, rules.leaves, known, token)
    const result = await attempt(this.adapter, this.updating(next, commitId, change))
    if (result.status === 'conflict') {
      this.core.hub.emit({ type: 'conflict', current: result.current })
      return null
    }
    const { version } = this.outcome(result, { commitId })
    return this.moveOn(op, next, { ...info, id: commitId }, version)
  }

  /** To what the adapter has acknowledged. */
  private moveOn(
    op: ObjectOp,
    next: object,
    info: ChangeInfo & { readonly id: string },
    version: number,
  ): ChangeSet {
    this.commitId = info.id
    const change = this.core.commit(op, next, info, version)
    this.core.hub.emit({ type: 'confirmed', version, commitId: info.id })
    return change
  }

  private updating(next: object, commitId: string, change: ChangeSet): Commit {
    const { collection } = this.shelf
    const { id } = this
    const guard = this.guard()
    return { kind: 'update', collection, id, commitId, next, changeSet: change, guard }
  }

  private async send(commit: Commit): Promise<Extract<CommitResult, { status: 'committed' }>> {
    return this.outcome(await attempt(this.adapter, commit), commit)
  }

  /** A commit, or the error that says what came instead. */
  private outcome(
    result: CommitResult,
    { commitId }: { commitId: string },
  ): Extract<CommitResult, { status: 'committed' }> {
    const name = this.name()
    switch (result.status) {
      case 'committed':
        return result
      case 'missing':
        this.gone()
        throw missing(name)
      case 'unknown':
        this.core.hub.emit({ type: 'unknown', commitId })
        throw unknown(name, commitId, result.error)
      case 'conflict':
        throw unknown(name, commitId)
      case 'rejected': {
        const error = rejected(name, result)
        this.core.hub.emit({ type: 'rejected', error })
        throw error
      }
    }
  }

  private acknowledge(result: { version: number; commitId: string }, status: DocumentStatus): void {
    this.status = status
    this.core.version = result.version
    this.commitId = result.commitId
    this.core.hub.emit({ type: 'confirmed', version: result.version, commitId: result.commitId })
  }

  /** Moves to what is stored now. */
  private async load(): Promise<ChangeSet | null> {
    if (this.status === 'new') return null
    const stored = await this.shelf.load(this.id)
    if (stored !== null) return this.take(stored)
    this.gone()
    throw missing(this.name())
  }

  private take(stored: StoredDocument): ChangeSet | null {
    const { version, commitId } = stored
    const { core } = this
    this.status = 'stored'
    this.commitId = commitId
    // Other programs may write without a new version. To compare costs less than to take in.
    const same = equal(core.state, stored.doc, core.rules.leaves)
    const difference = same
      ? null
      : diff(core.state, this.shelf.ingest(stored.doc, true), core.rules)
    if (difference === null) {
      core.version = version
      return null
    }
    const info = { origin: 'remote', ...(commitId !== null && { id: commitId }) } as const
    return core.commit(difference.op, difference.next, info, version)
  }

  private name(): { collection: string; id: unknown } {
    return { collection: this.shelf.collection, id: this.id }
  }
}
