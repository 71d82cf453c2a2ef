// The deletes of one adapter whose events have not come yet. The event of a delete has no books, so that the commit which
// made it is known only here.
import type { Commit } from '../contract.ts'
import { idKey } from '../ids.ts'

/** The number of deletes that are remembered while their events do not come. */
const MAX_DELETES = 1_000

/** Remembers deletes until their events come. */
export class OwnDeletes {
  /** The number of watches under way: without any, nothing is remembered. */
  watchers = 0
  private readonly commitIds = new Map<string, string>()

  /** Notes a delete that is sent now: its event may come before its answer. */
  note({ kind, collection, id, commitId }: Commit): void {
    if (kind !== 'delete' || this.watchers === 0) return
    const [oldest] = this.commitIds.keys()
    if (this.commitIds.size >= MAX_DELETES) this.commitIds.delete(oldest as string)
    this.commitIds.set(keyOf(collection, id), commitId)
  }

  /** Forgets a delete that was not applied. */
  forget({ kind, collection, id }: Commit): void {
    if (kind === 'delete') this.commitIds.delete(keyOf(collection, id))
  }

  /** Returns the commit of a delete whose event has come; null: another writer made it. */
  take(collection: string, id: unknown): string | null {
    const key = keyOf(collection, id)
    const commitId = this.commitIds.get(key) ?? null
    this.commitIds.delete(key)
    return commitId
  }
}

const keyOf = (collection: string, id: unknown): string => `${collection} ${idKey(id)}`
