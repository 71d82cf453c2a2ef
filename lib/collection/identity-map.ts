import type { Adapter, CallOptions, StoredDocument } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { CowslipError, type DocumentName } from '../document/messages/errors.ts'
import { tryFreezeDecoded } from '../document/freeze-decoded.ts'
import { ingest } from '../document/ingest.ts'
import type { Immutable } from '../document/types.ts'
import { acceptLiveDraft, type StoreRules } from '../draft/strict/store-scope.ts'
import { storageError, describeDocument } from './calls/outcome.ts'
import { ReadOrder } from './calls/read-order.ts'
import type { StandardSchema } from './schema/schema-types.ts'
import { KeyedQueue } from './calls/keyed-queue.ts'

/** What a document needs of its collection. */
export interface HasId {
  readonly id: unknown
}

/** The live documents of one collection, one for each id, and what they share. */
export class IdentityMap<T extends object, D extends HasId = HasId> {
  readonly collection: string
  readonly adapter: Adapter
  readonly rules: StoreRules
  readonly schema: StandardSchema | undefined
  readonly timeoutMS: number
  /** What is sent of one document, writes and the reads between them, one after another. */
  readonly sendQueue: KeyedQueue = new KeyedQueue()
  readonly readOrder: ReadOrder = new ReadOrder()
  private isClosed = false
  private readonly live = new Map<string, WeakRef<D>>()
  /** Those in use. */
  private readonly inUse = new Set<D>()
  private readonly registry = new FinalizationRegistry<string>(key => {
    if (this.live.get(key)?.deref() === undefined) this.live.delete(key)
  })

  constructor(
    collection: string,
    adapter: Adapter,
    rules: StoreRules,
    schema: StandardSchema | undefined,
    timeoutMS: number,
  ) {
    this.collection = collection
    this.adapter = adapter
    this.rules = rules
    this.schema = schema
    this.timeoutMS = timeoutMS
  }

  /** The live document of an id, by the key of {@link idKey}, if someone still has it. */
  find(key: string): D | undefined {
    return this.live.get(key)?.deref()
  }

  /** From now on this is the live document of its id. */
  setLive(document: D): void {
    const key = idKey(document.id)
    this.live.set(key, new WeakRef(document))
    this.registry.register(document, key)
  }

  /** Keeps a document alive, or no longer. */
  setInUse(document: D, inUse: boolean): void {
    if (inUse) this.inUse.add(document)
    else this.inUse.delete(document)
  }

  /** All that somebody still has. O(n). */
  listLive(): D[] {
    return [...this.live.values()]
      .map(ref => ref.deref())
      .filter(document => document !== undefined)
  }

  /** Those in use right now. */
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

  /** Refuses changes of `_id` and of what the adapter keeps for itself. */
  assertMutable(op: ObjectOp, name: DocumentName): void {
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

  /** For reads that decide: of what is acknowledged, and not for ever. */
  get atPrimary(): CallOptions {
    return { primary: true, timeoutMS: this.timeoutMS }
  }

  async load(id: unknown, options: CallOptions): Promise<StoredDocument | null> {
    try {
      const [stored] = await this.adapter.load(this.collection, [id], options)
      return stored ?? null
    } catch (error) {
      throw storageError(error)
    }
  }

  /** A snapshot of a document that comes in. */
  ingest(document: object): Immutable<T> {
    return this.ingestDocument(document, false)
  }

  /** A snapshot of a document that was read. */
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
