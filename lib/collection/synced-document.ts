// Keeps a document at what the adapter has stored. LiveDocument extends it; transactions and DocumentReader
// call it too. It owns the version and commit id that guard the next write, sends commits, remembers a
// write of unknown outcome until it is settled, and takes in what was read.
import type {
  Adapter,
  Commit,
  CommitResult,
  StoredDocument,
  VersionGuard,
} from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeInfo, ChangeSet } from '../changes/change-set.ts'
import { diffSnapshots } from '../changes/diff/diff.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { isEqual } from '../document/equality.ts'
import type { DocumentName } from '../document/messages/errors.ts'
import type { Immutable } from '../document/types.ts'
import type { DocumentEvent } from '../events/types.ts'
import type { DocumentStatus, IdOf } from './collection-types.ts'
import type { StoreState } from '../store/store-state.ts'
import type { Deadline } from './calls/deadline.ts'
import { ListenableStore } from '../store/listenable-store.ts'
import {
  sendCommit,
  missingError,
  rejectedError,
  resolveUnknown,
  unknownOutcomeError,
} from './calls/outcome.ts'
import type { IdentityMap } from './identity-map.ts'

/** Called when a commit was applied. Returns false if the stored document must be read. */
type OnApplied = (result: { readonly version: number; readonly commitId: string }) => unknown

/** A write whose outcome is not known yet. */
interface UnsettledWrite {
  readonly commit: Commit
  readonly onApplied: OnApplied
}

/** A document that is kept at what the adapter has stored. */
export abstract class SyncedDocument<T extends object> extends ListenableStore<
  T,
  DocumentEvent<T>
> {
  readonly id: IdOf<T>
  status: DocumentStatus
  protected readonly identityMap: IdentityMap<T, SyncedDocument<T>>
  private commitId: string | null
  /** The write whose outcome is not known; null: there is none. */
  private unsettled: UnsettledWrite | null = null

  constructor(
    store: StoreState<T>,
    identityMap: IdentityMap<T, SyncedDocument<T>>,
    id: unknown,
    stored: VersionGuard | null,
  ) {
    super(store)
    this.id = id as IdOf<T>
    this.identityMap = identityMap
    this.status = stored === null ? 'new' : 'stored'
    this.commitId = stored === null ? null : stored.commitId
    store.version = stored === null ? 0 : stored.version
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
  isSameAs({ version, commitId, doc }: StoredDocument): boolean {
    if (this.status !== 'stored' || this.version !== version || this.commitId !== commitId)
      return false
    return isEqual(this.state, doc, this.store.rules.leaves)
  }

  /** Marks the document as deleted and emits `deleted`. */
  markDeleted(): void {
    if (this.status !== 'stored') return
    this.status = 'deleted'
    this.store.emit({ type: 'deleted' })
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

  /** Moves to a state that the adapter has acknowledged. */
  protected moveTo(
    op: ObjectOp,
    next: object,
    info: ChangeInfo & { readonly id: string },
    version: number,
  ): ChangeSet {
    this.commitId = info.id
    const change = this.store.commit(op, next, info, version)
    this.store.emit({ type: 'confirmed', version, commitId: info.id })
    return change
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
    deadline: Deadline,
    onApplied: OnApplied,
  ): Promise<CommitResult> {
    deadline.noteSent(this.name, commit.commitId)
    const result = await sendCommit(this.adapter, commit, { timeoutMS: deadline.leftMS })
    this.noteNews()
    if (result.status === 'committed') onApplied(result)
    else if (result.status === 'unknown') this.unsettled = { commit, onApplied: onApplied }
    else deadline.noteClash()
    return result
  }

  /** Asks the adapter what became of a write of unknown outcome. Throws `unknown` if it still cannot tell. */
  async settleUnknown(deadline: Deadline): Promise<void> {
    if (this.unsettled === null) return
    const { commit, onApplied: onApplied } = this.unsettled
    const result = await resolveUnknown(this.adapter, commit, { timeoutMS: deadline.leftMS })
    if (result?.status === 'unknown')
      throw unknownOutcomeError(this.name, commit.commitId, result.error)
    this.unsettled = null
    this.noteNews()
    if (result?.status === 'committed' && onApplied(result) !== false) return
    if (this.status === 'stored') await this.loadStored()
  }

  /** Throws the error of a result other than `committed`. */
  protected throwUnlessCommitted(result: CommitResult, { commitId }: { commitId: string }): void {
    const name = this.name
    switch (result.status) {
      case 'committed':
        return
      case 'missing':
        this.markDeleted()
        throw missingError(name)
      case 'unknown':
        this.store.emit({ type: 'unknown', commitId })
        throw unknownOutcomeError(name, commitId, result.error)
      case 'conflict':
        throw unknownOutcomeError(name, commitId)
      case 'rejected': {
        const error = rejectedError(name, result)
        this.store.emit({ type: 'rejected', error })
        throw error
      }
    }
  }

  /** Notes that the insert of this document was applied: it is the live document of its id now. */
  protected noteInserted(
    { version, commitId }: { version: number; commitId: string },
    next: object,
  ): void {
    this.store.replaceState(next as Immutable<T>)
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
    const { readOrder } = this.identityMap
    const { key } = this
    if (this.isReplaced) throw missingError(this.name)
    const sent = readOrder.beginRead()
    try {
      const stored = await this.identityMap.load(this.id, this.identityMap.atPrimary)
      readOrder.note(key, sent)
      if (stored !== null) return this.moveToStored(stored)
    } finally {
      readOrder.endRead(sent)
    }
    this.markDeleted()
    throw missingError(this.name)
  }

  /** Moves to what was read. Returns what changed, or null. */
  moveToStored(stored: StoredDocument): ChangeSet | null {
    const { version, commitId } = stored
    const { store } = this
    if (this.status === 'deleted') this.identityMap.setLive(this)
    this.status = 'stored'
    this.commitId = commitId
    // Other programs may write without a new version, so values are compared; comparing costs less than
    // ingesting.
    const same = isEqual(store.state, stored.doc, store.rules.leaves)
    const difference = same
      ? null
      : diffSnapshots(store.state, this.identityMap.ingestRead(stored.doc), store.rules)
    if (difference === null) {
      store.version = version
      return null
    }
    const info = { origin: 'remote', ...(commitId !== null && { id: commitId }) } as const
    return store.commit(difference.op, difference.next, info, version)
  }
}
