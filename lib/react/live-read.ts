// A read of a collection that is kept up to date: it is read again after each write that the storage tells of, one read at a
// time. Components that ask the same share one.
import { listenToWrites } from '../collection/watch/collection-watch.ts'

/** A read as components see it. */
export interface ReadState<R> {
  readonly status: 'loading' | 'ready' | 'error'
  /** The last answer; undefined before the first. */
  readonly value: R | undefined
  /** The error of the last read, or of a component's retry. */
  readonly error: unknown
}

/** How something is read, and followed between two reads. */
export interface Reading<R> {
  read(): Promise<R>
  /** Calls `changed` when what was read moves by itself. Returns a function that ends it. */
  follow(value: R, changed: () => void): () => void
}

/** The time that a read is kept which nobody looks at, in milliseconds. */
const KEEP_MS = 5_000

const LOADING: ReadState<never> = Object.freeze({
  status: 'loading',
  value: undefined,
  error: undefined,
})

/** A read that is kept up to date: see the head of this file. */
export class LiveRead<R> {
  private readonly collection: object
  private readonly reading: Reading<R>
  private readonly drop: () => void
  private readonly listeners = new Set<() => void>()
  private state: ReadState<R> = LOADING
  private isReading = false
  private isOld = true
  private stopWatch: (() => void) | null = null
  private stopFollowing: () => void = () => {}
  private timer: ReturnType<typeof setTimeout> | undefined
  /** Settles with the first answer. */
  readonly first: Promise<unknown>
  private settle: () => void = () => {}

  constructor(collection: object, reading: Reading<R>, drop: () => void) {
    this.collection = collection
    this.reading = reading
    this.drop = drop
    const first = new Promise<void>(resolve => {
      this.settle = () => {
        // React reads this, and does not suspend for an answer that is there.
        void Object.assign(first, { status: 'fulfilled', value: undefined })
        resolve()
      }
    })
    this.first = first
    this.dropSoon()
  }

  readonly snapshot = (): ReadState<R> => this.state

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener()
    clearTimeout(this.timer)
    if (this.listeners.size === 0) {
      this.stopWatch = listenToWrites(this.collection, () => this.readAgain())
      // Something may have been written while nobody looked.
      this.readAgain()
    }
    this.listeners.add(own)
    return () => {
      this.listeners.delete(own)
      if (this.listeners.size === 0) this.dropSoon()
    }
  }

  /** Begins to read, if that has not begun, for a component that waits for the answer. */
  begin(): void {
    if (this.state !== LOADING || this.isReading) return
    this.readAgain()
  }

  /** Reads again, once a read that is under way has its answer. */
  readAgain(): void {
    this.isOld = true
    if (!this.isReading) void this.readWhileOld()
  }

  private dropSoon(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      // A component that waits for the answer has no listener yet.
      if (this.isReading) return this.dropSoon()
      this.stopWatch?.()
      this.stopWatch = null
      this.stopFollowing()
      this.drop()
    }, KEEP_MS)
    ;(this.timer as { unref?: () => void }).unref?.()
  }

  private async readWhileOld(): Promise<void> {
    this.isReading = true
    while (this.isOld) {
      this.isOld = false
      try {
        const value = await this.reading.read()
        this.stopFollowing()
        this.stopFollowing = this.reading.follow(value, () => this.show(value))
        this.show(value)
      } catch (error) {
        this.tell({ status: 'error', value: this.state.value, error })
      }
      this.settle()
    }
    this.isReading = false
  }

  private show(value: R): void {
    this.tell({ status: 'ready', value, error: undefined })
  }

  private tell(state: ReadState<R>): void {
    this.state = Object.freeze(state)
    for (const listener of this.listeners) listener()
  }
}

const reads = new WeakMap<object, Map<string, LiveRead<any>>>()

/** Returns the read of a collection that has this key; a new one is made where there is none. */
export function liveReadOf<R>(
  collection: object,
  key: string,
  reading: () => Reading<R>,
): LiveRead<R> {
  const known = reads.get(collection) ?? new Map<string, LiveRead<any>>()
  reads.set(collection, known)
  let read = known.get(key)
  if (read === undefined) {
    read = new LiveRead<R>(collection, reading(), () => known.delete(key))
    known.set(key, read)
  }
  return read
}
