// The outbox of a collection: events that applications give their edits (`meta.event`), written in the transaction of the
// change into a collection beside it, read in order, and removed when they were acted upon.
//
//   { _id: '<change>', doc: <id>, commit, kind, v: 7, by: '<program>', at, seq, event }
//
// `seq` is the time in microseconds, and rises within one program; the versions of a document rise within one life of it,
// from its insert to its delete.
import type { Adapter, Commit, CommitResult } from '../../adapters/contract.ts'
import type { IndexDefinition } from '../../adapters/contract-queries.ts'
import { idKey } from '../../adapters/ids.ts'
import { randomId } from '../../changes/random-id.ts'
import { ingest } from '../../document/ingest.ts'
import { acceptLiveDraft, type StoreRules } from '../../draft/strict/store-scope.ts'
import { raceTimeout } from '../../adapters/race-timeout.ts'
import { errorOfResult, storageError, unknownOutcomeError } from '../calls/outcome.ts'
import { resolveCommit } from '../../adapters/resolve-commit.ts'
import type { OutboxEvent } from './outbox-types.ts'
import { nextSequence, programId } from './sequence.ts'
import type { CommitPart } from './commit-part.ts'

/** The indexes of an outbox. */
export const OUTBOX_INDEXES: readonly IndexDefinition[] = [{ fields: { seq: 1 } }]

/** Returns the name of the collection that keeps an outbox. */
export const outboxName = (collection: string): string => `${collection}.outbox`

/** The number of events that are read at a time. */
const PORTION = 1_000

/** The pause before it is looked again, in milliseconds, where nothing tells of new events. */
const PAUSE_MS = 500

/** One event as it is stored. */
interface StoredEvent {
  readonly _id: string
  readonly doc: unknown
  readonly commit: string
  readonly kind: Commit['kind']
  readonly v: number
  readonly by: string
  readonly at: Date
  readonly seq: number
  readonly event: unknown
}

/** The outbox of one collection. */
export class Outbox {
  /** The collection that keeps the events. */
  readonly name: string
  private readonly adapter: Adapter
  private readonly rules: StoreRules
  private readonly limits: { readonly timeoutMS: number; readonly primary: true }

  constructor(adapter: Adapter, collection: string, rules: StoreRules, timeoutMS: number = 30_000) {
    this.name = outboxName(collection)
    this.limits = { timeoutMS, primary: true }
    this.adapter = adapter
    this.rules = rules
  }

  /** Returns the inserts of the events of a commit. */
  createEvents(commit: Commit, parts: readonly CommitPart[]): Commit[] {
    const { commitId, id: doc } = commit
    const guard = commit.kind === 'insert' || commit.guard === 'none' ? null : commit.guard
    const about = {
      doc,
      commit: commitId,
      kind: commit.kind,
      v: (guard?.version ?? 0) + 1,
      by: programId(),
    }
    return parts.flatMap(({ id, meta }) => {
      const event = (meta as { event?: unknown } | null | undefined)?.event
      if (event === undefined) return []
      const stored = { _id: id, ...about, at: new Date(), seq: nextSequence(), event }
      const rules = { ...this.rules, finishDraft: acceptLiveDraft }
      const next = ingest(stored, rules, () => ['meta']) as object
      return [{ kind: 'insert', collection: this.name, id, commitId: randomId(), next } as const]
    })
  }

  /** Returns the events that wait, in order, and then new ones as they come, until a signal aborts. */
  read(signals: AbortSignal[]): AsyncIterableIterator<OutboxEvent> {
    const stop = new AbortController()
    const events = this.each(AbortSignal.any([...signals, stop.signal]))
    const iterator: AsyncIterableIterator<OutboxEvent> = {
      next: () => events.next(),
      // A `next` that waits ends first.
      return: () => (stop.abort(), events.return(undefined)),
      throw: error => (stop.abort(), events.throw(error)),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  private async *each(signal: AbortSignal): AsyncGenerator<OutboxEvent, undefined> {
    const delivered = new Set<string>()
    const bell = new Bell(this.adapter, this.name, signal)
    try {
      while (!signal.aborted) {
        bell.reset()
        const found = await this.unlessAborted(this.readPortion(delivered), signal)
        if (found === null) return
        for (const event of found) {
          if (signal.aborted) return
          delivered.add(event._id)
          yield this.toEvent(event, delivered)
        }
        if (found.length === 0) await bell.rings()
      }
    } finally {
      bell.close()
    }
  }

  /** Resolves to null once the signal aborts. */
  private async unlessAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R | null> {
    try {
      return await raceTimeout(work, Infinity, () => null, signal)
    } catch (error) {
      if (signal.aborted) return null
      throw error
    }
  }

  private async readPortion(delivered: ReadonlySet<string>): Promise<StoredEvent[]> {
    const found: StoredEvent[] = []
    try {
      const query = { sort: { seq: 1 } } as const
      for await (const { doc } of this.adapter.find(this.name, query, this.limits)) {
        const { _id } = doc as StoredEvent
        if (!delivered.has(_id)) found.push(this.freeze(doc))
        if (found.length >= PORTION) break
      }
    } catch (error) {
      throw storageError(error)
    }
    return inOrder(found)
  }

  private freeze(doc: object): StoredEvent {
    const rules = { ...this.rules, decoded: true, finishDraft: acceptLiveDraft }
    return ingest(doc, rules, () => []) as StoredEvent
  }

  private toEvent({ _id: id, doc, at, event }: StoredEvent, delivered: Set<string>): OutboxEvent {
    const ack = async (): Promise<void> => {
      await this.remove(id)
      delivered.delete(id)
    }
    return Object.freeze({ id, event, document: doc, at, ack })
  }

  private async send(deletion: Commit): Promise<CommitResult> {
    const result = await this.adapter.commit(deletion, this.limits)
    return result.status === 'unknown' ? resolveCommit(this.adapter, deletion, this.limits) : result
  }

  private async remove(id: string): Promise<void> {
    const commit = { kind: 'delete', collection: this.name, id, commitId: randomId() } as const
    const deletion: Commit = { ...commit, guard: 'none' }
    const late = (): unknown => unknownOutcomeError({ collection: this.name, id }, commit.commitId)
    const { timeoutMS } = this.limits
    let result
    try {
      result = await raceTimeout(this.send(deletion), timeoutMS, late)
    } catch (error) {
      throw storageError(error)
    }
    if (result.status === 'rejected' || result.status === 'unknown') {
      throw errorOfResult({ collection: this.name, id }, result)
    }
  }
}

/**
 * Puts the events of each life of a document in the order of its versions, where clocks of several programs say otherwise. They
 * take the places that they have among those of other documents.
 */
function inOrder(events: readonly StoredEvent[]): StoredEvent[] {
  const lives = new Map<string, number[]>()
  const sorted = [...events]
  events.forEach((event, place) => {
    const key = idKey(event.doc)
    const places = lives.get(key) ?? []
    const life = places.map(each => sorted[each] as StoredEvent)
    if (life.length === 0 || beginsLife(event, life)) return void lives.set(key, [place])
    places.push(place)
    life.push(event)
    life.sort((one, other) => one.v - other.v)
    places.forEach((each, i) => (sorted[each] = life[i] as StoredEvent))
  })
  return sorted
}

/** Whether an event is of another life than those before it: a program writes what it stores in the order of the versions. */
function beginsLife({ kind, v, by, commit }: StoredEvent, life: readonly StoredEvent[]): boolean {
  if (kind === 'insert' && v === 1) return true
  return life.some(before => before.by === by && before.commit !== commit && before.v >= v)
}

/** Rings when there may be new events: when the storage tells of a write, else after a pause. */
class Bell {
  private readonly stop = new AbortController()
  private readonly signal: AbortSignal
  private ring: () => void = () => {}
  private rung: Promise<void> = Promise.resolve()

  constructor(adapter: Adapter, name: string, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.stop.signal])
    void this.listen(adapter, name)
  }

  reset(): void {
    this.rung = new Promise(resolve => (this.ring = resolve))
  }

  /** Resolves when something was written since `reset`, when the signal aborts, and after a pause at the latest. */
  async rings(): Promise<void> {
    const { signal } = this
    let timer: ReturnType<typeof setTimeout> | undefined
    let end = (): void => {}
    const pause = new Promise<void>(resolve => {
      end = resolve
      timer = setTimeout(resolve, PAUSE_MS)
      signal.addEventListener('abort', end, { once: true })
    })
    await Promise.race([this.rung, pause])
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }

  close(): void {
    this.stop.abort()
  }

  private async listen(adapter: Adapter, name: string): Promise<void> {
    try {
      const options = { collections: [name], signal: this.signal }
      for await (const _ of adapter.watch?.(options) ?? []) this.ring()
    } catch {
      // It is looked again after each pause.
    }
  }
}
