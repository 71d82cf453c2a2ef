// Group commit of transactions: those that are ready together, and touch different documents, share one transaction of the
// server, for each costs a turn of the journal. Where not all of it can be applied, none is, and each is sent by itself.
import type { CallOptions, Commit, CommitResult, TransactionRead } from '../../contract.ts'
import { idKey } from '../../ids.ts'
import { Gatherer, takeFitting } from '../gatherer.ts'
import { joinLimits } from '../time-limits.ts'

/** Sends the commits of a transaction, all or none. */
export type SendAll = (
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
  options: CallOptions,
) => Promise<CommitResult[]>

interface Waiting {
  readonly commits: readonly Commit[]
  /** The documents that it touches. */
  readonly keys: readonly string[]
  readonly options: CallOptions
  readonly resolve: (results: CommitResult[] | Promise<CommitResult[]>) => void
}

/** The number of commits in one group; a transaction that has more is sent by itself. */
const MAX_COMMITS = 128

/** Sends transactions in groups: see the head of this file. */
export class TransactionSender {
  private readonly sendAll: SendAll
  private readonly gatherer = new Gatherer<Waiting>(takeGroup, group => this.sendGroup(group))

  constructor(sendAll: SendAll) {
    this.sendAll = sendAll
  }

  /** Sends a transaction. One that reads, or takes place within a session of the caller's, is sent as it is. */
  async send(
    commits: readonly Commit[],
    reads: readonly TransactionRead[],
    options: CallOptions,
  ): Promise<CommitResult[]> {
    if (reads.length > 0 || commits.length === 0 || options.session !== undefined) {
      return this.sendAll(commits, reads, options)
    }
    const keys = commits.map(({ collection, id }) => `${collection} ${idKey(id)}`)
    return new Promise(resolve => this.gatherer.add({ commits, keys, options, resolve }))
  }

  private async sendGroup(group: readonly Waiting[]): Promise<void> {
    const together = group.length === 1 ? null : await this.trySend(group)
    if (together !== null) {
      let at = 0
      for (const { commits, resolve } of group) {
        resolve(together.slice(at, at + commits.length))
        at += commits.length
      }
      return
    }
    const alone = group.map(({ commits, options, resolve }) => {
      const sent = this.sendAll(commits, [], options)
      resolve(sent)
      return sent
    })
    await Promise.allSettled(alone)
  }

  /** Returns the results of a group; null: nothing of it was applied. */
  private async trySend(group: readonly Waiting[]): Promise<CommitResult[] | null> {
    const limits = joinLimits(group.map(({ options }) => options))
    const commits = group.flatMap(waiting => waiting.commits)
    try {
      const results = await this.sendAll(commits, [], limits)
      const isSettled = results.every(
        ({ status }) => status === 'committed' || status === 'unknown',
      )
      return isSettled ? results : null
    } catch {
      // Sent by itself, the one at fault hears of it. What was applied all the same is found by its commit ids.
      return null
    }
  }
}

/** Takes transactions of different documents, until they are many. */
function takeGroup(waiting: Waiting[]): readonly Waiting[] {
  const touched = new Set<string>()
  let count = 0
  return takeFitting(waiting, MAX_COMMITS, ({ keys }) => {
    if (count > 0 && count + keys.length > MAX_COMMITS) return false
    if (keys.some(key => touched.has(key))) return false
    for (const key of keys) touched.add(key)
    count += keys.length
    return true
  })
}
