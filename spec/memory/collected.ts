/** Waits for what `weak` points to be collected. */
export async function collected(weak: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 30; i++) {
    // A reference that was read is kept to the end of its job.
    await new Promise(resolve => setTimeout(resolve, 2))
    globalThis.gc?.()
    if (weak.deref() === undefined) return true
  }
  return false
}
