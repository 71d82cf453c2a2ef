// Sends commits of different documents together, for adapters with `commitMany`. Commits that are ready in the same
// moment, one from each document, become one call; a commit that is alone is sent as it is. Nothing waits for a timer:
// documents that were edited together are ready together.
import type { Adapter, CallOptions, Commit, CommitResult } from '../../adapters/contract.ts'

interface Waiting {
  readonly commit: Commit
  readonly options: CallOptions
  readonly resolve: (result: CommitResult | Promise<CommitResult>) => void
  readonly reject: (error: unknown) => void
}

/** The greatest number of commits in one call. */
const MAX_TOGETHER = 1_000

/** Sends the commits of one collection, and finds out what became of them. */
export interface CommitSender {
  /** Sends a commit, together with others that are ready now. No two of them may be of one document. */
  send(commit: Commit, options: CallOptions): Promise<CommitResult>
  /** Asks what became of a commit of unknown outcome. Undefined: there is no way to tell. */
  resolve(commit: Commit, options: CallOptions): Promise<CommitResult | undefined>
}

/** Sends commits as they are. */
export class GroupSender implements CommitSender {
  private readonly adapter: Adapter
  private waiting: Waiting[] = []

  constructor(adapter: Adapter) {
    this.adapter = adapter
  }

  send(commit: Commit, options: CallOptions): Promise<CommitResult> {
    if (this.adapter.commitMany === undefined) return this.adapter.commit(commit, options)
    return new Promise((resolve, reject) => {
      this.waiting.push({ commit, options, resolve, reject })
      if (this.waiting.length === 1) queueMicrotask(() => this.flush())
    })
  }

  async resolve(commit: Commit, options: CallOptions): Promise<CommitResult | undefined> {
    return this.adapter.resolve?.(commit, options)
  }

  private flush(): void {
    const all = this.waiting.splice(0)
    for (let at = 0; at < all.length; at += MAX_TOGETHER) {
      void this.sendTogether(all.slice(at, at + MAX_TOGETHER))
    }
  }

  private async sendTogether(group: readonly Waiting[]): Promise<void> {
    const [first] = group as readonly [Waiting]
    try {
      if (group.length === 1) {
        first.resolve(await this.adapter.commit(first.commit, first.options))
        return
      }
      const timeoutMS = Math.max(...group.map(({ options }) => options.timeoutMS ?? Infinity))
      const options = { ...first.options, ...(timeoutMS < Infinity && { timeoutMS }) }
      const commits = group.map(({ commit }) => commit)
      const results = await this.adapter.commitMany?.(commits, options)
      group.forEach(({ commit, resolve }, i) => {
        resolve(results?.[i] ?? { status: 'unknown', commitId: commit.commitId })
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
