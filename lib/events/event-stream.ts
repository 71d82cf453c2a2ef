import type { MissedEvent } from './types.ts'

/** How an event stream is read. */
export interface EventsOptions {
  /** Ends the stream, after what it kept. */
  readonly signal?: AbortSignal
  /** How many events are kept for a reader that falls behind; 1,024 by default. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 1_024

/**
 * Events as an async iterator: what comes between two reads is kept, up to `limit`. Beyond it the oldest are
 * dropped, and the next read says so with one event `{ type: 'missed', count }`. The stream listens from the
 * call until `return()` (the end of a `for await`) or the abort of `signal`, after which it gives what it kept.
 */
export function createEventStream<E>(
  listen: (listener: (event: E) => void) => () => void,
  { signal, limit = DEFAULT_LIMIT }: EventsOptions,
): AsyncIterableIterator<E | MissedEvent> {
  type Result = IteratorResult<E | MissedEvent>
  const kept: E[] = []
  const waiting: ((result: Result) => void)[] = []
  let stop: (() => void) | null = null
  let ended = false
  let missed = 0

  const end = (): void => {
    if (ended) return
    ended = true
    stop?.()
    signal?.removeEventListener('abort', end)
    for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  const keep = (event: E): void => {
    kept.push(event)
    if (kept.length <= limit) return
    kept.shift()
    missed++
  }

  const take = (): E | MissedEvent | undefined => {
    if (missed === 0) return kept.shift()
    const event: MissedEvent = Object.freeze({ type: 'missed', count: missed })
    missed = 0
    return event
  }

  if (signal?.aborted) end()
  else {
    signal?.addEventListener('abort', end, { once: true })
    stop = listen(event => {
      const resolve = waiting.shift()
      if (resolve === undefined) keep(event)
      else resolve({ done: false, value: event })
    })
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const value = take()
      if (value !== undefined) return Promise.resolve({ done: false, value })
      if (ended) return Promise.resolve({ done: true, value: undefined })
      return new Promise<Result>(resolve => waiting.push(resolve))
    },
    return() {
      kept.length = 0
      missed = 0
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}
