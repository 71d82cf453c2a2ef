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
    const refuse = (): void => {
      stop()
      reject(late())
    }
    const timer =
      timeoutMS > MAX_TIMEOUT_MS ? undefined : setTimeout(refuse, Math.max(0, timeoutMS))
    const stop = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', refuse)
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
    else signal?.addEventListener('abort', refuse, { once: true })
  })
}
