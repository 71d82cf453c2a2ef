import type { Commit, CommitResult, TransactionRead } from '../contract.ts'
import { createGuardFilter } from './bookkeeping.ts'
import { outcomeOf } from './errors.ts'
import type { MongoCollection, MongoDatabase, MongoSession } from './driver.ts'

/** Thrown to make the driver's transaction abort; carries why. */
class TransactionAbort extends Error {
  readonly results: CommitResult[]

  constructor(results: CommitResult[]) {
    super('Not all of a transaction fits')
    this.results = results
  }
}

/** What a transaction needs of its adapter. */
export interface TransactionContext {
  readonly db: MongoDatabase
  readonly field: string
  readonly options: object
  /** Of each command. */
  readonly limits: object
  collection(name: string): MongoCollection
  /** Whether the server found the document in the state that the guard asks for. */
  send(commit: Commit, options: object): Promise<boolean>
}

/**
 * All commits or none, in a transaction of the server's. What was read for `serial` is stamped, so
 * that another transaction that writes it clashes with this one. The outcome of an abort is the first that was no
 * commit; errors of the driver are thrown.
 */
export async function runTransaction(
  sending: TransactionContext,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): Promise<CommitResult[]> {
  const session = sending.db.client.startSession()
  // Of one moment, which no fail-over takes back.
  const reading = reads.every(isSerial) ? {} : { readConcern: { level: 'snapshot' } }
  try {
    return await session.withTransaction(() => sendAll(sending, session, commits, reads), {
      ...sending.options,
      ...reading,
    })
  } catch (error) {
    if (error instanceof TransactionAbort) return error.results
    throw error
  } finally {
    await session.endSession()
  }
}

const isSerial = ({ check }: TransactionRead): boolean => check !== 'snapshot'

/** One after another: a session takes one call at a time. */
async function sendAll(
  { field, collection, send, limits }: TransactionContext,
  session: MongoSession,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): Promise<CommitResult[]> {
  const abort = (result: CommitResult): TransactionAbort => {
    return new TransactionAbort(commits.length === 0 ? [result] : commits.map(() => result))
  }
  const [stamped, seen] = [reads.filter(isSerial), reads.filter(read => !isSerial(read))]
  for (const read of stamped) {
    const filter = createGuardFilter(read.id, read, field)
    const stamp = { $set: { [`${field}.r`]: crypto.getRandomValues(new Uint8Array(8)) } }
    const documents = collection(read.collection)
    const { matchedCount } = await documents.updateOne(filter, stamp, { ...limits, session })
    if (matchedCount === 0) throw abort({ status: 'conflict' })
  }
  for (const name of new Set(seen.map(read => read.collection))) {
    const filters = seen
      .filter(read => read.collection === name)
      .map(read => createGuardFilter(read.id, read, field))
    const options = { ...limits, session, projection: { _id: 1 } }
    const found = await collection(name).find({ $or: filters }, options).toArray()
    if (found.length < filters.length) throw abort({ status: 'conflict' })
  }
  const results: CommitResult[] = []
  for (const commit of commits) {
    const applied = await send(commit, { ...limits, session }).catch(error => {
      const outcome = outcomeOf(error, commit.commitId)
      // The driver makes the others again, or tells of them.
      if (outcome.status !== 'rejected') throw error
      throw new TransactionAbort(
        commits.map(c => (c === commit ? outcome : { status: 'conflict' })),
      )
    })
    if (!applied) throw abort({ status: 'conflict' })
    const before = commit.kind === 'insert' || commit.guard === 'none' ? 0 : commit.guard.version
    results.push({ status: 'committed', version: before + 1, commitId: commit.commitId })
  }
  return results
}
