// Lets inserts, deletes and the locks of transactions wait for the edits before them, and later edits for them.
// QueuedDocument extends this class with the edits themselves.
import type { StoredDocument } from '../../adapters/contract.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { CommitQueue } from '../calls/commit-queue.ts'
import { SyncedDocument } from './synced-document.ts'

/** A document with tasks that must have it for themselves. */
export abstract class ExclusiveDocument<T extends object> extends SyncedDocument<T> {
  /** The queue of such tasks, and of edits behind them; null: there was none yet. */
  private queue: CommitQueue | null = null
  /** Settles when no edit waits; null: none does. */
  protected turns: Promise<void> | null = null

  /** Notes that the document is used by something that must not lose it. */
  protected abstract changeUses(by: 1 | -1): void

  /** Runs a task when the edits and tasks before it have ended; later ones wait for it. */
  protected async runExclusive<R>(task: () => Promise<R>): Promise<R> {
    this.changeUses(1)
    try {
      return await this.enqueue(async () => {
        await this.turns
        this.identityMap.assertOpen()
        return task()
      })
    } finally {
      this.changeUses(-1)
    }
  }

  /** Runs a task when the tasks before it have ended; later ones wait for it. */
  protected enqueue<R>(task: () => Promise<R>): Promise<R> {
    this.queue ??= new CommitQueue()
    return this.queue.run(task)
  }

  protected get isQueueIdle(): boolean {
    return this.queue === null || this.queue.isIdle
  }

  /** Resolves when nothing runs or waits. */
  protected async waitUntilSettled(): Promise<void> {
    while (!this.isQueueIdle || this.turns !== null) {
      await this.queue?.settled()
      await this.turns
    }
  }

  /** Returns what was read as the next state, without moving to it. */
  peekStored(stored: StoredDocument): object {
    if (this.isSameAs(stored)) return this.storedState
    const next = this.identityMap.readState(stored)
    return diffSnapshots(this.storedState, next, this.store.rules)?.next ?? this.storedState
  }

  /** Waits for the edits before, and keeps later ones waiting until the returned function is called. */
  lock(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const turn = this.runExclusive(() => new Promise<void>(release => resolve(release)))
      turn.catch(reject)
    })
  }
}
