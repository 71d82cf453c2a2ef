// The object that users hold of a collection. Reads go to the `DocumentReader`, writes to the `LiveDocument` of an id; both
// share the `IdentityMap`.
import type { StoredDocument } from '../adapters/contract.ts'
import type { Query, SyncedIndexes } from '../adapters/contract-queries.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import { isChangeSet, partsOf } from '../changes/change-set.ts'
import { isPlainObject } from '../document/containers.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Draft, Immutable } from '../document/types.ts'
import { defineView } from '../document/messages/define-view.ts'
import {
  checkFunction,
  checkKnownOptions,
  checkSignal,
} from '../document/messages/check-options.ts'
import type { EventsOptions } from '../events/event-stream.ts'
import { randomId } from '../changes/random-id.ts'
import { bindLazily } from '../store/bind-lazily.ts'
import type {
  Collection,
  CollectionOptions,
  Cursor,
  DocumentStore,
  NewEntity,
} from './collection-types.ts'
import type {
  CallLimits,
  DocumentEditOptions,
  FindOptions,
  GetOptions,
  ManyOptions,
  ManyResult,
  SyncIndexesOptions,
} from './call-types.ts'
import { createCursor } from './cursor/create-cursor.ts'
import type { Audit } from './trail/audit-entries.ts'
import type { OutboxEvent } from './trail/outbox-types.ts'
import type { AuditEntry } from './trail/audit-types.ts'
import { readAt, readHistory } from './trail/read-audit.ts'
import type { CollectionHistory, TransactionEvent } from './history/history-types.ts'
import { createHistory } from './transaction/undo/create-history.ts'
import { editInSession } from './transaction/run-in-session.ts'
import { StoreState } from '../store/store-state.ts'
import { Deadline } from './calls/deadline.ts'
import { LiveDocument } from './document/live-document.ts'
import { checkEventLimit } from '../store/options.ts'
import {
  checkFilter,
  checkFindOptions,
  checkGetOptions,
  checkLimits,
  checkManyOptions,
} from './options.ts'
import { DocumentReader } from './document-reader.ts'
import { IdentityMap } from './identity-map.ts'
import { restoreStored } from './fields/mark-stored.ts'
import { deleteAlways } from './many/delete-stored.ts'
import { deleteMany, editMany, type Many } from './many/edit-many.ts'
import { migrate } from './many/migrate.ts'
import { insertMany } from './many/insert-many.ts'
import { syncIndexes } from './sync-indexes.ts'
import { CollectionWatch } from './watch/collection-watch.ts'
import type { WatchedEvent } from './watch/watch-types.ts'

/** The collection that users hold. */
export class LiveCollection<T extends object> implements Collection<T> {
  static {
    defineView('Collection', this.prototype, ({ name }) => ({ name }))
    bindLazily(this.prototype, [
      'insert',
      'insertMany',
      'get',
      'getMany',
      'find',
      'findOne',
      'count',
      'editMany',
      'deleteMany',
      'wrap',
      'delete',
      'restore',
      'watch',
      'on',
      'explain',
      'syncIndexes',
      'migrate',
      'historyOf',
      'asOf',
      'outbox',
      'close',
    ])
  }

  private readonly identityMap: IdentityMap<T, LiveDocument<T>>

  private readonly indexes: NonNullable<CollectionOptions['indexes']>
  private readonly reader: DocumentReader<T>
  private readonly watching: CollectionWatch<T>
  private ownHistory: CollectionHistory | null = null
  private readonly closing = new AbortController()

  constructor(
    identityMap: IdentityMap<T, LiveDocument<T>>,
    indexes: NonNullable<CollectionOptions['indexes']>,
  ) {
    this.identityMap = identityMap
    this.indexes = indexes
    this.watching = new CollectionWatch(this, identityMap)
    identityMap.watch = this.watching
    identityMap.editInSession = (document, recipe, options) =>
      editInSession(document as LiveDocument<T>, recipe, options, identityMap.timeoutMS)
    this.reader = new DocumentReader(identityMap, stored => {
      const { _id: id } = stored.doc as { _id: unknown }
      return this.createDocument(identityMap.readState(stored), id, stored)
    })
  }

  get name(): string {
    return this.identityMap.collection
  }

  async insert(entity: NewEntity<T>, options: DocumentEditOptions = {}): Promise<DocumentStore<T>> {
    const document = this.wrap(entity)
    await document.commit(options)
    return document
  }

  async insertMany(
    entities: readonly NewEntity<T>[],
    options: CallLimits = {},
  ): Promise<DocumentStore<T>[]> {
    this.identityMap.assertOpen()
    if (!Array.isArray(entities)) throw badArgumentError('entities', 'a list of entities', entities)
    checkLimits(options)
    const documents = (entities as readonly NewEntity<T>[]).map(entity => this.createNew(entity))
    await this.identityMap.calls.track(insertMany(documents, id => this.deadline(options, id)))
    return documents
  }

  get history(): CollectionHistory {
    const { transactionLog, rebaseOptions } = this.identityMap
    return (this.ownHistory ??= createHistory(transactionLog, rebaseOptions, limits =>
      this.deadline(limits),
    ))
  }

  on(
    type: 'transaction',
    listener: (event: TransactionEvent) => unknown,
    options: { readonly signal?: AbortSignal } = {},
  ): () => void {
    if (type !== 'transaction') throw badArgumentError('type', "'transaction'", type)
    checkFunction('listener', listener)
    checkKnownOptions(options, ['signal'])
    checkSignal(options.signal)
    return this.identityMap.transactionLog.listen(listener, options.signal)
  }

  get native(): unknown {
    return this.identityMap.adapter.native?.(this.name)
  }

  // The overloads of `Collection` say what comes back.
  async get(id: unknown, options: GetOptions = {}): Promise<never> {
    this.identityMap.assertOpen()
    idKey(id)
    checkGetOptions(options)
    const { state, fields, ...limits } = options
    if (state === true) {
      const some = fields === undefined ? {} : { fields }
      const cursor = this.search({ _id: { $eq: id } }, { ...some, ...limits, limit: 1 }).states()
      const [found] = await cursor.toArray()
      return (found ?? null) as never
    }
    const deadline = this.deadline(limits, id)
    const [document] = await deadline.race(this.reader.getMany([id], deadline))
    return (document ?? null) as never
  }

  async getMany(
    ids: readonly unknown[],
    options: CallLimits = {},
  ): Promise<(DocumentStore<T> | null)[]> {
    this.identityMap.assertOpen()
    if (!Array.isArray(ids)) throw badArgumentError('ids', 'a list of ids', ids)
    ids.forEach(idKey)
    const deadline = this.deadline(options)
    return ids.length === 0 ? [] : deadline.race(this.reader.getMany(ids, deadline))
  }

  // The types of the filter and of the order are those of `Collection`.
  find(filter?: unknown, options?: unknown): never {
    return this.search(filter as Query['filter'], options as FindOptions) as never
  }

  private search(filter: Query['filter'] = {}, options: FindOptions = {}): Cursor<T> {
    return createCursor(this.identityMap, this.reader, filter, options, limits =>
      this.deadline(limits),
    )
  }

  async findOne(
    filter: Query['filter'] = {},
    options: Omit<FindOptions, 'limit' | 'fields'> = {},
  ): Promise<DocumentStore<T> | null> {
    checkFindOptions(options)
    const [document] = await this.search(filter, { ...options, limit: 1 }).toArray()
    return document ?? null
  }

  async count(filter: Query['filter'] = {}, options: CallLimits = {}): Promise<number> {
    this.identityMap.assertOpen()
    checkFilter(filter)
    const deadline = this.deadline(options)
    return deadline.race(this.reader.count(this.identityMap.own.visible(filter), deadline))
  }

  wrap(entity: NewEntity<T>): DocumentStore<T> {
    return this.createNew(entity)
  }

  private createNew(entity: NewEntity<T>): LiveDocument<T> {
    this.identityMap.assertOpen()
    if (typeof entity !== 'object' || entity === null || !isPlainObject(entity)) {
      throw badArgumentError('entity', 'a plain object', entity)
    }
    const { adapter } = this.identityMap
    const id = entity._id ?? adapter.makeId?.() ?? randomId()
    idKey(id)
    for (const key of adapter.reserved ?? []) {
      if (Object.hasOwn(entity, key))
        throw badArgumentError(`entity.${key}`, 'nothing', entity, 'Leave it out.')
    }
    const { _id: _, ...fields } = entity
    const { own } = this.identityMap
    const given = this.identityMap.ingest({ _id: id, ...fields })
    return this.createDocument(own.complete(given), id, null)
  }

  async delete(id: unknown, options: CallLimits = {}): Promise<boolean> {
    this.identityMap.assertOpen()
    const key = idKey(id)
    const live = this.identityMap.find(key)
    if (live !== undefined) {
      if (await live.delete(options)) return true
      // Another document of this id may have come in its place.
      return this.identityMap.find(key) === live ? false : this.delete(id, options)
    }
    const deadline = this.deadline(options, id)
    return deadline.race(deleteAlways(this.identityMap, id, deadline))
  }

  async restore(id: unknown, options: CallLimits = {}): Promise<DocumentStore<T> | null> {
    const { identityMap } = this
    identityMap.assertOpen()
    idKey(id)
    if (!identityMap.own.isSoftDelete) {
      throw badArgumentError('softDelete', 'true, for `restore`', identityMap.own.isSoftDelete)
    }
    const deadline = this.deadline(options, id)
    const restored = restoreStored(identityMap, id, deadline)
    const [document] = await deadline.race(restored.then(() => this.reader.getMany([id], deadline)))
    return document ?? null
  }

  async editMany(
    filter: Query['filter'],
    recipe: (draft: Draft<T>) => unknown,
    options: ManyOptions = {},
  ): Promise<ManyResult> {
    if (typeof recipe !== 'function') throw badArgumentError('recipe', 'a function', recipe)
    return this.identityMap.calls.track(editMany(this.many(filter, options), recipe, options))
  }

  async historyOf(id: unknown, options: CallLimits = {}): Promise<AuditEntry<T>[]> {
    const { audit, deadline } = this.auditOf(id, options)
    return deadline.race(readHistory(this.identityMap, audit, id, deadline))
  }

  outbox(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<OutboxEvent> {
    this.identityMap.assertOpen()
    checkKnownOptions(options, ['signal'])
    checkSignal(options.signal)
    const outbox = this.identityMap.trail?.outbox
    if (outbox == null) throw badArgumentError('events', 'true, for `outbox`', false)
    return outbox.read([this.closing.signal, ...(options.signal ? [options.signal] : [])])
  }

  async asOf(
    id: unknown,
    time: Date | number,
    options: CallLimits = {},
  ): Promise<Immutable<T> | null> {
    const { audit, deadline } = this.auditOf(id, options)
    const at = time instanceof Date ? time.getTime() : time
    if (typeof at !== 'number' || Number.isNaN(at)) throw badArgumentError('time', 'a date', time)
    return deadline.race(readAt(this.identityMap, audit, id, at, deadline))
  }

  private auditOf(id: unknown, options: CallLimits): { audit: Audit; deadline: Deadline } {
    const { identityMap } = this
    identityMap.assertOpen()
    idKey(id)
    const audit = identityMap.trail?.audit ?? null
    if (audit === null) throw badArgumentError('audit', 'an audit of the collection', undefined)
    return { audit, deadline: this.deadline(options, id) }
  }

  async migrate(options: ManyOptions = {}): Promise<ManyResult> {
    return this.identityMap.calls.track(migrate(this.many({}, options, false), options))
  }

  async deleteMany(filter: Query['filter'], options: ManyOptions = {}): Promise<number> {
    return this.identityMap.calls.track(deleteMany(this.many(filter, options), options))
  }

  private many(
    filter: Query['filter'] = {},
    options: ManyOptions,
    isVisible: boolean = true,
  ): Many<T> {
    const { identityMap, reader } = this
    identityMap.assertOpen()
    checkFilter(filter)
    const limits = checkManyOptions(options)
    return {
      identityMap,
      reader,
      filter: isVisible ? identityMap.own.visible(filter) : filter,
      limits,
      createDeadline: id => this.deadline(limits, id),
      count: () => this.count(filter, limits),
    }
  }

  watch(options: EventsOptions = {}): AsyncIterableIterator<WatchedEvent<T>> {
    this.identityMap.assertOpen()
    checkKnownOptions(options, ['signal', 'limit'])
    checkSignal(options.signal)
    checkEventLimit(options.limit)
    const { adapter } = this.identityMap
    if (adapter.watch === undefined)
      throw badArgumentError('adapter', 'an adapter that has `watch`', adapter)
    return this.watching.stream(options)
  }

  explain(change: ChangeSet): unknown {
    if (!isChangeSet(change)) throw badArgumentError('change', 'a change set', change)
    const { source } = partsOf(change)
    const document = this.identityMap.listLive().find(live => live.isSourceOf(source))
    if (document === undefined) {
      throw badArgumentError('change', 'a change set of a live document of this collection', change)
    }
    const commit = document.explain(change)
    return this.identityMap.adapter.explain?.(commit) ?? commit
  }

  async syncIndexes(options: SyncIndexesOptions = {}): Promise<SyncedIndexes> {
    const { identityMap, indexes } = this
    identityMap.assertOpen()
    const syncing = syncIndexes(identityMap, indexes, options, limits => this.deadline(limits))
    return identityMap.calls.track(syncing)
  }

  async close(options: CallLimits = {}): Promise<void> {
    const deadline = this.deadline(options)
    const { identityMap } = this
    const calls = identityMap.calls.settled()
    const waiting = identityMap.listInUse().map(each => each.settled({ timeoutMS: Infinity }))
    try {
      await deadline.race(Promise.all([calls, ...waiting]))
    } finally {
      identityMap.close()
      this.watching.close()
      this.closing.abort()
    }
  }

  private deadline(options: CallLimits, id?: unknown): Deadline {
    checkLimits(options)
    const { timeoutMS = this.identityMap.timeoutMS, signal } = options
    const what = id === undefined ? `documents of "${this.name}"` : { collection: this.name, id }
    return new Deadline(timeoutMS, signal, what, this.identityMap.calls)
  }

  private createDocument(
    state: ReturnType<IdentityMap<T>['ingest']>,
    id: unknown,
    stored: StoredDocument | null,
  ): LiveDocument<T> {
    return new LiveDocument<T>(
      new StoreState<T>(state, this.identityMap.rules, this.identityMap.own.keys),
      this.identityMap,
      id,
      stored,
    )
  }
}
