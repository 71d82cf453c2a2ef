/**
 * Events as an async iterator: what comes between two reads is kept. It listens from the call until
 * `return()` (the end of a `for await`) or the abort of `signal`, after which it gives what it kept.
 * A reader that stops reading without either keeps every event, so end it.
 */
export function eventStream<E>(
  listen: (listener: (event: E) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<E> {
  const kept: E[] = []
  const waiting: ((result: IteratorResult<E>) => void)[] = []
  let stop: (() => void) | null = null
  let ended = false

  const end = (): void => {
    if (ended) return
    ended = true
    stop?.()
    signal?.removeEventListener('abort', end)
    for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  if (signal?.aborted) end()
  else {
    signal?.addEventListener('abort', end, { once: true })
    stop = listen(event => {
      const resolve = waiting.shift()
      if (resolve === undefined) kept.push(event)
      else resolve({ done: false, value: event })
    })
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const value = kept.shift()
      if (value !== undefined) return Promise.resolve({ done: false, value })
      if (ended) return Promise.resolve({ done: true, value: undefined })
      return new Promise(resolve => waiting.push(resolve))
    },
    return() {
      kept.length = 0
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}
