// Keeps a document at what the adapter has stored. LiveDocument extends it; transactions and DocumentReader
// call it too. It owns the version and commit id that guard the next write, sends commits, remembers a
// write of unknown outcome until it is settled, and takes in what was read.
import type {
  Adapter,
  CallOptions,
  Commit,
  CommitResult,
  StoredDocument,
  VersionGuard,
} from '../../adapters/contract.ts'
import { idKey } from '../../adapters/ids.ts'
import { versionOfCommit } from '../../adapters/ring.ts'
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots, type Difference } from '../../changes/diff/diff.ts'
import { isEqual } from '../../document/equality.ts'
import { randomId } from '../../changes/random-id.ts'
import type { CowslipError, DocumentName } from '../../document/messages/errors.ts'
import type { Immutable } from '../../document/types.ts'
import type { DocumentEvent } from '../../events/types.ts'
import type { DocumentStatus } from '../collection-types.ts'
import type { IdOf } from '../id-of.ts'
import type { StoreState } from '../../store/store-state.ts'
import type { Deadline, SendLimits } from '../calls/deadline.ts'
import { lookForOwn } from '../calls/look-for-own.ts'
import { StreamingStore } from '../../store/stream-events.ts'
import {
  sendCommit,
  missingError,
  rejectedError,
  resolveUnknown,
  unknownOutcomeError,
} from '../calls/outcome.ts'
import type { CommittedStep, Failure, OnApplied, UnsettledWrite } from './commit-types.ts'
import type { IdentityMap } from '../identity-map.ts'

/** A document that is kept at what the adapter has stored. */
export abstract class SyncedDocument<T extends object> extends StreamingStore<T, DocumentEvent<T>> {
  readonly id: IdOf<T>
  status: DocumentStatus
  /** The version in which it was read first; 0 if it was not read, or deleted since. */
  firstVersion: number
  protected readonly identityMap: IdentityMap<T, SyncedDocument<T>>
  /** The stored state. The document's own state is ahead of it while it shows optimistic edits. */
  protected storedState: object
  /** The document as it is stored, where that has an older shape; else null. Its next write carries the whole difference. */
  olderDoc: object | null
  protected commitId: string | null
  /** Whether the stored state is not that of the version: others wrote too, and the read of it failed. */
  private isBehind = false
  /** The write whose outcome is not known; null: there is none. */
  private unsettled: UnsettledWrite | null = null

  constructor(
    store: StoreState<T>,
    identityMap: IdentityMap<T, SyncedDocument<T>>,
    id: unknown,
    stored: StoredDocument | null,
  ) {
    super(store)
    this.storedState = store.state
    this.id = id as IdOf<T>
    this.identityMap = identityMap
    this.status = stored === null ? 'new' : 'stored'
    this.commitId = stored === null ? null : stored.commitId
    this.olderDoc = stored === null ? null : identityMap.olderOf(stored)
    this.firstVersion = stored === null ? 0 : stored.version
    store.version = this.firstVersion
  }

  /** The adapter that stores the document. */
  get adapter(): Adapter {
    return this.identityMap.adapter
  }

  /** Names the document in errors. */
  get name(): DocumentName {
    return { collection: this.identityMap.collection, id: this.id }
  }

  /** Returns the stored state that the next write expects. */
  guard(): VersionGuard {
    return { version: this.version, commitId: this.commitId }
  }

  /** The key of its id: see {@link idKey}. */
  get key(): string {
    return idKey(this.id)
  }

  /**
   * Waits for a turn among everything sent of this document, and keeps it until the returned function is
   * called.
   */
  acquireTurn(): Promise<() => void> {
    return this.identityMap.sendQueue.acquire(this.key)
  }

  /** Whether another document has become the live one of this id. */
  protected get isReplaced(): boolean {
    const live = this.identityMap.find(this.key)
    return live !== undefined && live !== this
  }

  /** Whether the document shows exactly what was read: version, commit and every value. */
  isSameAs(stored: StoredDocument): boolean {
    const { version, commitId } = stored
    if (this.status !== 'stored' || this.version !== version || this.commitId !== commitId)
      return false
    return isEqual(this.storedState, this.identityMap.shownOf(stored), this.store.rules.leaves)
  }

  /** Marks the document as deleted, by this collection or by another writer, and emits `deleted`. */
  markDeleted(isOwn = false): void {
    if (this.status !== 'stored') return
    this.status = 'deleted'
    this.firstVersion = 0
    this.store.emit({ type: 'deleted' })
    if (!isOwn) this.identityMap.watch?.noteDeleted(this.id)
  }

  /** Tells those who listen to the document that changes of others will not come. */
  noteUnwatched(error: CowslipError): void {
    if (this.store.hub?.isFollowed === true) this.store.report(error, 'the watch')
  }

  /** Moves on to what others stored beside an own write. Where the read failed, it is read before the next write. */
  protected takeInBeside(stored: StoredDocument | null): void {
    if (stored === null) this.isBehind = true
    else {
      try {
        this.moveToStored(stored)
      } catch {
        // It cannot be shown: the next write hears of it.
      }
    }
  }

  /**
   * Moves to what another writer has stored. Reads nothing if this version is known already (0 stands for a delete);
   * without a version it always reads. The read takes `limitMS` at most, within the collection's time limit.
   */
  catchUp(version: number | null, limitMS: number): Promise<void> {
    return this.identityMap.sendQueue.run(this.key, async () => {
      if (this.status === 'new' || this.isReplaced) return
      const isKnown =
        version !== null &&
        !this.isBehind &&
        (version === 0
          ? this.status === 'deleted'
          : this.status === 'stored' && this.version >= version)
      if (isKnown) return
      const { timeoutMS } = this.identityMap
      const stored = await this.readStored({
        primary: true,
        timeoutMS: Math.min(limitMS, timeoutMS),
      })
      if (stored === null) this.markDeleted()
      else this.moveToStored(stored)
    })
  }

  /**
   * Runs a task in its turn among everything sent of this document. A write of unknown outcome is settled
   * first.
   */
  protected runInTurn<R>(deadline: Deadline, task: () => Promise<R>): Promise<R> {
    return this.identityMap.sendQueue.run(this.key, async () => {
      this.identityMap.assertOpen()
      deadline.throwIfOver()
      await this.settleUnknown(deadline)
      deadline.throwIfOver()
      return task()
    })
  }

  /**
   * Moves through what one commit has stored, step by step, and emits an event for each. Listeners hear of them when the
   * state is at the last one. Returns a change set for each step, or null for one that changed nothing. The last change
   * set has the id of the commit.
   */
  protected moveTo(
    steps: readonly CommittedStep[],
    { version, commitId }: VersionGuard,
  ): (ChangeSet | null)[] {
    this.commitId = commitId
    this.olderDoc = null
    this.storedState = steps.at(-1)?.next ?? this.storedState
    let last = steps.length - 1
    while (steps[last]?.op.keys.size === 0) last--
    const events = steps.map(({ op, next, info }, i) => {
      if (op.keys.size === 0) return null
      const known = { ...info, id: (i === last ? commitId : null) ?? randomId() }
      return this.store.move(op, next, known, version)
    })
    this.store.version = version
    this.store.emit(...events.filter(event => event !== null))
    return events.map(event => event && event.change)
  }

  /** Notes that the adapter said something new: reads that were sent earlier no longer count. */
  noteNews(): void {
    this.identityMap.readOrder.note(this.key)
  }

  /**
   * Hands a commit to the adapter. Calls `onApplied` once the commit is known to be applied, now or later.
   */
  protected async sendCommit(
    commit: Commit,
    deadline: SendLimits,
    onApplied: OnApplied,
  ): Promise<CommitResult> {
    deadline.noteSent(this.name, commit.commitId)
    this.identityMap.ownCommits.add(commit.commitId)
    const { sender } = this.identityMap
    const limits = { timeoutMS: deadline.leftMS }
    let result = await sendCommit(sender, commit, limits)
    this.noteNews()
    result = await lookForOwn(commit, result, () => this.readStored())
    if (result.status === 'committed') await onApplied(result)
    else if (result.status === 'unknown') this.unsettled = { commit, onApplied }
    else deadline.noteClash()
    return result
  }

  /** Asks the adapter what became of a write of unknown outcome. Throws `unknown` if it still cannot tell. */
  async settleUnknown(deadline: Pick<SendLimits, 'leftMS'>): Promise<void> {
    if (this.isBehind && this.status === 'stored') await this.loadStored()
    if (this.unsettled === null) return
    const { commit, onApplied } = this.unsettled
    let result = await resolveUnknown(this.identityMap.sender, commit, {
      timeoutMS: deadline.leftMS,
    })
    if (result?.status === 'unknown') result = await this.judgeByRead(commit, result)
    if (result?.status === 'unknown')
      throw unknownOutcomeError(this.name, commit.commitId, result.error)
    this.unsettled = null
    this.noteNews()
    if (result?.status === 'committed' && (await onApplied(result)) !== false) return
    if (this.status === 'stored') await this.loadStored()
  }

  /**
   * Reads what is stored, to judge a write of unknown outcome. Undefined: nobody can tell, but the write can no longer be
   * applied, because the document is not at the version that it expects.
   */
  private async judgeByRead(
    commit: Commit,
    result: Extract<CommitResult, { status: 'unknown' }>,
  ): Promise<CommitResult | undefined> {
    const { commitId } = commit
    const read = await this.identityMap
      .loadAny([this.id], this.identityMap.atPrimary)
      .catch(() => null)
    if (read === null) return result
    const [stored = null] = read
    const version = versionOfCommit(stored, commitId)
    if (version !== null) return { status: 'committed', version, commitId }
    if (commit.kind !== 'update') return result
    const { guard } = commit
    const isAsBefore = stored?.version === guard.version && stored.commitId === guard.commitId
    return isAsBefore ? result : undefined
  }

  /** Returns the error of a result other than `committed`. */
  protected failureOf(result: Failure, { commitId }: { readonly commitId: string }): CowslipError {
    const name = this.name
    switch (result.status) {
      case 'missing':
        return missingError(name)
      case 'rejected':
        return rejectedError(name, result)
      case 'unknown':
        return unknownOutcomeError(name, commitId, result.error)
      case 'conflict':
        return unknownOutcomeError(name, commitId)
    }
  }

  /** Emits the event of a failure, and returns its error. */
  protected noteFailure(result: Failure, commit: { readonly commitId: string }): CowslipError {
    const error = this.failureOf(result, commit)
    this.emitFailure(result, error, commit)
    return error
  }

  /** Emits the event of a failure. */
  protected emitFailure(
    { status }: Failure,
    error: CowslipError,
    { commitId }: { readonly commitId: string },
  ): void {
    if (status === 'missing') this.markDeleted()
    else if (status === 'unknown') this.store.emit({ type: 'unknown', commitId })
    else if (status === 'rejected') this.store.emit({ type: 'rejected', error })
  }

  /** Notes that the insert of this document was applied: it is the live document of its id now. */
  protected noteInserted(
    { version, commitId }: { version: number; commitId: string },
    next: object,
  ): void {
    this.store.replaceState(next as Immutable<T>)
    this.storedState = next
    this.olderDoc = null
    // An earlier document of this id had not heard that it was deleted.
    const before = this.identityMap.find(this.key)
    if (before !== this) before?.markDeleted()
    this.status = 'stored'
    this.store.version = version
    this.commitId = commitId
    this.identityMap.setLive(this)
    this.store.emit({ type: 'confirmed', version, commitId })
  }

  /** Loads the stored document, in a turn that is taken already. Throws `missing`. */
  async loadStored(): Promise<ChangeSet | null> {
    if (this.status === 'new') return null
    if (this.isReplaced) throw missingError(this.name)
    const stored = await this.readStored()
    if (stored !== null) return this.moveToStored(stored)
    this.markDeleted()
    throw missingError(this.name)
  }

  /** Reads the stored document, in a turn that is taken already. */
  async readStored(
    limits: CallOptions = this.identityMap.atPrimary,
  ): Promise<StoredDocument | null> {
    const { readOrder } = this.identityMap
    const sent = readOrder.beginRead()
    try {
      const stored = await this.identityMap.load(this.id, limits)
      readOrder.note(this.key, sent)
      return stored
    } finally {
      readOrder.endRead(sent)
    }
  }

  /** Moves to what was read. Returns what changed, or null. */
  moveToStored(stored: StoredDocument): ChangeSet | null {
    const { watch } = this.identityMap
    const wasDeleted = this.status === 'deleted'
    // It was deleted and made anew, without this document hearing of it.
    const isRemade = !wasDeleted && stored.version > 0 && stored.version < this.version
    const difference = this.differenceTo(stored)
    if (wasDeleted) this.identityMap.setLive(this)
    this.status = 'stored'
    const change = this.takeInStored(stored, difference)
    if (isRemade) watch?.noteDeleted(this.id)
    watch?.noteMoved(this.id, change, this.state, wasDeleted || isRemade)
    return change
  }

  /** Returns what is different in a stored document. Throws `unreadable`; then it is read before the next write. */
  private differenceTo(stored: StoredDocument): Difference | null {
    const { store, identityMap } = this
    try {
      // Other programs may write without a new version, so values are compared; comparing costs less than
      // ingesting.
      const same = isEqual(this.storedState, identityMap.shownOf(stored), store.rules.leaves)
      return same
        ? null
        : diffSnapshots(this.storedState, identityMap.readState(stored), store.rules)
    } catch (error) {
      this.isBehind = true
      throw error
    }
  }

  private takeInStored(stored: StoredDocument, difference: Difference | null): ChangeSet | null {
    const { store, identityMap } = this
    const { version, commitId } = stored
    this.commitId = commitId
    this.isBehind = false
    this.olderDoc = identityMap.olderOf(stored)
    if (difference === null) {
      store.version = version
      return null
    }
    this.storedState = difference.next
    const info = { origin: 'remote', ...(commitId !== null && { id: commitId }) } as const
    return this.takeIn(difference, info, version)
  }

  /** Moves the document's own state over a difference of the stored state. Returns what changed, or null. */
  protected takeIn({ op, next }: Difference, info: ChangeInfo, version: number): ChangeSet | null {
    return this.store.commit(op, next, info, version)
  }
}
