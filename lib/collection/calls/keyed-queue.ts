/** What a task leaves behind: only that it has ended. */
const ignore = (): void => {}

/** Runs tasks of one key one after another, in the order of their calls. A key that is idle costs nothing. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>()

  /** Whether a task of this key runs or waits. */
  isBusy(key: string): boolean {
    return this.tails.has(key)
  }

  /** Runs `task` when those of this key before it have ended; what it throws is its own. */
  run<R>(key: string, task: () => Promise<R>): Promise<R> {
    const result = (this.tails.get(key) ?? Promise.resolve()).then(task)
    const tail = result.then(ignore, ignore).then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    })
    this.tails.set(key, tail)
    return result
  }

  /** Waits for a turn and keeps it until the result is called. */
  async acquire(key: string): Promise<() => void> {
    return new Promise(begun => {
      void this.run(key, () => new Promise<void>(end => begun(end)))
    })
  }
}
