import type { Adapter, CallOptions, StoredDocument } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { CowslipError, type DocumentName } from '../document/messages/errors.ts'
import { freezeDecoded } from '../document/freeze-decoded.ts'
import { ingest } from '../document/ingest.ts'
import type { Immutable } from '../document/types.ts'
import { readLiveDraft, type Rules } from '../draft/strict/store-scope.ts'
import { storageError, tell } from './calls/outcome.ts'
import { Recency } from './calls/recency.ts'
import type { StandardSchema } from './schema/schema-types.ts'
import { Turns } from './calls/turns.ts'

/** What a document needs of its collection. */
export interface Holder {
  readonly id: unknown
}

/** The live documents of one collection, one for each id, and what they share. */
export class Shelf<T extends object, D extends Holder = Holder> {
  readonly collection: string
  readonly adapter: Adapter
  readonly rules: Rules
  readonly schema: StandardSchema | undefined
  readonly timeoutMS: number
  /** What is sent of one document, writes and the reads between them, one after another. */
  readonly turns: Turns = new Turns()
  readonly recency: Recency = new Recency()
  private closed = false
  private readonly live = new Map<string, WeakRef<D>>()
  /** Those in use. */
  private readonly held = new Set<D>()
  private readonly dropped = new FinalizationRegistry<string>(key => {
    if (this.live.get(key)?.deref() === undefined) this.live.delete(key)
  })

  constructor(
    collection: string,
    adapter: Adapter,
    rules: Rules,
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
  put(document: D): void {
    const key = idKey(document.id)
    this.live.set(key, new WeakRef(document))
    this.dropped.register(document, key)
  }

  /** Keeps a document alive, or no longer. */
  hold(document: D, inUse: boolean): void {
    if (inUse) this.held.add(document)
    else this.held.delete(document)
  }

  /** All that somebody still has. O(n). */
  all(): D[] {
    return [...this.live.values()]
      .map(ref => ref.deref())
      .filter(document => document !== undefined)
  }

  /** Those in use right now. */
  inUse(): D[] {
    return [...this.held]
  }

  assertOpen(): void {
    if (!this.closed) return
    throw new CowslipError(
      'closed',
      `Expected an open collection "${this.collection}". Received a call after \`close()\`.`,
      { what: `collection "${this.collection}"` },
    )
  }

  close(): void {
    this.closed = true
  }

  /** Refuses changes of `_id` and of what the adapter keeps for itself. */
  assertMutable(op: ObjectOp, name: DocumentName): void {
    for (const key of ['_id', ...(this.adapter.reserved ?? [])]) {
      if (!op.keys.has(key)) continue
      throw new CowslipError(
        'immutable-field',
        `Expected "${key}" of ${tell(name)} to stay as it is. Received a change of it. Insert another ` +
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
    return this.takeIn(document, false)
  }

  /** A snapshot of a document that was read. */
  ingestRead(document: object): Immutable<T> {
    const { capabilities } = this.adapter
    if (capabilities.handsOver === true && freezeDecoded(document, this.rules.leaves)) {
      return document as Immutable<T>
    }
    return this.takeIn(document, true)
  }

  private takeIn(document: object, decoded: boolean): Immutable<T> {
    const intake = { ...this.rules, decoded, finishDraft: readLiveDraft }
    return ingest(document, intake, () => []) as Immutable<T>
  }
}
