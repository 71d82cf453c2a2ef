// Tells the writes of one process to those who watch, for adapters whose storage does not tell them itself.
import type { WatchedWrite, WatchEvent, WatchOptions } from './contract-watch.ts'

/** The number of writes that wait for a slow watcher. */
const MAX_WAITING = 10_000

interface Watcher {
  readonly collections: readonly string[]
  waiting: WatchEvent[]
  wake: () => void
}

/** Tells the writes of one process to watchers. */
export class WatchFeed {
  private readonly watchers = new Set<Watcher>()
  private isClosed = false

  /** Tells a write to all who watch its collection. O(watchers). */
  publish(write: WatchedWrite): void {
    for (const watcher of this.watchers) {
      if (!watcher.collections.includes(write.collection)) continue
      watcher.waiting.push({ ...write, resumeToken: null })
      if (watcher.waiting.length > MAX_WAITING) watcher.waiting = [RESET]
      watcher.wake()
    }
  }

  /** Ends all watches, after the writes that wait. */
  close(): void {
    this.isClosed = true
    for (const { wake } of this.watchers) wake()
  }

  /** Yields what is published from the first step on: see `Adapter.watch`. */
  async *watch({ collections, resumeToken, signal }: WatchOptions): AsyncGenerator<WatchEvent> {
    const watcher: Watcher = { collections, waiting: [], wake: () => {} }
    const wake = (): void => watcher.wake()
    this.watchers.add(watcher)
    signal?.addEventListener('abort', wake)
    try {
      yield { kind: 'begun', resumeToken: null }
      // Nothing is kept of earlier watches.
      if (resumeToken !== undefined) yield RESET
      for (;;) {
        yield* watcher.waiting.splice(0)
        if (watcher.waiting.length > 0) continue
        if (this.isClosed || signal?.aborted === true) return
        await new Promise<void>(resolve => (watcher.wake = resolve))
      }
    } finally {
      signal?.removeEventListener('abort', wake)
      this.watchers.delete(watcher)
    }
  }
}

const RESET: WatchEvent = Object.freeze({ kind: 'reset', resumeToken: null })
