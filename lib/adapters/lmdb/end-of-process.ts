// Ends a process that exits while writes to LMDB are under way. Node waits for the threads of its pool then, and the one that
// writes waits for a callback of ours that will never run, with the lock of the store in its hand: the process would hang,
// and every other writer with it. A kill is safe for what is stored: LMDB drops the transaction, and others go on.
import { isMainThread } from 'node:worker_threads'

let underWay = 0

/** Notes that a write is under way, until the returned function is called. */
export function noteWrite(): () => void {
  // Added anew each time, so that it is the last listener: those of the application run before.
  if (underWay++ === 0 && isMainThread) {
    process.on('exit', endNow)
    process.on('uncaughtExceptionMonitor', tellError)
  }
  return () => {
    if (--underWay > 0) return
    process.off('exit', endNow)
    process.off('uncaughtExceptionMonitor', tellError)
  }
}

/** Prints what Node prints after the listeners of `exit`. */
function tellError(error: unknown): void {
  if (process.listenerCount('uncaughtException') === 0) console.error(error)
}

function endNow(): void {
  console.error(
    'The process exits while writes to LMDB are under way, so it is killed: else it would hang. Await them, or `close()` ' +
      'of the adapter, before `process.exit()`.',
  )
  process.kill(process.pid, 'SIGKILL')
}
