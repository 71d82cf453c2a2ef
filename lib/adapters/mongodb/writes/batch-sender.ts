// Group commit: writes of many documents that are ready in the same turn share bulk writes, and each has an outcome of its
// own. Nothing waits for a timer: a batch is sent at the end of the turn, up to eight are under way at once, and what
// arrives meanwhile makes the next ones larger. A write that is alone is sent as it is.
//
// A bulk write tells how many of its statements matched, not which. So an update under a guard of the version is sent as an
// upsert that would change the immutable `_id`: where nothing matches, this statement alone fails with code 66, nothing is
// inserted, and the others go on. The versions that updates without such a guard made are read after the batch.
//
//   answer                         write
//   no error                       applied
//   code 66                        not applied: nothing matched
//   another code for one of them   not applied: sent again alone, where the answer tells whether its guard still held
//   the driver refuses to encode   nothing was sent: all are sent alone, so that one alone fails
//   anything else                  unknown, for all of them
import type { CallOptions, Commit } from '../../contract.ts'
import { idKey } from '../../ids.ts'
import { versionOfCommit } from '../../ring.ts'
import type { MongoAccess } from '../access.ts'
import { canGuardBulkWrites } from './bulk-guard.ts'
import { Gatherer, takeFitting } from '../gatherer.ts'
import { createGuardedStatement } from './statements.ts'
import { outcomeOf, writeErrorsOf } from '../errors.ts'
import { joinLimits, limitTime } from '../time-limits.ts'
import { sendAlone, versionAfter } from './send-alone.ts'
import type { Operation } from '../update/operations.ts'

/** A write on its way. */
export interface Write {
  readonly commit: Commit
  readonly operation: Operation
}

interface Waiting extends Write {
  readonly options: CallOptions
  readonly resolve: (version: number | null) => void
  readonly reject: (error: unknown) => void
}

/** The number of statements in one batch: the server works on one while the next is encoded. */
const MAX_STATEMENTS = 125

/** Sends writes in batches: see the head of this file. */
export class BatchSender {
  private readonly access: MongoAccess
  private readonly gatherer = new Gatherer<Waiting>(takeBatch, writes => this.sendBatch(writes))

  constructor(access: MongoAccess) {
    this.access = access
  }

  /** Sends a write. Resolves to the version that it made; null: nothing matched. Rejects with the driver's error. */
  send(write: Write, options: CallOptions): Promise<number | null> {
    return new Promise((resolve, reject) =>
      this.gatherer.add({ ...write, options, resolve, reject }),
    )
  }

  private async sendBatch(writes: readonly Waiting[]): Promise<void> {
    const [{ commit }] = writes as readonly [Waiting]
    try {
      const together = await this.divide(commit.collection, writes)
      if (together.length > 0) await this.sendTogether(commit.collection, together)
    } catch (error) {
      for (const { reject } of writes) reject(error)
    }
  }

  /** Sends those alone that cannot be part of a batch. Returns the others. */
  private async divide(
    collection: string,
    writes: readonly Waiting[],
  ): Promise<readonly Waiting[]> {
    if (writes.length > 1 && (await this.canGuard(collection))) {
      const fitting = writes.filter(isFitForBatch)
      if (fitting.length > 1) {
        for (const write of writes) if (!isFitForBatch(write)) void this.sendOne(write)
        return fitting
      }
    }
    await Promise.all(writes.map(write => this.sendOne(write)))
    return []
  }

  private canGuard(collection: string): Promise<boolean> {
    const { access } = this
    return canGuardBulkWrites(access.db.client, access.collection(collection))
  }

  private async sendOne(write: Waiting): Promise<void> {
    const { commit, operation, options, resolve, reject } = write
    const documents = this.access.collection(commit.collection)
    const { books } = this.access
    const sending = this.access.writeOptions(options)
    const work = sendAlone(documents, commit, operation, books, sending)
    await limitTime(work, options).then(resolve, reject)
  }

  private async sendTogether(collection: string, writes: readonly Waiting[]): Promise<void> {
    const limits = joinLimits(writes.map(write => write.options))
    const statements = writes.map(({ operation }) => createGuardedStatement(operation))
    const options = { ordered: false, ...this.access.writeOptions(limits) }
    const errors = new Map<number, number>()
    let matched: number
    try {
      const writing = this.access.collection(collection).bulkWrite(statements, options)
      const result = await limitTime(writing, limits)
      matched = result.matchedCount
    } catch (error) {
      const told = tellApart(error)
      if (told === null) {
        const isUnsent = outcomeOf(error, '').status === 'rejected'
        if (!isUnsent) return writes.forEach(({ reject }) => reject(error))
        return void (await Promise.all(writes.map(write => this.sendOne(write))))
      }
      for (const { index, code } of told.errors) errors.set(index, code)
      matched = told.matched
      if (told.concern !== undefined) {
        // What was applied may be taken back yet.
        writes.forEach(({ reject }, i) => errors.has(i) || reject(told.concern))
      }
    }
    const again: Promise<void>[] = []
    const free: Waiting[] = []
    const moved: Waiting[] = []
    for (const [i, write] of writes.entries()) {
      const code = errors.get(i)
      const { operation } = write
      if (operation.kind !== 'update') {
        if (code === undefined) write.resolve(versionAfter(write.commit))
        else again.push(this.sendOne(write))
      } else if (code === NOT_MATCHED) {
        // The document is at another version, which is no clash for an update that leaves it open.
        const { exact, ...free } = operation
        if (exact === undefined) write.resolve(null)
        else moved.push({ ...write, operation: free })
      } else if (code !== undefined) again.push(this.sendOne(write))
      else if (operation.isFree && operation.exact === undefined) free.push(write)
      else {
        matched--
        write.resolve(versionAfter(write.commit))
      }
    }
    if (moved.length === 1) again.push(this.sendOne(moved[0] as Waiting))
    else if (moved.length > 1) again.push(this.sendTogether(collection, moved))
    if (free.length > 0) again.push(this.readVersions(collection, free, matched, limits))
    await Promise.all(again)
  }

  /**
   * Reads which versions updates without a guard of the version have made. `matched` is the number of those that were
   * applied: if the rings show as many, the others were not.
   */
  private async readVersions(
    collection: string,
    writes: readonly Waiting[],
    matched: number,
    limits: CallOptions,
  ): Promise<void> {
    const ids = writes.map(({ commit }) => commit.id)
    const found = await this.access.readBooks(collection, ids, limits)
    const versions = writes.map(({ commit }) => {
      const books = found.get(idKey(commit.id))
      return books === undefined ? null : versionOfCommit({ doc: {}, ...books }, commit.commitId)
    })
    const isClear = versions.filter(version => version !== null).length === matched
    for (const [i, { resolve, reject }] of writes.entries()) {
      const version = versions[i] ?? null
      if (version !== null || isClear) resolve(version)
      else reject(new Error('Others have written so often since that nobody can tell.'))
    }
  }
}

/** The code of an update that would have inserted a document with another `_id`. */
const NOT_MATCHED = 66

/** Takes writes of one collection. */
function takeBatch(waiting: Waiting[]): readonly Waiting[] {
  const [{ commit }] = waiting as [Waiting]
  return takeFitting(
    waiting,
    MAX_STATEMENTS,
    write => write.commit.collection === commit.collection,
  )
}

/** Whether a bulk write tells the outcome of this write. */
function isFitForBatch({ operation }: Write): boolean {
  if (operation.kind !== 'update') return operation.kind === 'insert'
  return operation.isFree || !Array.isArray(operation.update)
}

/** The statements of a bulk write that failed, as the driver tells. */
interface PartialFailure {
  readonly errors: readonly { readonly index: number; readonly code: number }[]
  /** The error of the write concern, where it was not met. */
  readonly concern: Error | undefined
  /** The number of updates that matched. */
  readonly matched: number
}

/** Returns which statements of a bulk write failed. Null: the error is of the whole. */
function tellApart(error: unknown): PartialFailure | null {
  const { name, result } = error as {
    readonly name?: unknown
    readonly result?: { readonly matchedCount?: number; getWriteConcernError?(): unknown }
  }
  if (name !== 'MongoBulkWriteError') return null
  const errors = writeErrorsOf(error)
  const matched = result?.matchedCount ?? NaN
  if (!result?.getWriteConcernError?.()) return { errors, concern: undefined, matched }
  const concern = new Error('The write concern was not met', { cause: error })
  Object.assign(concern, { name: 'MongoWriteConcernError' })
  return { errors, concern, matched }
}
