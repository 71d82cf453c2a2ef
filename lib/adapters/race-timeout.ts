// The one race between work and a time limit, for adapters and collections.

/**
 * The longest time of Node's timers and of MongoDB's limits, in milliseconds. A longer limit counts as
 * none.
 */
export const MAX_TIMEOUT_MS: number = 2 ** 31 - 1

/**
 * Settles as `work` does, or rejects with the result of `late` once `timeoutMS` is over or the signal
 * aborts. The work is not cancelled; its later result is dropped.
 */
export function raceTimeout<R>(
  work: Promise<R>,
  timeoutMS: number,
  late: () => unknown,
  signal?: AbortSignal,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    let forget = (): void => {}
    const refuse = (): void => {
      stop()
      reject(late())
    }
    const timer =
      timeoutMS > MAX_TIMEOUT_MS ? undefined : setTimeout(refuse, Math.max(0, timeoutMS))
    const stop = (): void => {
      clearTimeout(timer)
      forget()
    }
    work.then(
      result => {
        stop()
        resolve(result)
      },
      (error: unknown) => {
        stop()
        reject(error)
      },
    )
    if (signal?.aborted) refuse()
    else if (signal !== undefined) forget = onAbort(signal, refuse)
  })
}

/** Callbacks by signal: many calls may share one, and it takes one listener for all of them. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls `callback` when a signal aborts. Returns a function that ends this. */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let all = waiting.get(signal)
  if (all === undefined) {
    const own = (all = new Set<() => void>())
    waiting.set(signal, own)
    signal.addEventListener('abort', () => own.forEach(each => each()), { once: true })
  }
  const own = all
  own.add(callback)
  return () => void own.delete(callback)
}
