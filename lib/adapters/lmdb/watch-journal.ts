// Watches an LMDB store by its journal. Writes of this process wake the watchers at once. Those of other processes are
// found by reading the journal again: every 25 ms, or when the file system tells that the file has changed, which it
// does not promise.
import { watch as watchFile, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import type { WatchEvent, WatchOptions } from '../contract-watch.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import { readPositions, readSince } from './journal.ts'
import type { JournalEntry } from './journal-order.ts'
import type { Database } from './layout.ts'

const POLL_MS = 25
/** The time in which changes of the file count as one, in milliseconds. */
const HINT_MS = 2

/** Resolves when the store can be used, to the codec of a collection. */
type Ready = (collection: string | null) => Promise<DocumentCodec | null>

/** Watches one LMDB store. */
export class JournalWatch {
  private readonly path: string
  private database: Database
  private readonly ready: Ready
  /** Wakes the watchers that wait for writes, by the collections that they watch. */
  private readonly sleepers = new Map<() => void, readonly string[]>()
  private hint: NodeJS.Timeout | null = null
  private watching = 0
  private files: FSWatcher | null = null
  private isClosed = false

  constructor(path: string, database: Database, ready: Ready) {
    this.path = path
    this.database = database
    this.ready = ready
  }

  /** Goes on with another database. */
  use(database: Database): void {
    this.database = database
  }

  /** Lets the watchers read the journal now: all, or those of some collections. */
  wake(written?: ReadonlySet<string>): void {
    for (const [wake, collections] of this.sleepers) {
      if (written === undefined || collections.some(name => written.has(name))) wake()
    }
  }

  /** The file has changed: by this process, which wakes its watchers itself, or by another one. */
  private noteFileChange(): void {
    this.hint ??= setTimeout(() => {
      this.hint = null
      this.wake()
    }, HINT_MS).unref()
  }

  /** Ends all watches. */
  close(): void {
    this.isClosed = true
    this.wake()
  }

  /** Yields the writes of all processes: see `Adapter.watch`. */
  async *watch({ collections, resumeToken, signal }: WatchOptions): AsyncGenerator<WatchEvent> {
    this.database.resetReadTxn()
    const positions = isPositions(resumeToken) ? { ...resumeToken } : readPositions(this.database)
    this.begin()
    try {
      yield { kind: 'begun', resumeToken: { ...positions } }
      // Nobody knows what a token of another kind has seen.
      if (resumeToken !== undefined && !isPositions(resumeToken)) {
        yield { kind: 'reset', resumeToken: { ...positions } }
      }
      for (;;) {
        await this.ready(null)
        if (this.isClosed || signal?.aborted === true) return
        this.database.resetReadTxn()
        const before = { ...positions }
        const entries = readSince(this.database, positions, collections)
        const after = { ...positions }
        if (entries === null) yield { kind: 'reset', resumeToken: after }
        for (const [i, entry] of entries?.entries() ?? []) {
          const isLast = i + 1 === entries?.length
          yield await this.toEvent(entry, isLast ? after : before)
        }
        if (entries?.length === 0) await this.sleep(collections, signal)
      }
    } finally {
      this.end()
    }
  }

  private async toEvent(
    { collection, id, version, commitId }: JournalEntry,
    resumeToken: unknown,
  ): Promise<WatchEvent> {
    const codec = (await this.ready(collection)) as DocumentCodec
    const kind = version === 0 ? 'delete' : version === 1 ? 'insert' : 'update'
    return { kind, collection, id: codec.decodeId(id), version, commitId, resumeToken }
  }

  private sleep(collections: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        this.sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, POLL_MS)
      timer.unref()
      signal?.addEventListener('abort', wake)
      this.sleepers.set(wake, collections)
    })
  }

  private begin(): void {
    if (this.watching++ > 0) return
    try {
      this.files = watchFile(join(this.path, 'data.mdb'), { persistent: false }, () =>
        this.noteFileChange(),
      )
      this.files.on('error', () => {})
    } catch {
      // Reading every 25 ms does without.
    }
  }

  private end(): void {
    if (--this.watching > 0) return
    this.files?.close()
    this.files = null
  }
}

function isPositions(token: unknown): token is Record<string, number> {
  if (typeof token !== 'object' || token === null || Array.isArray(token)) return false
  return Object.values(token).every(Number.isSafeInteger)
}
