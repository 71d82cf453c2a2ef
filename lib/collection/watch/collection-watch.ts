// Watches the writes of others in one collection, while somebody listens to one of its documents or iterates over
// `watch()`. The adapter tells which document was written by which commit; the commits of this collection are known by
// their ids. Documents that others wrote are loaded, in portions, and told:
//
//   adapter.watch ──> commit of ours ──> nothing
//                 └─> of another ──> a live document?  yes: it loads itself, in its turn among its own writes
//                                                      no: loaded here, told with its state alone
//   live document moves to what it read ──> its listeners, and every stream
//
// While documents are loaded, further writes of one document count as one.
import { idKey } from '../../adapters/ids.ts'
import type { StoredDocument } from '../../adapters/contract.ts'
import type { WatchEvent } from '../../adapters/contract-watch.ts'
import type { ChangeSet } from '../../changes/change-set.ts'
import type { Immutable } from '../../document/types.ts'
import { createEventStream, type EventsOptions } from '../../events/event-stream.ts'
import { storageError } from '../calls/outcome.ts'
import { CowslipError } from '../../document/messages/errors.ts'
import type { MissedEvent } from '../../events/types.ts'
import type { IdOf } from '../id-of.ts'
import type { LiveDocument } from '../document/live-document.ts'
import type { DocumentWatch, IdentityMap } from '../identity-map.ts'
import type { WatchedEvent } from './watch-types.ts'

/** The number of documents that are loaded at once. */
const PORTION = 100
/** The number of written documents that may wait to be loaded. Beyond it everything held is loaded. */
const MAX_WAITING = 10_000
/** The pause before a watch that failed begins again, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 5_000
/** The time in which a live document that was written must be read, in milliseconds; doubled each time it was not. */
const FIRST_LIMIT_MS = 4_000

/** The writes of one document that are not told yet. */
interface Written {
  readonly id: unknown
  version: number | null
  /** The least version that was written, since it was deleted; null: none. */
  least: number | null
  wasInserted: boolean
  wasDeleted: boolean
}

type Listener<T> = (event: WatchedEvent<T>) => void

/** The watch of each collection. */
const watches = new WeakMap<object, CollectionWatch<any>>()

/**
 * Calls `ring` after each write of a collection, whoever made it, for those who then read again. Returns a function that ends it;
 * null where the adapter tells of no writes.
 */
export function listenToWrites(collection: object, ring: () => void): (() => void) | null {
  return watches.get(collection)?.addBell(ring) ?? null
}

/** Watches one collection: see the head of this file. */
export class CollectionWatch<T extends object> implements DocumentWatch<T> {
  private readonly identityMap: IdentityMap<T, LiveDocument<T>>
  private readonly streams = new Set<Listener<T>>()
  private watchers = 0
  /** Ends the watch under way; null: there is none. */
  private watching: AbortController | null = null
  private written = new Map<string, Written>()
  private isTelling = false
  /** The keys of the live documents that are loading themselves. */
  private readonly moving = new Set<string>()
  /** Ends all streams. */
  private readonly closing = new AbortController()

  /** Called after each write, by whoever it is. */
  private readonly bells = new Set<() => void>()

  constructor(collection: object, identityMap: IdentityMap<T, LiveDocument<T>>) {
    this.identityMap = identityMap
    watches.set(collection, this)
  }

  /** Tells of each write, by whoever: see `listenToWrites`. */
  addBell(ring: () => void): (() => void) | null {
    if (this.identityMap.adapter.watch === undefined) return null
    const own = (): void => ring()
    this.bells.add(own)
    this.retain()
    return () => {
      if (this.bells.delete(own)) this.release()
    }
  }

  private ring(): void {
    for (const bell of this.bells) bell()
  }

  /** Begins to watch for one more listener. */
  retain(): void {
    if (this.watchers++ > 0 || this.identityMap.adapter.watch === undefined) return
    this.watching = new AbortController()
    void this.run(this.watching.signal)
  }

  release(): void {
    if (--this.watchers > 0) return
    this.watching?.abort()
    this.watching = null
    this.written.clear()
  }

  /** Creates a stream of what others write, from now on. */
  stream(options: EventsOptions): AsyncIterableIterator<WatchedEvent<T>> {
    const closing = this.closing.signal
    const signal =
      options.signal === undefined ? closing : AbortSignal.any([options.signal, closing])
    const stream = createEventStream<Exclude<WatchedEvent<T>, MissedEvent>>(
      listener => {
        this.streams.add(listener as Listener<T>)
        this.retain()
        return () => {
          this.streams.delete(listener as Listener<T>)
          this.release()
        }
      },
      { ...options, signal },
    )
    // Where only this process writes, nothing can come once it has nothing else to do.
    if (!this.identityMap.adapter.capabilities.multiProcess) return stream
    return { ...stream, next: () => whileAlive(stream.next()) }
  }

  /** Ends all streams, and the watch. */
  close(): void {
    this.closing.abort()
    this.watching?.abort()
  }

  /** Tells the streams that a live document has moved to what another writer stored. */
  noteMoved(id: unknown, change: ChangeSet | null, state: Immutable<T>, wasDeleted: boolean): void {
    if (wasDeleted) this.tell({ type: 'inserted', id: id as IdOf<T>, state })
    else if (change !== null) this.tell({ type: 'change', id: id as IdOf<T>, change, state })
  }

  noteDeleted(id: unknown): void {
    this.tell({ type: 'deleted', id: id as IdOf<T> })
  }

  private tell(event: WatchedEvent<T>): void {
    if (this.streams.size === 0) return
    Object.freeze(event)
    for (const stream of this.streams) stream(event)
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { adapter, collection } = this.identityMap
    let resumeToken: unknown
    let isFirst = true
    let isLive = true
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        const options = { collections: [collection], signal, resumeToken }
        for await (const event of adapter.watch?.(options) ?? []) {
          if (signal.aborted) return
          pause = FIRST_PAUSE_MS
          if (!isLive) this.tell({ type: 'liveness', isLive: (isLive = true) })
          this.ring()
          // What was written before the watch began is not told by the adapter.
          if (event.kind !== 'begun') this.take(event)
          else if (resumeToken !== undefined) continue
          else if (isFirst) this.reloadLive()
          else this.reset()
          resumeToken = event.resumeToken
        }
        if (signal.aborted) return
        return this.close()
      } catch (error) {
        if (isClosed(error)) return this.close()
        if (signal.aborted) return
        if (isLive) this.noteInterrupted(storageError(error), resumeToken !== undefined)
        isLive = false
      }
      isFirst = false
      await new Promise(resolve => setTimeout(resolve, pause).unref?.())
    }
  }

  /** Tells the streams that nothing comes for now. Who only listens to documents hears of a watch that cannot begin. */
  private noteInterrupted(error: CowslipError, hasBegun: boolean): void {
    this.tell({ type: 'liveness', isLive: false, error })
    if (hasBegun) return
    for (const document of this.identityMap.listLive()) document.noteUnwatched(error)
  }

  private take(event: Exclude<WatchEvent, { kind: 'begun' }>): void {
    if (event.kind === 'reset') return this.reset()
    const { kind, id, version, commitId } = event
    if (commitId !== null && this.identityMap.ownCommits.has(commitId)) return
    const key = idKey(id)
    const known = this.written.get(key)
    const none = { id, version, least: null, wasInserted: false, wasDeleted: false }
    const written: Written = known ?? none
    written.version = version
    if (kind === 'delete') {
      Object.assign(written, { wasDeleted: true, wasInserted: false, least: null })
    } else {
      written.wasInserted ||= kind === 'insert'
      written.least ??= version
    }
    if (known === undefined) this.written.set(key, written)
    if (this.written.size > MAX_WAITING) return this.reset()
    if (!this.isTelling) void this.tellWritten()
  }

  private reset(): void {
    this.written.clear()
    this.tell({ type: 'reset' })
    this.reloadLive()
  }

  private reloadLive(): void {
    for (const document of this.identityMap.listLive()) void this.catchUp(document, null)
  }

  /** Lets a live document load itself, again and again if the storage does not answer. */
  private async catchUp(document: LiveDocument<T>, version: number | null): Promise<void> {
    const { watching } = this
    let limitMS = FIRST_LIMIT_MS
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        return await document.catchUp(version, limitMS)
      } catch (error) {
        limitMS *= 2
        if (isClosed(error) || watching === null || watching.signal.aborted) return
        if (isUnreadable(error)) return document.noteUnwatched(error)
      }
      await new Promise(resolve => setTimeout(resolve, pause).unref?.())
    }
  }

  /** Tells what was written, until nothing is left but documents that are on their way already. */
  private async tellWritten(): Promise<void> {
    this.isTelling = true
    // What comes in the same moment is loaded together.
    await Promise.resolve()
    try {
      for (;;) {
        const portion = this.takePortion()
        if (portion.length === 0 || this.watching === null) return
        await this.tellPortion(portion)
      }
    } finally {
      this.isTelling = false
    }
  }

  private takePortion(): Written[] {
    const portion: Written[] = []
    for (const [key, written] of this.written) {
      if (this.moving.has(key)) continue
      this.written.delete(key)
      portion.push(written)
      if (portion.length === PORTION) break
    }
    return portion
  }

  private async tellPortion(portion: readonly Written[]): Promise<void> {
    const unheld: Written[] = []
    for (const written of portion) {
      const live = this.identityMap.find(idKey(written.id))
      if (live === undefined) unheld.push(written)
      // A document may have to wait for its own writes; the others do not wait for it.
      else void this.tellLive(live, written)
    }
    if (this.streams.size > 0 && unheld.length > 0) await this.tellUnheld(unheld)
  }

  private async tellLive(live: LiveDocument<T>, written: Written): Promise<void> {
    const { version } = written
    const { key } = live
    // The document was read when some of this was stored already: its listeners know, the streams do not.
    const { least } = written
    if (least !== null && least <= live.firstVersion && live.status === 'stored')
      this.tellState(written, live.state)
    this.moving.add(key)
    await this.catchUp(live, written.wasDeleted ? null : version)
    this.moving.delete(key)
    if (this.written.size > 0 && !this.isTelling) void this.tellWritten()
  }

  private async tellUnheld(unheld: readonly Written[]): Promise<void> {
    const { adapter, collection } = this.identityMap
    const ids = unheld.map(({ id }) => id)
    let found: readonly (StoredDocument | null)[]
    try {
      found = await adapter.load(collection, ids, this.identityMap.atPrimary)
    } catch {
      // Nobody knows what they missed.
      return this.tell({ type: 'reset' })
    }
    for (const [i, written] of unheld.entries()) {
      const any = found[i] ?? null
      const stored = this.identityMap.ifVisible(any)
      if (written.wasDeleted || any !== stored) this.noteDeleted(written.id)
      if (stored !== null) this.tellStored(written, stored)
    }
  }

  private tellStored(written: Written, stored: StoredDocument): void {
    try {
      this.tellState(written, this.identityMap.readState(stored))
    } catch {
      // Whoever reads it hears why.
      this.tell({ type: 'reset' })
    }
  }

  private tellState({ id, wasInserted }: Written, state: Immutable<T>): void {
    if (wasInserted) this.tell({ type: 'inserted', id: id as IdOf<T>, state })
    else this.tell({ type: 'change', id: id as IdOf<T>, change: null, state })
  }
}

/** Keeps the process alive until a promise settles. */
async function whileAlive<R>(work: Promise<R>): Promise<R> {
  const timer = setInterval(() => {}, 1_000_000_000)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}

const isUnreadable = (error: unknown): error is CowslipError =>
  error instanceof CowslipError && error.code === 'unreadable'

const isClosed = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'closed'
