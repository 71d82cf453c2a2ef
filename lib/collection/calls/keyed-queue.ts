// The queues of everything that is sent to the adapter, one for each document. The identity map owns one
// KeyedQueue: writes of a document, and the reads that must not overtake them, take turns in it.

/** Drops the result of a task: the next one only waits for its end. */
const ignore = (): void => {}

/** Runs the tasks of each key one after another, in the order of the calls. An idle key costs nothing. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>()

  /** Whether a task of this key runs or waits. */
  isBusy(key: string): boolean {
    return this.tails.has(key)
  }

  /** Runs `task` after the earlier ones of this key. A task that fails does not stop the next one. */
  run<R>(key: string, task: () => Promise<R>): Promise<R> {
    const result = (this.tails.get(key) ?? Promise.resolve()).then(task)
    const tail = result.then(ignore, ignore).then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    })
    this.tails.set(key, tail)
    return result
  }

  /** Waits for a turn, and keeps it until the returned function is called. */
  async acquire(key: string): Promise<() => void> {
    return new Promise(begun => {
      void this.run(key, () => new Promise<void>(end => begun(end)))
    })
  }
}
