// The writes of one adapter: each commit becomes one conditional operation, which goes out with others that are ready. If
// nothing matched, the stored document says why. After a lost reply the same operation is sent again, and recognised by
// its commit id.
import { CowslipError } from '../../../document/messages/errors.ts'
import type {
  CallOptions,
  Commit,
  CommitResult,
  StoredDocument,
  VersionGuard,
} from '../../contract.ts'
import { idKey } from '../../ids.ts'
import { showsNotApplied, versionOfCommit } from '../../ring.ts'
import type { MongoAccess } from '../access.ts'
import { BatchSender, type Write } from './batch-sender.ts'
import { outcomeOf } from '../errors.ts'
import { sendAlone, versionAfter } from './send-alone.ts'
import { joinLimits, limitTime } from '../time-limits.ts'
import type { Operation } from '../update/operations.ts'

/** The shortest time that one retry of a write of unknown outcome waits for its answer, in milliseconds. */
const MIN_RESOLVE_TIMEOUT_MS = 5_000

interface Reading {
  readonly id: unknown
  readonly limits: CallOptions
  readonly resolve: (stored: StoredDocument | null) => void
  readonly reject: (error: unknown) => void
}

/** Writes the commits of one adapter: see the head of this file. */
export class MongoWriter {
  private readonly access: MongoAccess
  private readonly batches: BatchSender
  private readonly createOperation: (commit: Commit) => Operation
  /** The documents that are read in this moment, by collection. */
  private readonly readings = new Map<string, Reading[]>()

  constructor(access: MongoAccess, createOperation: (commit: Commit) => Operation) {
    this.access = access
    this.batches = new BatchSender(access)
    this.createOperation = createOperation
  }

  /** Writes a commit once. Throws for what cannot be sent. */
  async write(commit: Commit, options: CallOptions): Promise<CommitResult> {
    return this.sendOnce({ commit, operation: this.createOperation(commit) }, options)
  }

  /** Sends the same operation again until the server answers, then judges by what is stored. */
  async resolve(commit: Commit, { timeoutMS = 0 }: CallOptions): Promise<CommitResult> {
    const end = Date.now() + (this.access.options.resolveMS ?? 30_000)
    // A short limit of the caller must not end this.
    const options = { timeoutMS: Math.max(timeoutMS, MIN_RESOLVE_TIMEOUT_MS) }
    const write = { commit, operation: this.createOperation(commit) }
    for (let pause = 20; ; pause = Math.min(2 * pause, 1_000)) {
      const answer = await this.sendAgain(write, options)
      const result = judgeAfterLostReply(answer, commit)
      if (result !== 'ask again') return result
      if (answer.status === 'conflict' && (await this.isUntouched(commit, options))) return answer
      if (Date.now() + pause > end) return { status: 'unknown', commitId: commit.commitId }
      await new Promise(resolve => setTimeout(resolve, pause))
    }
  }

  /**
   * Whether the primary has the document at the version that a commit expects, although it was answered with a clash:
   * then a program that knows no version wrote, and the commit was not applied.
   */
  private async isUntouched(commit: Commit, options: CallOptions): Promise<boolean> {
    const { collection, id } = commit
    if (commit.kind !== 'update') return false
    try {
      const found = await this.access.readStored(collection, [id], options, 'local')
      const stored = found.get(idKey(id))
      return stored !== undefined && isAsExpected(stored, commit.guard)
    } catch {
      return false
    }
  }

  /**
   * Sends a write again. One that no version guards could be applied twice, once its id has left the ring; so what is
   * stored is looked at first.
   */
  private async sendAgain(write: Write, options: CallOptions): Promise<CommitResult> {
    const { commit, operation } = write
    if (commit.kind === 'update' && operation.kind === 'update' && operation.isFree) {
      const { commitId } = commit
      let stored: StoredDocument | null
      try {
        stored = await this.readStored(commit, options)
      } catch (error) {
        return { status: 'unknown', commitId, error: error as Error }
      }
      const version = versionOfCommit(stored, commitId)
      if (version !== null) return { status: 'committed', version, commitId }
      if (stored !== null && !isAsExpected(stored, commit.guard)) {
        if (!showsNotApplied(stored, commit)) return { status: 'conflict', stored }
      }
    }
    return this.sendOnce(write, options)
  }

  private async sendOnce(write: Write, options: CallOptions): Promise<CommitResult> {
    const { commit } = write
    const { commitId } = commit
    try {
      const version = await this.sendFitting(write, options)
      if (version !== null) return { status: 'committed', version, commitId }
      return await this.explainNoMatch(commit, options)
    } catch (error) {
      if (error instanceof CowslipError && error.code !== 'timeout') throw error
      const outcome = outcomeOf(error, commitId)
      // An insert that is sent again meets itself.
      if (outcome.status !== 'rejected' || outcome.code !== 'duplicate') return outcome
      const stored = await this.readStored(commit, options).catch(() => null)
      return stored?.commitId === commitId
        ? { status: 'committed', version: stored.version, commitId }
        : outcome
    }
  }

  /** Sends a write and, where a parent of what it edits is no object, its fallback. */
  private async sendFitting(write: Write, options: CallOptions): Promise<number | null> {
    const { operation, commit } = write
    const fallback = operation.kind === 'update' ? operation.fallback : undefined
    if (fallback === undefined) return this.send(write, options)
    const version = await this.send(write, options).catch((error: unknown) => {
      const outcome = outcomeOf(error, commit.commitId)
      if (outcome.status === 'rejected' && outcome.code === 'path-not-viable') return null
      throw error
    })
    return version ?? this.send({ commit, operation: fallback }, options)
  }

  private send(write: Write, options: CallOptions): Promise<number | null> {
    const { access } = this
    const { commit, operation } = write
    const documents = access.collection(commit.collection)
    // A session takes one call at a time.
    if (access.options.session === undefined) return this.batches.send(write, options)
    const sending = access.writeOptions(options)
    return limitTime(sendAlone(documents, commit, operation, access.books, sending), options)
  }

  /** Reads why nothing matched: the document is gone, in another state, or this commit was applied before. */
  private async explainNoMatch(commit: Commit, options: CallOptions): Promise<CommitResult> {
    const stored = await this.readStored(commit, options)
    if (stored === null) return { status: 'missing' }
    const { commitId } = commit
    const version = versionOfCommit(stored, commitId)
    if (version !== null) return { status: 'committed', version, commitId }
    // A majority read may not show yet what the server refused the write for.
    const isNewer =
      commit.kind !== 'update' ||
      commit.guard.fields !== undefined ||
      stored.version > commit.guard.version
    return { status: 'conflict', current: stored.version, ...(isNewer && { stored }) }
  }

  /** Reads the document of a commit. Those that are asked for in one moment are read together. */
  private readStored(
    { collection, id }: Commit,
    limits: CallOptions,
  ): Promise<StoredDocument | null> {
    return new Promise((resolve, reject) => {
      const readings = this.readings.get(collection)
      const reading = { id, limits, resolve, reject }
      if (readings !== undefined) return void readings.push(reading)
      this.readings.set(collection, [reading])
      queueMicrotask(() => void this.readTogether(collection))
    })
  }

  private async readTogether(collection: string): Promise<void> {
    const readings = this.readings.get(collection) ?? []
    this.readings.delete(collection)
    try {
      const ids = readings.map(({ id }) => id)
      const limits = joinLimits(readings.map(reading => reading.limits))
      const found = await this.access.readStored(collection, ids, limits)
      for (const { id, resolve } of readings) resolve(found.get(idKey(id)) ?? null)
    } catch (error) {
      for (const { reject } of readings) reject(error)
    }
  }
}

const isAsExpected = (stored: StoredDocument, guard: VersionGuard): boolean =>
  stored.version === guard.version && stored.commitId === guard.commitId

/**
 * Judges a result after a lost reply. A document that a delete does not find is deleted, which was the aim. Whether a
 * commit was applied below those of others, the ring of the document tells; where it has none, or is too short, nobody can.
 */
function judgeAfterLostReply(result: CommitResult, commit: Commit): CommitResult | 'ask again' {
  const { commitId } = commit
  if (result.status === 'unknown') return 'ask again'
  if (result.status === 'missing' && commit.kind === 'delete') {
    return { status: 'committed', version: versionAfter(commit), commitId }
  }
  if (result.status !== 'conflict' || commit.kind === 'insert' || commit.guard === 'none')
    return result
  const { stored } = result
  // A read may not show yet what the write met.
  if (stored === undefined || isAsExpected(stored, commit.guard)) return 'ask again'
  return showsNotApplied(stored, commit) ? result : { status: 'unknown', commitId }
}
