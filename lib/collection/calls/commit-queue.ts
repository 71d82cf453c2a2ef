// The queue of one document's edits. They run one after another, because each is made on the state that the
// one before left.

/** Runs tasks one after another. A task that fails does not stop the next one. */
export class CommitQueue {
  private tail: Promise<unknown> = Promise.resolve()
  private waiting = 0

  /** Whether nothing runs or waits. */
  get isIdle(): boolean {
    return this.waiting === 0
  }

  /** Runs `task` when those before it have ended. */
  run<R>(task: () => Promise<R>): Promise<R> {
    this.waiting++
    const result = this.tail.then(task).finally(() => this.waiting--)
    this.tail = result.catch(() => {})
    return result
  }

  /** Resolves when nothing runs or waits. */
  async settled(): Promise<void> {
    while (!this.isIdle) await this.tail
  }
}
