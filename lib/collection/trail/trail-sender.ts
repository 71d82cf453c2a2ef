// Sends the commits of a collection with an audit or an outbox, each with the writes beside it in one transaction. Commits of
// different documents that are ready together share a transaction; where one of them cannot be applied, each is sent by
// itself. A commit that nothing accompanies is sent as it is.
import type { Adapter, CallOptions, Commit, CommitResult } from '../../adapters/contract.ts'
import { GroupSender, type CommitSender } from '../calls/group-sender.ts'
import { settleTransaction } from '../calls/settle-transaction.ts'
import type { Trail } from './trail.ts'

interface Waiting {
  readonly commit: Commit
  readonly options: CallOptions
  readonly resolve: (result: CommitResult | Promise<CommitResult>) => void
}

/** The greatest number of commits in one transaction. */
const MAX_TOGETHER = 100

/** Sends the commits of one collection with a trail. */
export class TrailSender implements CommitSender {
  private readonly adapter: Adapter
  private readonly trail: Trail
  private readonly plain: GroupSender
  private waiting: Waiting[] = []

  constructor(trail: Trail) {
    this.adapter = trail.adapter
    this.trail = trail
    this.plain = new GroupSender(trail.adapter)
  }

  send(commit: Commit, options: CallOptions): Promise<CommitResult> {
    return new Promise(resolve => {
      this.waiting.push({ commit, options, resolve })
      if (this.waiting.length === 1) queueMicrotask(() => this.flush())
    })
  }

  async resolve(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const all = await this.allAgain(commit, options)
    if (all.length === 1) {
      return (
        (await this.plain.resolve(commit, options)) ?? {
          status: 'unknown',
          commitId: commit.commitId,
        }
      )
    }
    const unknown = all.map((): CommitResult => ({ status: 'unknown', commitId: commit.commitId }))
    const leftMS = options.timeoutMS ?? 30_000
    const [result] = await settleTransaction(this.adapter, all, [], unknown, { leftMS })
    // The id is taken, as the storage says when it is asked to insert once more.
    if (result?.status === 'conflict' && commit.kind === 'insert') {
      return this.sendAlone(commit, options).catch(() => result)
    }
    return this.note(commit, result)
  }

  private flush(): void {
    const all = this.waiting.splice(0)
    for (let at = 0; at < all.length; at += MAX_TOGETHER) {
      void this.sendTogether(all.slice(at, at + MAX_TOGETHER))
    }
  }

  private async sendTogether(group: readonly Waiting[]): Promise<void> {
    const results = group.length === 1 ? null : await this.tryTogether(group)
    group.forEach(({ commit, options, resolve }, i) => {
      const result = results?.[i]
      if (result === undefined) resolve(this.sendAlone(commit, options))
      else if (result.status === 'unknown') resolve(this.resolve(commit, options))
      else resolve(result)
    })
  }

  /** Sends commits in one transaction. Null: not all of them could be applied, so none was. */
  private async tryTogether(group: readonly Waiting[]): Promise<CommitResult[] | null> {
    const timeoutMS = Math.max(...group.map(({ options }) => options.timeoutMS ?? Infinity))
    const options = timeoutMS < Infinity ? { timeoutMS } : {}
    const commits = group.map(({ commit }) => commit)
    try {
      const beside = await Promise.all(commits.map(each => this.trail.writesBeside(each, options)))
      if (beside.flat().length === 0) return null
      const all = [...commits, ...beside.flat()]
      const results = await this.adapter.transaction?.(all, [], options)
      if (results === undefined) return null
      const isSettled = results.every(
        ({ status }) => status === 'committed' || status === 'unknown',
      )
      return isSettled ? commits.map((commit, i) => this.note(commit, results[i])) : null
    } catch {
      // Sent alone, the one at fault hears of it. What was applied all the same is found by its commit id.
      return null
    }
  }

  private async sendAlone(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const all = await this.allAgain(commit, options)
    if (all.length === 1) return this.plain.send(commit, options)
    const [result] = (await this.adapter.transaction?.(all, [], options)) ?? []
    return this.note(commit, result)
  }

  /** Returns a commit and the writes beside it, made anew. */
  private async allAgain(commit: Commit, options: CallOptions): Promise<readonly Commit[]> {
    this.trail.renew(commit)
    return [commit, ...(await this.trail.writesBeside(commit, options))]
  }

  private note(commit: Commit, result: CommitResult | undefined): CommitResult {
    if (result?.status === 'committed') this.trail.noteStored(commit)
    return result ?? { status: 'unknown', commitId: commit.commitId }
  }
}
