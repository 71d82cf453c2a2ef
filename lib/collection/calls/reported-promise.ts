// Promises of optimistic edits. A page often does not await them, so a rejection must neither end the process nor get
// lost: it is reported where nobody awaits the promise. `await` calls `then` of a subclass of Promise, which tells.

class ReportedPromise<R> extends Promise<R> {
  // What `then` returns is an ordinary promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  isAwaited = false

  override then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true
    return super.then(onFulfilled, onRejected)
  }
}

/** Settles as `work` does. A rejection that nobody awaits is no unhandled rejection: it goes to `report`. */
export function reportUnlessAwaited<R>(
  work: Promise<R>,
  report: (error: unknown) => void,
): Promise<R> {
  const promise = new ReportedPromise<R>((resolve, reject) => void work.then(resolve, reject))
  // Not by `catch`, which counts as awaiting.
  void Promise.prototype.then.call(promise, undefined, (error: unknown) => {
    // Who awaits several promises one after another comes a moment later.
    setTimeout(() => {
      if (!promise.isAwaited) report(error)
    }, 0)
  })
  return promise
}
