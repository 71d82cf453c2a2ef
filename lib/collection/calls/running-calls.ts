// The calls of one collection that are under way, for `close`.

/** The calls under way. */
export class RunningCalls {
  private readonly calls = new Set<Promise<unknown>>()

  /** Notes a call until it settles. Returns it. */
  track<R>(call: Promise<R>): Promise<R> {
    this.calls.add(call)
    const drop = (): void => void this.calls.delete(call)
    call.then(drop, drop)
    return call
  }

  /** Resolves when all calls have settled that are under way now. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.calls)
  }
}
