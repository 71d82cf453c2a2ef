import type {
  Adapter,
  Commit,
  CommitResult,
  StoredDocument,
  VersionGuard,
} from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeInfo, ChangeSet } from '../changes/change-set.ts'
import { diff } from '../changes/diff/diff.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { equal } from '../document/equality.ts'
import type { DocumentName } from '../document/messages/errors.ts'
import type { Immutable } from '../document/types.ts'
import type { DocumentEvent } from '../events/types.ts'
import type { DocumentStatus, IdOf } from './collection-types.ts'
import type { Core } from '../store/store-state.ts'
import type { Deadline } from './calls/deadline.ts'
import { Listening } from '../store/listening.ts'
import { attempt, missing, rejected, settle, unknown } from './calls/outcome.ts'
import type { Shelf } from './identity-map.ts'

/** What is done when a commit was applied; false: what is stored must be read. */
type Land = (result: { readonly version: number; readonly commitId: string }) => unknown

/** A write of which nobody knows yet whether it was applied. */
interface Unsettled {
  readonly commit: Commit
  readonly land: Land
}

/** Keeps a document at what the adapter has stored of it: all that is sent of it and all that comes back. */
export abstract class SyncedDocument<T extends object> extends Listening<T, DocumentEvent<T>> {
  readonly id: IdOf<T>
  status: DocumentStatus
  protected readonly shelf: Shelf<T, SyncedDocument<T>>
  private commitId: string | null
  /** A write without an answer. */
  private unsettled: Unsettled | null = null

  constructor(
    core: Core<T>,
    shelf: Shelf<T, SyncedDocument<T>>,
    id: unknown,
    stored: VersionGuard | null,
  ) {
    super(core)
    this.id = id as IdOf<T>
    this.shelf = shelf
    this.status = stored === null ? 'new' : 'stored'
    this.commitId = stored === null ? null : stored.commitId
    core.version = stored === null ? 0 : stored.version
  }

  /** The adapter behind it. */
  get adapter(): Adapter {
    return this.shelf.adapter
  }

  /** What it is called in errors. */
  get name(): DocumentName {
    return { collection: this.shelf.collection, id: this.id }
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
  takeTurn(): Promise<() => void> {
    return this.shelf.turns.take(this.key)
  }

  /** Whether another document of its id has come after it. */
  protected get isReplaced(): boolean {
    const live = this.shelf.find(this.key)
    return live !== undefined && live !== this
  }

  /** Whether this is the stored document, to the last value, as far as is known. */
  is({ version, commitId, doc }: StoredDocument): boolean {
    if (this.status !== 'stored' || this.version !== version || this.commitId !== commitId)
      return false
    return equal(this.state, doc, this.core.rules.leaves)
  }

  /** Notes that the document is not there any more. */
  gone(): void {
    if (this.status !== 'stored') return
    this.status = 'deleted'
    this.core.emit({ type: 'deleted' })
  }

  /** In its turn among all that is sent of this document; what was left without an answer comes first. */
  protected turn<R>(deadline: Deadline, task: () => Promise<R>): Promise<R> {
    return this.shelf.turns.run(this.key, async () => {
      this.shelf.assertOpen()
      deadline.check()
      await this.settleUnknown(deadline)
      deadline.check()
      return task()
    })
  }

  /** To what the adapter has acknowledged. */
  protected moveOn(
    op: ObjectOp,
    next: object,
    info: ChangeInfo & { readonly id: string },
    version: number,
  ): ChangeSet {
    this.commitId = info.id
    const change = this.core.commit(op, next, info, version)
    this.core.emit({ type: 'confirmed', version, commitId: info.id })
    return change
  }

  /** Something came from the adapter: reads that were sent before are no news. */
  hasLearned(): void {
    this.shelf.recency.learn(this.key)
  }

  /** Hands a commit to the adapter; `land` is called when it was applied, now or when that is known. */
  protected async send(commit: Commit, deadline: Deadline, land: Land): Promise<CommitResult> {
    deadline.sends(this.name, commit.commitId)
    const result = await attempt(this.adapter, commit, { timeoutMS: deadline.left })
    this.hasLearned()
    if (result.status === 'committed') land(result)
    else if (result.status === 'unknown') this.unsettled = { commit, land }
    else deadline.clashed()
    return result
  }

  /** Asks the adapter what became of a write without an answer. Throws `unknown` where it still cannot tell. */
  async settleUnknown(deadline: Deadline): Promise<void> {
    if (this.unsettled === null) return
    const { commit, land } = this.unsettled
    const result = await settle(this.adapter, commit, { timeoutMS: deadline.left })
    if (result?.status === 'unknown') throw unknown(this.name, commit.commitId, result.error)
    this.unsettled = null
    this.hasLearned()
    if (result?.status === 'committed' && land(result) !== false) return
    if (this.status === 'stored') await this.load()
  }

  /** Throws the error of a result that is no commit. */
  protected outcome(result: CommitResult, { commitId }: { commitId: string }): void {
    const name = this.name
    switch (result.status) {
      case 'committed':
        return
      case 'missing':
        this.gone()
        throw missing(name)
      case 'unknown':
        this.core.emit({ type: 'unknown', commitId })
        throw unknown(name, commitId, result.error)
      case 'conflict':
        throw unknown(name, commitId)
      case 'rejected': {
        const error = rejected(name, result)
        this.core.emit({ type: 'rejected', error })
        throw error
      }
    }
  }

  /** Its insert was applied: it is the live document of its id. */
  protected arrive(
    { version, commitId }: { version: number; commitId: string },
    next: object,
  ): void {
    this.core.state = next as Immutable<T>
    // Whoever had another one of this id had not heard that it was deleted.
    const before = this.shelf.find(this.key)
    if (before !== this) before?.gone()
    this.status = 'stored'
    this.core.version = version
    this.commitId = commitId
    this.shelf.put(this)
    this.core.emit({ type: 'confirmed', version, commitId })
  }

  /** Moves to what is stored now, in a turn that is ours already. Throws `missing`. */
  async load(): Promise<ChangeSet | null> {
    if (this.status === 'new') return null
    const { recency } = this.shelf
    const { key } = this
    if (this.isReplaced) throw missing(this.name)
    const sent = recency.begin()
    try {
      const stored = await this.shelf.load(this.id, this.shelf.atPrimary)
      recency.learn(key, sent)
      if (stored !== null) return this.take(stored)
    } finally {
      recency.end(sent)
    }
    this.gone()
    throw missing(this.name)
  }

  /** Moves to what was read; gives what changed, or null. */
  take(stored: StoredDocument): ChangeSet | null {
    const { version, commitId } = stored
    const { core } = this
    if (this.status === 'deleted') this.shelf.put(this)
    this.status = 'stored'
    this.commitId = commitId
    // Other programs may write without a new version. To compare costs less than to take in.
    const same = equal(core.state, stored.doc, core.rules.leaves)
    const difference = same ? null : diff(core.state, this.shelf.ingestRead(stored.doc), core.rules)
    if (difference === null) {
      core.version = version
      return null
    }
    const info = { origin: 'remote', ...(commitId !== null && { id: commitId }) } as const
    return core.commit(difference.op, difference.next, info, version)
  }
}
