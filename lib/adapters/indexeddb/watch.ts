// Watches a database by its journal. Writes of this tab wake its watchers at once, those of other tabs by a message. A tab
// that ends between its commit and its message is noticed by looking once in a second.
import type { WatchEvent, WatchOptions } from '../contract-watch.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import type { Connection } from './database.ts'
import { isPosition, readEnd, readSince, type JournalEntry, type Position } from './journal.ts'

const LOOK_MS = 1_000

/** Watches one database. */
export class JournalWatch {
  private readonly connection: Connection
  private readonly codecOf: (collection: string) => DocumentCodec
  private readonly sleepers = new Set<() => void>()
  private channel: BroadcastChannel | null = null
  private isClosed = false

  constructor(connection: Connection, codecOf: (collection: string) => DocumentCodec) {
    this.connection = connection
    this.codecOf = codecOf
  }

  /** Lets the watchers of all tabs read the journal now. */
  tell(): void {
    this.wake()
    // A channel does not hear its own messages.
    this.join()?.postMessage(null)
  }

  private readonly wake = (): void => {
    for (const wake of this.sleepers) wake()
  }

  /** Ends all watches. */
  close(): void {
    this.isClosed = true
    this.wake()
    this.channel?.close()
    globalThis.document?.removeEventListener('visibilitychange', this.wake)
  }

  /** Yields the writes of all tabs: see `Adapter.watch`. */
  async *watch({ collections, resumeToken, signal }: WatchOptions): AsyncGenerator<WatchEvent> {
    const { connection } = this
    this.join()
    let position: Position = isPosition(resumeToken) ? resumeToken : await connection.read(readEnd)
    yield { kind: 'begun', resumeToken: position }
    // Nobody knows what a token of another kind has seen.
    if (resumeToken !== undefined && !isPosition(resumeToken)) {
      yield { kind: 'reset', resumeToken: position }
    }
    for (;;) {
      if (this.isOver(signal)) return
      const sleep = this.sleep(signal)
      try {
        const from = position
        const next = await connection.read(access => readSince(access, from))
        position = next.position
        if (next.writes === null) yield { kind: 'reset', resumeToken: position }
        for (const { entry, position: at } of next.writes ?? []) {
          if (collections.includes(entry[0])) yield this.eventOf(entry, at)
        }
        if (next.isEnd) await sleep.ended
      } catch (error) {
        if (this.isOver(signal)) return
        throw error
      } finally {
        sleep.end()
      }
    }
  }

  private isOver(signal: AbortSignal | undefined): boolean {
    return this.isClosed || signal?.aborted === true
  }

  private eventOf(
    [collection, id, version, commitId]: JournalEntry,
    resumeToken: Position,
  ): WatchEvent {
    const kind = version === 0 ? 'delete' : version === 1 ? 'insert' : 'update'
    const decoded = this.codecOf(collection).decodeId(id)
    return { kind, collection, id: decoded, version, commitId, resumeToken }
  }

  /** Begins to sleep before the journal is read, so that nothing is missed in between. */
  private sleep(signal: AbortSignal | undefined): {
    readonly ended: Promise<void>
    readonly end: () => void
  } {
    let end = (): void => {}
    const ended = new Promise<void>(resolve => (end = resolve))
    const timer = setTimeout(end, LOOK_MS)
    ;(timer as { unref?: () => void }).unref?.()
    signal?.addEventListener('abort', end)
    this.sleepers.add(end)
    return {
      ended,
      end: () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        this.sleepers.delete(end)
      },
    }
  }

  private join(): BroadcastChannel | null {
    if (this.channel !== null || this.isClosed || typeof BroadcastChannel === 'undefined') {
      return this.channel
    }
    this.channel = new BroadcastChannel(`cowslip ${this.connection.name}`)
    this.channel.onmessage = this.wake
    globalThis.document?.addEventListener('visibilitychange', this.wake)
    ;(this.channel as { unref?: () => void }).unref?.()
    return this.channel
  }
}
