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

/** What is done when a commit was applied; false: what is stored must be read. */
type OnApplied = (result: { readonly version: number; readonly commitId: string }) => unknown

/** A write of which nobody knows yet whether it was applied. */
interface UnsettledWrite {
  readonly commit: Commit
  readonly onApplied: OnApplied
}

/** Keeps a document at what the adapter has stored of it: all that is sent of it and all that comes back. */
export abstract class SyncedDocument<T extends object> extends ListenableStore<
  T,
  DocumentEvent<T>
> {
  readonly id: IdOf<T>
  status: DocumentStatus
  protected readonly identityMap: IdentityMap<T, SyncedDocument<T>>
  private commitId: string | null
  /** A write without an answer. */
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

  /** The adapter behind it. */
  get adapter(): Adapter {
    return this.identityMap.adapter
  }

  /** What it is called in errors. */
  get name(): DocumentName {
    return { collection: this.identityMap.collection, id: this.id }
  }

  /** The stored state that it knows. */
  guard(): VersionGuard {
    return { version: this.version, commitId: this.commitId }
  }

  /** The key of its id: see {@link idKey}. */
  get key(): string {
    return idKey(this.id)
  }

  /** Keeps all that is sent of it waiting, writes and the reads between them, until the result is called. */
  acquireTurn(): Promise<() => void> {
    return this.identityMap.sendQueue.acquire(this.key)
  }

  /** Whether another document of its id has come after it. */
  protected get isReplaced(): boolean {
    const live = this.identityMap.find(this.key)
    return live !== undefined && live !== this
  }

  /** Whether this is the stored document, to the last value, as far as is known. */
  isSameAs({ version, commitId, doc }: StoredDocument): boolean {
    if (this.status !== 'stored' || this.version !== version || this.commitId !== commitId)
      return false
    return isEqual(this.state, doc, this.store.rules.leaves)
  }

  /** Notes that the document is not there any more. */
  markDeleted(): void {
    if (this.status !== 'stored') return
    this.status = 'deleted'
    this.store.emit({ type: 'deleted' })
  }

  /** In its turn among all that is sent of this document; what was left without an answer comes first. */
  protected runInTurn<R>(deadline: Deadline, task: () => Promise<R>): Promise<R> {
    return this.identityMap.sendQueue.run(this.key, async () => {
      this.identityMap.assertOpen()
      deadline.throwIfOver()
      await this.settleUnknown(deadline)
      deadline.throwIfOver()
      return task()
    })
  }

  /** To what the adapter has acknowledged. */
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

  /** Something came from the adapter: reads that were sent before are no news. */
  noteNews(): void {
    this.identityMap.readOrder.note(this.key)
  }

  /** Hands a commit to the adapter; `land` is called when it was applied, now or when that is known. */
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

  /** Asks the adapter what became of a write without an answer. Throws `unknown` where it still cannot tell. */
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

  /** Throws the error of a result that is no commit. */
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

  /** Its insert was applied: it is the live document of its id. */
  protected noteInserted(
    { version, commitId }: { version: number; commitId: string },
    next: object,
  ): void {
    this.store.state = next as Immutable<T>
    // Whoever had another one of this id had not heard that it was deleted.
    const before = this.identityMap.find(this.key)
    if (before !== this) before?.markDeleted()
    this.status = 'stored'
    this.store.version = version
    this.commitId = commitId
    this.identityMap.setLive(this)
    this.store.emit({ type: 'confirmed', version, commitId })
  }

  /** Moves to what is stored now, in a turn that is ours already. Throws `missing`. */
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

  /** Moves to what was read; gives what changed, or null. */
  moveToStored(stored: StoredDocument): ChangeSet | null {
    const { version, commitId } = stored
    const { store } = this
    if (this.status === 'deleted') this.identityMap.setLive(this)
    this.status = 'stored'
    this.commitId = commitId
    // Other programs may write without a new version. To compare costs less than to take in.
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
