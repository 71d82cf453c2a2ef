// Events as an async iterator, for `for await (const event of store.events())`. Events that arrive between
// two reads wait in a bounded buffer.
import type { MissedEvent } from './types.ts'

/** Options of an event stream. */
export interface EventsOptions {
  /** Ends the stream when it aborts, after the events that wait. */
  readonly signal?: AbortSignal
  /** The number of events that wait for a slow reader; 1,024 by default. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 1_024

/**
 * Creates an async iterator over events. Up to `limit` events wait between two reads; beyond that the
 * oldest are dropped, and the next read yields one event `{ type: 'missed', count }`. The stream listens
 * from this call until `return()` (the end of a `for await`) or until `signal` aborts; after that it yields
 * the events that wait.
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
