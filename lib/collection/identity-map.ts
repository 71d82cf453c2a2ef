// The identity map of a collection: at most one live document for each id. Documents are held weakly; a
// document that is in use (listeners, open edits, pending commits) is also held strongly, so that its
// events are not lost. The map owns what the documents of a collection share: the queue of everything sent,
// the order of reads, and the rules for values.
import type { Adapter, CallOptions, StoredDocument } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { CowslipError, type DocumentName } from '../document/messages/errors.ts'
import { tryFreezeDecoded } from '../document/freeze-decoded.ts'
import { ingest } from '../document/ingest.ts'
import type { Draft, Immutable } from '../document/types.ts'
import { acceptLiveDraft, type StoreRules } from '../draft/strict/store-scope.ts'
import type { History } from '../store/history/history.ts'
import { createHistory, stepsOf } from '../store/history/history-options.ts'
import type { HistoryOptions } from '../store/history/history-types.ts'
import type { BeforeCommit, CollectionOptions, Concurrency } from './collection-types.ts'
import type { DocumentEditOptions } from './call-types.ts'
import { TransactionLog } from './history/transaction-log.ts'
import { storageError, describeDocument, unreadableError } from './calls/outcome.ts'
import { OwnFields } from './fields/own-fields.ts'
import { Trail } from './trail/trail.ts'
import { TrailSender } from './trail/trail-sender.ts'
import { Shapes } from './versions/shapes.ts'
import { GroupSender, type CommitSender } from './calls/group-sender.ts'
import { ReadOrder } from './calls/read-order.ts'
import { RunningCalls } from './calls/running-calls.ts'
import { RecentIds } from './calls/recent-ids.ts'
import type { StandardSchema } from './schema/schema-types.ts'
import { KeyedQueue } from './calls/keyed-queue.ts'

/** The part of a document that the map needs. */
export interface HasId {
  readonly id: unknown
}

/** Watches the writes of others in the collection. */
export interface DocumentWatch<T extends object> {
  /** Begins to watch for one more listener. */
  retain(): void
  release(): void
  noteMoved(id: unknown, change: ChangeSet | null, state: Immutable<T>, wasDeleted: boolean): void
  noteDeleted(id: unknown): void
}

/** Options of a collection that its documents need. */
type IdentityMapOptions = Pick<
  CollectionOptions,
  | 'schema'
  | 'timeoutMS'
  | 'maxPending'
  | 'optimistic'
  | 'concurrency'
  | 'resolve'
  | 'history'
  | 'timestamps'
  | 'softDelete'
  | 'computed'
  | 'beforeCommit'
  | 'versions'
  | 'audit'
  | 'events'
  | 'leaves'
>

/** Holds the live documents of one collection, at most one for each id. */
export class IdentityMap<T extends object, D extends HasId = HasId> {
  readonly collection: string
  readonly adapter: Adapter
  readonly rules: StoreRules
  readonly schema: StandardSchema | undefined
  readonly timeoutMS: number
  readonly maxPending: number
  /** Whether edits move the state at once, unless they say otherwise. */
  readonly isOptimistic: boolean
  readonly concurrency: Concurrency
  private readonly historyOptions: HistoryOptions | false | undefined
  /** The answers to clashes with other writers. */
  readonly rebaseOptions: RebaseOptions
  /** The queue of each document: its writes and the reads between them are sent one after another. */
  readonly sendQueue: KeyedQueue = new KeyedQueue()
  /** Sends the commits of different documents together. */
  readonly sender: CommitSender
  readonly readOrder: ReadOrder = new ReadOrder()
  readonly calls: RunningCalls = new RunningCalls()
  /** The commits that this collection sent. */
  readonly ownCommits: RecentIds = new RecentIds()
  /** Set once, when the collection is created. */
  watch: DocumentWatch<T> | null = null
  /** The transactions in which the collection took part. */
  readonly transactionLog: TransactionLog
  /** The fields that the collection sets itself. */
  readonly own: OwnFields
  readonly beforeCommit: BeforeCommit | undefined
  readonly shapes: Shapes
  /** The audit and the outbox; null: there is neither. */
  readonly trail: Trail | null
  private isClosed = false
  private readonly live = new Map<string, Pick<WeakRef<D>, 'deref'>>()
  /** Documents in use, which must not be collected. */
  private readonly inUse = new Set<D>()
  /** Null: this page has no such thing, and documents are held until the collection goes. */
  private readonly registry =
    typeof FinalizationRegistry === 'function' && typeof WeakRef === 'function'
      ? new FinalizationRegistry<string>(key => {
          if (this.live.get(key)?.deref() === undefined) this.live.delete(key)
        })
      : null

  constructor(
    collection: string,
    adapter: Adapter,
    rules: StoreRules,
    options: IdentityMapOptions,
  ) {
    this.collection = collection
    this.adapter = adapter
    const hasTrail = options.audit !== undefined || options.events === true
    this.trail = hasTrail ? new Trail(adapter, collection, rules, options) : null
    this.sender = this.trail === null ? new GroupSender(adapter) : new TrailSender(this.trail)
    this.rules = rules
    const { timeoutMS = 30_000, maxPending = 10_000, concurrency = 'version', resolve } = options
    this.schema = options.schema
    this.timeoutMS = timeoutMS
    this.maxPending = maxPending
    this.isOptimistic = options.optimistic === true
    this.concurrency = concurrency
    this.historyOptions = options.history
    this.own = new OwnFields(collection, rules, options)
    this.beforeCommit = options.beforeCommit
    this.shapes = new Shapes(collection, rules.leaves, options.versions)
    this.transactionLog = new TransactionLog(stepsOf(options.history), adapter)
    this.rebaseOptions = resolve === undefined ? {} : { resolve }
  }

  /** Returns the live document of an id, by its {@link idKey}, if somebody still holds it. */
  find(key: string): D | undefined {
    return this.live.get(key)?.deref()
  }

  /** Makes this the live document of its id. */
  setLive(document: D): void {
    const key = idKey(document.id)
    this.live.set(key, this.registry === null ? { deref: () => document } : new WeakRef(document))
    this.registry?.register(document, key)
  }

  /** Edits a document within a transaction of the caller's session. The collection sets it. */
  editInSession!: (
    document: unknown,
    recipe: (draft: Draft<T>) => unknown,
    options: DocumentEditOptions,
  ) => Promise<ChangeSet | null>

  /** Marks a document as in use, or as no longer in use. */
  setInUse(document: D, inUse: boolean): void {
    if (inUse) this.inUse.add(document)
    else this.inUse.delete(document)
  }

  /** Returns all documents that somebody still holds. O(n). */
  listLive(): D[] {
    return [...this.live.values()]
      .map(ref => ref.deref())
      .filter(document => document !== undefined)
  }

  /** Returns the documents in use. */
  listInUse(): D[] {
    return [...this.inUse]
  }

  assertOpen(): void {
    if (!this.isClosed) return
    throw new CowslipError(
      'closed',
      `Expected an open collection "${this.collection}". Received a call after \`close()\`. Create it anew.`,
      { what: `collection "${this.collection}"` },
    )
  }

  close(): void {
    this.isClosed = true
  }

  /** Creates the history of one document. Throws `bad-argument`. */
  createHistory(): History {
    return createHistory(this.historyOptions, this.rules.leaves)
  }

  /** Throws `immutable-field` for a change of `_id`, of a field that the adapter reserves, or that the collection sets. */
  assertMutable(op: ObjectOp, name: DocumentName): void {
    for (const key of this.own.keys ?? []) {
      if (!op.keys.has(key)) continue
      throw new CowslipError(
        'immutable-field',
        `Expected "${key}" of ${describeDocument(name)} to be set by its collection. Received a change of it. Leave it ` +
          'out.',
        { path: [key] },
      )
    }
    for (const key of ['_id', ...(this.adapter.reserved ?? [])]) {
      if (!op.keys.has(key)) continue
      throw new CowslipError(
        'immutable-field',
        `Expected "${key}" of ${describeDocument(name)} to stay as it is. Received a change of it. Insert another ` +
          'document instead.',
        { path: [key] },
      )
    }
  }

  /** Options for reads that must show everything acknowledged, within the collection's time limit. */
  get atPrimary(): CallOptions {
    return { primary: true, timeoutMS: this.timeoutMS }
  }

  /** Loads a document; null: none is stored, or it is marked as deleted. */
  async load(id: unknown, options: CallOptions): Promise<StoredDocument | null> {
    const [stored] = await this.loadMany([id], options)
    return stored ?? null
  }

  async loadMany(
    ids: readonly unknown[],
    options: CallOptions,
  ): Promise<(StoredDocument | null)[]> {
    return (await this.loadAny(ids, options)).map(stored => this.ifVisible(stored))
  }

  /** Loads documents, those that are marked as deleted too. */
  async loadAny(ids: readonly unknown[], options: CallOptions): Promise<(StoredDocument | null)[]> {
    try {
      return await this.adapter.load(this.collection, ids, options)
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Returns a stored document, unless it is marked as deleted. */
  ifVisible(stored: StoredDocument | null): StoredDocument | null {
    return stored !== null && this.own.isDeleted(stored.doc) ? null : stored
  }

  /** Whether a read of these fields needs the whole document. */
  readsWhole(names: ReadonlyMap<string, unknown>): boolean {
    return this.shapes.newest > 0 || [...names.keys()].some(name => this.own.isComputed(name))
  }

  /** Returns what a stored document shows, to be compared: as it was read, where nothing is added. */
  shownOf(stored: StoredDocument): object {
    const { shapes, own } = this
    shapes.assertKnown(stored)
    return own.hasComputed || shapes.isOlder(stored) ? this.readState(stored) : stored.doc
  }

  /** Returns the snapshot of a stored document, in the newest shape. Throws `unreadable`. */
  readState(stored: StoredDocument): Immutable<T> {
    const doc = this.shapes.bringOn(stored)
    return this.own.complete(doc === stored.doc ? this.ingestRead(doc) : this.ingestBroughtOn(doc))
  }

  private ingestBroughtOn(doc: object): Immutable<T> {
    try {
      return this.ingest(doc)
    } catch (error) {
      const { _id: id } = doc as { _id?: unknown }
      throw unreadableError({ collection: this.collection, id }, 'what `versions` make', error)
    }
  }

  /** Returns a stored document of an older shape as it is; null for others. Called after `readState`. */
  olderOf(stored: StoredDocument): object | null {
    return this.shapes.isOlder(stored) ? this.ingestRead(stored.doc) : null
  }

  /** Returns a snapshot of a document that a user passed in. */
  ingest(document: object): Immutable<T> {
    return this.ingestDocument(document, false)
  }

  /**
   * Returns a snapshot of a document that was read. A document that the adapter hands over is frozen in
   * place.
   */
  ingestRead(document: object): Immutable<T> {
    const { capabilities } = this.adapter
    if (capabilities.handsOver === true && tryFreezeDecoded(document, this.rules.leaves)) {
      return document as Immutable<T>
    }
    return this.ingestDocument(document, true)
  }

  private ingestDocument(document: object, decoded: boolean): Immutable<T> {
    const rules = { ...this.rules, decoded, finishDraft: acceptLiveDraft }
    return ingest(document, rules, () => []) as Immutable<T>
  }
}
